import Arrays

/// A rectangle of equidistant values, rows from bottom to top, each from left to right.
struct Raster: Sendable {
  var width: Int
  var height: Int
  /// Ends of the picture in the coordinates of the horizontal and the vertical axis.
  var horizontal: (lower: Double, upper: Double)
  var vertical: (lower: Double, upper: Double)
  var values: [Double]

  /// The most columns or rows of a still picture, and of one in an animation.
  static let stillLimit = 1200
  static let animationLimit = 480

  /// Samples `value(i, j)`, the value at point `i` of the horizontal and `j` of the vertical axis.
  init(_ horizontal: PlotAxis, _ vertical: PlotAxis, limit: Int, value: (Int, Int) -> Double) {
    let across = AxisSampling(horizontal, limit: limit)
    let up = AxisSampling(vertical, limit: limit)
    width = across.columns.count
    height = up.columns.count
    self.horizontal = (across.lower, across.upper)
    self.vertical = (up.lower, up.upper)
    // One axis after the other: the cost is that of reading each value once.
    let rows = vertical.coordinates.count
    var narrowed = [Double](repeating: .nan, count: width * rows)
    for row in 0..<rows {
      for (column, sample) in across.columns.enumerated() {
        narrowed[row * width + column] = sample.value { value($0, row) }
      }
    }
    values = [Double](repeating: .nan, count: width * height)
    for (row, sample) in up.columns.enumerated() {
      for column in 0..<width {
        let mean = sample.value { narrowed[$0 * width + column] }
        values[row * width + column] = mean.isFinite ? mean : .nan
      }
    }
  }

  /// Whether some values are not finite.
  var hasGaps: Bool { values.contains { !$0.isFinite } }
}
