import Arrays

extension Figure {
  /// The usual picture of some fields, chosen by their dimension and number of times.
  ///
  /// No dimension: curves against time. One: lines at about six times beside colours over space and
  /// time. Two: maps at up to four times. Three: slices at the last time. One row per field.
  ///
  /// - Parameters:
  ///   - fields: what is drawn.
  ///   - title: above everything.
  ///   - animated: makes frames over the times, for a `.gif`, instead.
  /// - Throws: `nothingToDraw`, `badField`, `tooManyDimensions`, `tooManyPanels`.
  public static func of(
    _ fields: [FieldSeries], title: String, animated: Bool = false
  ) throws(PlotError) -> Figure {
    guard !fields.isEmpty else { throw .nothingToDraw }
    for field in fields where field.dimension > 3 {
      throw .tooManyDimensions(name: field.name, dimensions: field.dimension)
    }
    if animated, fields.contains(where: { $0.snapshots > 1 && $0.dimension > 0 }) {
      return try animation(fields.filter { $0.dimension > 0 }, title: title)
    }
    var panels: [Panel] = []
    var widest = 1
    for field in fields {
      let row = try panelRow(field, timesOfMaps: fields.count == 1 ? 4 : 3)
      widest = max(widest, row.count)
      panels += row
      guard panels.count <= panelLimit else { throw .tooManyPanels(count: panels.count, limit: panelLimit) }
    }
    // Rows of different lengths would put panels of different fields under each other.
    let isRegular = panels.count == widest * fields.count && fields.count > 1
    let columns = widest == 1 ? PanelLayout.columns(for: panels) : isRegular ? widest : nil
    return Figure(title: title, panels: panels, columns: columns)
  }

  /// The usual picture of one field; see `of(_:title:animated:)` for several.
  public static func of(
    _ field: FieldSeries, title: String, animated: Bool = false
  ) throws(PlotError) -> Figure {
    try of([field], title: title, animated: animated)
  }

  /// The fields frame by frame with axes and colours that stay the same.
  ///
  /// - Throws: `nothingToDraw`, `badField`, `tooManyDimensions`, `tooManyPanels`.
  public static func animation(_ fields: [FieldSeries], title: String) throws(PlotError) -> Figure {
    guard let first = fields.first else { throw .nothingToDraw }
    let panelCount = fields.reduce(0) { $0 + ($1.dimension == 3 ? 3 : 1) }
    guard panelCount <= panelLimit else { throw .tooManyPanels(count: panelCount, limit: panelLimit) }
    if let other = fields.first(where: { $0.snapshots != first.snapshots }) {
      throw .badField(
        name: other.name,
        reason: "it has \(other.snapshots) times, '\(first.name)' has \(first.snapshots)")
    }
    let indices = first.spread(frameLimit)
    var ranges: [ClosedRange<Double>] = []
    for field in fields { ranges.append(try field.valueRange(at: indices) ?? -1...1) }
    var frames: [Frame] = []
    for index in indices {
      var panels: [Panel] = []
      for (field, range) in zip(fields, ranges) {
        switch field.dimension {
        case 1: panels.append(try line(field, at: index, range: range))
        case 2: panels.append(try Panel.map(field, at: index, range: range, limit: Raster.animationLimit))
        case 3: panels += try Panel.slices(field, at: index, range: range, limit: Raster.animationLimit / 2)
        default: throw .tooManyDimensions(name: field.name, dimensions: field.dimension)
        }
      }
      // Maps carry the time as their title; the frame's caption says it once for all.
      let caption = first.caption(at: index)
      for number in panels.indices where panels[number].title.hasPrefix(caption) {
        panels[number].title = String(panels[number].title.dropFirst(caption.count))
      }
      if fields.allSatisfy({ $0.dimension == 3 }) { showOneColorBar(&panels, columns: 3) }
      frames.append(Frame(caption: caption, panels: panels))
    }
    let columns =
      fields.allSatisfy { $0.dimension == 3 }
      ? 3 : frames.first.flatMap { PanelLayout.columns(for: $0.panels) }
    return Figure(title: title, frames: frames, columns: columns)
  }

  private static func panelRow(_ field: FieldSeries, timesOfMaps: Int) throws(PlotError) -> [Panel] {
    switch field.dimension {
    case 0:
      var values: [Double] = []
      for index in 0..<field.snapshots { values.append(try field.snapshot(index)[flat: 0]) }
      let curve = Curve(name: field.name, x: field.times.isEmpty ? [0] : field.times, y: values)
      return [
        .history(
          [curve], horizontal: Quantity(field.timeName, unit: field.timeUnit), vertical: field.quantity)
      ]
    case 1:
      let lines = try Panel.lines(field)
      return field.snapshots > 1 ? [lines, try Panel.spaceTime(field)] : [lines]
    case 2:
      let indices = field.spread(timesOfMaps)
      let range = try field.valueRange(at: indices)
      var panels: [Panel] = []
      for index in indices { panels.append(try Panel.map(field, at: index, range: range)) }
      showOneColorBar(&panels, columns: panels.count == 4 ? 2 : panels.count)
      return panels
    default:
      var panels = try Panel.slices(field, at: field.snapshots - 1)
      let time = field.caption(at: field.snapshots - 1)
      if !time.isEmpty { for number in panels.indices { panels[number].title += ",  " + time } }
      showOneColorBar(&panels, columns: 3)
      return panels
    }
  }

  private static func line(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>
  ) throws(PlotError) -> Panel {
    var panel = try Panel.lines(field, at: [index])
    if case .curves(var plot) = panel.content {
      plot.verticalRange = range
      panel.content = .curves(plot)
    }
    return panel
  }

  /// Keeps the last of the colour bars of each row, which all say the same.
  private static func showOneColorBar(_ panels: inout [Panel], columns: Int) {
    for number in panels.indices where (number + 1) % columns != 0 && number != panels.count - 1 {
      guard case .image(var plot) = panels[number].content else { continue }
      plot.hasColorBar = false
      panels[number].content = .image(plot)
    }
  }
}

extension FieldSeries {
  /// The least and greatest finite value in some snapshots; `nil` if none is finite.
  func valueRange(at indices: [Int]) throws(PlotError) -> ClosedRange<Double>? {
    var range: ClosedRange<Double>?
    for index in indices {
      let snapshot = try snapshot(index)
      guard let (low, high) = snapshot.withUnsafeBuffer({ AxisScale.extremes($0) }) else { continue }
      range = min(range?.lowerBound ?? low, low)...max(range?.upperBound ?? high, high)
    }
    return range
  }
}
