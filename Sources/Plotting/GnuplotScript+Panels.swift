import Foundation

extension GnuplotScript {
  /// Draws one panel into its box of the page.
  mutating func add(_ panel: Panel, in box: PanelLayout.Box, of page: PanelLayout, dataName: String) {
    let (width, height) = (Double(page.width), Double(page.height))
    let bottom = 1 - (box.top + box.height) / height
    add(
      "set lmargin at screen \(fraction(box.left / width))",
      "set rmargin at screen \(fraction((box.left + box.width) / width))",
      "set tmargin at screen \(fraction(1 - box.top / height))",
      "set bmargin at screen \(fraction(bottom))")
    if !panel.title.isEmpty {
      let room = Int((box.width + 5 * page.font) / (0.6 * page.font))
      add("set title \(literal(panel.title, width: room)) noenhanced offset 0,-0.4")
    }
    switch panel.content {
    case .curves(let plot): add(plot, in: box, of: page, dataName: dataName)
    case .image(let plot): add(plot, in: box, of: page, dataName: dataName)
    }
  }

  // MARK: Images

  private mutating func add(
    _ plot: ImagePlot, in box: PanelLayout.Box, of page: PanelLayout, dataName: String
  ) {
    let (width, height) = (Double(page.width), Double(page.height))
    let (x, y) = (plot.horizontalScale, plot.verticalScale)
    addAxis("x", plot.horizontal, x, ticks: ticksAcross(x, box, page), in: box, of: page)
    addAxis("y", plot.vertical, y, ticks: ticksUp(box, page), in: box, of: page)
    add(
      "set border 15 linewidth 0.7 front",
      "set tics front",
      plot.colors.command,
      "set cbrange [\(plot.colors.scale.lower):\(plot.colors.scale.upper)]")
    if plot.hasColorBar {
      let left = (box.left + box.width + 0.9 * page.font) / width
      let bottom = 1 - (box.top + box.height) / height
      add(
        "set colorbox user origin screen \(fraction(left)),\(fraction(bottom)) "
          + "size screen \(fraction(1.1 * page.font / width)),\(fraction(box.height / height))",
        "set cbtics \(plot.colors.scale.tickStep(atMost: ticksUp(box, page))) "
          + "scale 0.6 format \(quoted(plot.colors.scale.tickFormat))")
      addRising(
        axisLabel(plot.value, exponent: plot.colors.scale.exponent), number: 3,
        x: box.left + box.width + (3.5 + plot.colors.scale.tickWidth) * page.font,
        y: box.top + 0.5 * box.height, room: box.height, page: page)
    } else {
      add("unset colorbox")
    }
    addPixels(plot, in: box, dataName: dataName)
  }

  // MARK: Curves

  private mutating func add(
    _ plot: CurvePlot, in box: PanelLayout.Box, of page: PanelLayout, dataName: String
  ) {
    add("set grid linecolor rgb '#dddddd' linewidth 0.5 linetype 1")
    let x = addAxis(
      "x", plot.horizontal, plot.horizontalScale, logarithmic: LogAxis(plot.curves.lazy.flatMap(\.x)),
      ticks: ticksAcross(plot.horizontalScale, box, page), in: box, of: page)
    let y = addAxis(
      "y", plot.vertical, plot.verticalScale, logarithmic: LogAxis(plot.curves.lazy.flatMap(\.y)),
      ticks: ticksUp(box, page), in: box, of: page)
    // A long legend gets smaller letters, and a very long one ends with the panel.
    let legendRows = box.height / (1.5 * page.font)
    let legendScale = min(1, max(legendRows / Double(plot.curves.count), 0.6))
    if plot.hasLegend {
      let left = (box.left + box.width + 0.7 * page.font) / Double(page.width)
      let top = 1 - box.top / Double(page.height)
      add(
        "set key at screen \(fraction(left)),\(fraction(top)) left top vertical Left reverse "
          + "noenhanced samplen 1.6 spacing 1.2 font ',\(formatted(legendScale * format.points(page.font)))'")
    }
    var rows = ""
    var commands: [String] = []
    for (number, curve) in plot.curves.enumerated() {
      let drawn = curve.thinned()
      rows += "# \(shortened(curve.name, width: 80))\n"
      for (position, value) in zip(drawn.x, drawn.y) { rows += "\(text(x(position))) \(text(y(value)))\n" }
      // A block without rows would shift the numbers of those after it.
      rows += drawn.x.isEmpty ? "NaN NaN\n\n\n" : "\n\n"
      let color =
        plot.isOrdered
        ? ColorScale.ordered(
          plot.curves.count > 1 ? Double(number) / Double(plot.curves.count - 1) : 0.3)
        : ColorScale.distinct[number % ColorScale.distinct.count]
      let isNamed = plot.hasLegend && Double(number) < legendRows / legendScale
      let name =
        isNamed ? "title \(literal(curve.name, width: CurvePlot.legendWidth))" : "notitle"
      // A line through a single point would show nothing.
      let style = curve.style == .line && curve.x.count == 1 ? .points : curve.style
      commands.append(
        "'\(dataName).dat' index \(number) using 1:2 with \(style.rawValue) linewidth 1.6 "
          + "\(style == .line ? "" : "pointtype 7 pointsize 0.8 ")linecolor rgb '\(color)' \(name)")
    }
    add("plot " + commands.joined(separator: ", \\\n  "))
    add(DataFile(name: dataName + ".dat", contents: Data(rows.utf8)))
  }

  /// Tick labels beside each other must not touch.
  private func ticksAcross(_ scale: AxisScale, _ box: PanelLayout.Box, _ page: PanelLayout) -> Int {
    max(1, min(8, Int(box.width / ((scale.tickWidth + 0.4) * page.font))))
  }

  /// Tick labels above each other need two lines each.
  private func ticksUp(_ box: PanelLayout.Box, _ page: PanelLayout) -> Int {
    max(2, min(8, Int(box.height / (2 * page.font))))
  }

  private func text(_ value: Double) -> String { value.isFinite ? "\(value)" : "NaN" }

  /// Range and ticks of one axis, and the label of a horizontal one.
  ///
  /// - Returns: how its values are written.
  @discardableResult
  private mutating func addAxis(
    _ letter: String, _ quantity: Quantity, _ scale: AxisScale, logarithmic: LogAxis? = nil,
    ticks: Int, in box: PanelLayout.Box, of page: PanelLayout
  ) -> (Double) -> Double {
    let isLogarithmic = quantity.isLogarithmic && logarithmic != nil
    let words = axisLabel(quantity, exponent: isLogarithmic ? 0 : scale.exponent)
    if letter == "x" {
      let width = Int((box.width / page.font + 5) / 0.6)
      // The svg terminal takes lines to be one and a half letters high and leaves out what is off the page.
      let place = format == .svg ? " offset 0,0.8" : ""
      add("set xlabel \(literal(words, width: width)) noenhanced\(place)")
    } else {
      let tickWidth = isLogarithmic ? 4 : scale.tickWidth
      addRising(
        words, number: 2, x: box.left - (1.6 + tickWidth) * page.font, y: box.top + 0.5 * box.height,
        room: box.height, page: page)
    }
    if quantity.isLogarithmic, let logarithmic {
      add(
        "set logscale \(letter)",
        "set \(letter)range [1e\(logarithmic.lower):1e\(logarithmic.upper)]",
        "set \(letter)tics \(logarithmic.ticks)")
      return logarithmic.drawn
    }
    add(
      "set \(letter)range [\(scale.lower):\(scale.upper)]",
      "set \(letter)tics \(scale.tickStep(atMost: ticks))",
      "set format \(letter) \(quoted(scale.tickFormat))")
    return scale.drawn
  }
}

extension AxisScale {
  /// The distance of ticks, one, two or five times a power of ten: about `count` ticks, two where allowed.
  func tickStep(atMost count: Int) -> String {
    let raw = (upper - lower) / Double(count)
    let power = pow(10, log10(raw).rounded(.down))
    func ticks(_ step: Double) -> Double {
      (upper / step + 1e-9).rounded(.down) - (lower / step - 1e-9).rounded(.up) + 1
    }
    let steps = [0.2, 0.5, 1, 2, 5, 10].map { $0 * power }
    let longest = steps.first { $0 >= raw * 0.85 } ?? 10 * power
    return String(
      format: "%.3g", steps.last { $0 <= longest && ticks($0) >= Double(min(2, count)) } ?? steps[0])
  }
}

extension ImagePlot {
  var horizontalScale: AxisScale { AxisScale(ends.horizontal.lower, ends.horizontal.upper) }
  var verticalScale: AxisScale { AxisScale(ends.vertical.lower, ends.vertical.upper) }
}

extension CurvePlot {
  var horizontalScale: AxisScale {
    if let horizontalRange { return AxisScale(horizontalRange.lowerBound, horizontalRange.upperBound) }
    return AxisScale(
      curves.lazy.flatMap(\.x), margin: curves.contains { $0.style != .line } ? 0.04 : 0)
  }

  var verticalScale: AxisScale {
    if let verticalRange {
      return AxisScale(verticalRange.lowerBound, verticalRange.upperBound, margin: 0.06)
    }
    return AxisScale(curves.lazy.flatMap(\.y), margin: 0.06)
  }
}
