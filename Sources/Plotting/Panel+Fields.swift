import Arrays

extension Panel {
  /// A one-dimensional field as one line per time, with the times in a legend.
  ///
  /// - Parameters:
  ///   - field: what is drawn.
  ///   - indices: the numbers of the snapshots; `nil` takes at most six at even distances.
  /// - Throws: `badField` if the values cannot be had or the field is not one-dimensional.
  public static func lines(_ field: FieldSeries, at indices: [Int]? = nil) throws(PlotError) -> Panel {
    try field.requireDimension(1)
    var curves: [Curve] = []
    for index in indices ?? field.spread(6) {
      let (x, y) = joined(field.axes[0], try field.snapshot(index).elements)
      curves.append(Curve(name: field.caption(at: index), x: x, y: y))
    }
    let axis = field.axes[0]
    return Panel(
      title: curves.count == 1 ? curves[0].name : "",
      content: .curves(
        CurvePlot(
          curves: curves, horizontal: Quantity(axis.name, unit: axis.unit), vertical: field.quantity,
          horizontalRange: axis.finiteInterval, isOrdered: true)))
  }

  /// A one-dimensional field as colours over space (to the right) and time (upwards).
  ///
  /// - Throws: `badField` if the values cannot be had or the field is not one-dimensional.
  public static func spaceTime(_ field: FieldSeries) throws(PlotError) -> Panel {
    try field.requireDimension(1)
    let rows = field.spread(Raster.stillLimit)
    var snapshots: [NDArray<Double>] = []
    for row in rows { snapshots.append(try field.snapshot(row)) }
    let times = PlotAxis(
      name: field.timeName, unit: field.timeUnit,
      coordinates: field.times.isEmpty ? [0] : rows.map { field.times[$0] })
    let raster = Raster(field.axes[0], times, limit: Raster.stillLimit) { snapshots[$1][flat: $0] }
    return image(raster, field.axes[0], times, field, colors: ColorScale(raster.values), isSpatial: false)
  }

  /// A two-dimensional field at one time: the first axis to the right, the second upwards.
  ///
  /// A field on a mesh has an outline, and nothing is drawn outside of it.
  ///
  /// - Parameters:
  ///   - field: what is drawn.
  ///   - index: the number of the snapshot.
  ///   - range: the values of the first and last colour; `nil` takes the field's own.
  /// - Throws: `badField` if the values cannot be had or the field is not two-dimensional.
  public static func map(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>? = nil
  ) throws(PlotError) -> Panel {
    try map(field, at: index, range: range, limit: Raster.stillLimit)
  }

  /// A three-dimensional field at one time, on the planes through the middle of each axis.
  ///
  /// - Throws: `badField` if the values cannot be had or the field is not three-dimensional.
  public static func slices(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>? = nil
  ) throws(PlotError) -> [Panel] {
    try slices(field, at: index, range: range, limit: Raster.stillLimit)
  }

  static func map(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>?, limit: Int
  ) throws(PlotError) -> Panel {
    try field.requireDimension(2)
    if field.mesh != nil { return try planes(field, at: index, range: range)[0] }
    let values = try field.snapshot(index)
    let (x, y) = (field.axes[0], field.axes[1])
    let columns = y.coordinates.count
    let raster = values.withUnsafeBuffer { values in
      Raster(x, y, limit: limit) { values[$0 * columns + $1] }
    }
    let colors = range.map { ColorScale($0.lowerBound, $0.upperBound) } ?? ColorScale(raster.values)
    return image(
      raster, x, y, field, title: field.caption(at: index), colors: colors, isSpatial: x.unit == y.unit)
  }

  static func slices(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>?, limit: Int
  ) throws(PlotError) -> [Panel] {
    try field.requireDimension(3)
    if field.mesh != nil { return try planes(field, at: index, range: range) }
    let values = try field.snapshot(index)
    let axes = field.axes
    let strides = [
      axes[1].coordinates.count * axes[2].coordinates.count, axes[2].coordinates.count, 1,
    ]
    let middles = axes.map(\.middleIndex)
    let rasters = [(0, 1, 2), (0, 2, 1), (1, 2, 0)].map { across, up, normal in
      let raster = values.withUnsafeBuffer { values in
        Raster(axes[across], axes[up], limit: limit) {
          values[$0 * strides[across] + $1 * strides[up] + middles[normal] * strides[normal]]
        }
      }
      return (raster, across, up, normal)
    }
    let colors =
      range.map { ColorScale($0.lowerBound, $0.upperBound) } ?? ColorScale(rasters.flatMap(\.0.values))
    return rasters.map { raster, across, up, normal in
      let plane = Quantity(axes[normal].name, unit: axes[normal].unit)
        .statement(axes[normal].coordinates[middles[normal]])
      return image(
        raster, axes[across], axes[up], field, title: plane, colors: colors,
        isSpatial: axes[across].unit == axes[up].unit)
    }
  }

  /// Curves against time, iteration or cost.
  public static func history(
    title: String = "", _ curves: [Curve], horizontal: Quantity, vertical: Quantity
  ) -> Panel {
    Panel(
      title: title,
      content: .curves(CurvePlot(curves: curves, horizontal: horizontal, vertical: vertical)))
  }

  private static func image(
    _ raster: Raster, _ across: PlotAxis, _ up: PlotAxis, _ field: FieldSeries, title: String = "",
    colors: ColorScale, isSpatial: Bool
  ) -> Panel {
    Panel(
      title: titled(title, hasGaps: raster.hasGaps),
      content: .image(
        ImagePlot(
          source: .grid(raster), horizontal: Quantity(across.name, unit: across.unit),
          vertical: Quantity(up.name, unit: up.unit), value: field.quantity, colors: colors,
          isSpatial: isSpatial)))
  }

  /// The points of a curve in the order of the axis, joined to the first one over a periodic end.
  private static func joined(_ axis: PlotAxis, _ values: [Double]) -> ([Double], [Double]) {
    var points = zip(axis.coordinates, values).filter { $0.0.isFinite }
    points.sort { $0.0 < $1.0 }
    if axis.isPeriodic, let interval = axis.finiteInterval, let first = points.first, points.count > 1 {
      let end = first.0 + (interval.upperBound - interval.lowerBound)
      if end <= interval.upperBound { points.append((end, first.1)) }
    }
    return (points.map(\.0), points.map(\.1))
  }
}

extension PlotAxis {
  var finiteInterval: ClosedRange<Double>? {
    interval.flatMap { $0.lowerBound.isFinite && $0.upperBound.isFinite ? $0 : nil }
  }

  /// The number of the point nearest to the middle of the axis.
  var middleIndex: Int {
    guard let (low, high) = AxisScale.extremes(coordinates) else { return 0 }
    let ends = finiteInterval ?? low...high
    let middle = 0.5 * ends.lowerBound + 0.5 * ends.upperBound
    let distances = coordinates.map { $0.isFinite ? abs($0 - middle) : .infinity }
    return distances.indices.min { distances[$0] < distances[$1] } ?? 0
  }
}

extension FieldSeries {
  func requireDimension(_ wanted: Int) throws(PlotError) {
    guard dimension == wanted else {
      throw .badField(
        name: name, reason: "it has \(dimension) space dimensions, this picture needs \(wanted)")
    }
  }
}
