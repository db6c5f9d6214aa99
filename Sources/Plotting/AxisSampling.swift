/// How the points of an axis become equidistant picture columns.
///
/// Few or unevenly spaced points are joined by straight lines, as in a curve; more points than
/// columns are averaged over each column.
struct AxisSampling {
  /// The points that make one column: a mean over `points`, or `(1 − weight)` of the first and
  /// `weight` of the last of two.
  struct Column: Equatable {
    var points: [Int]
    var weight: Double?
  }
  /// The ends of the picture along the axis, in the axis's own coordinates.
  var lower: Double
  var upper: Double
  var columns: [Column]

  /// Columns for the finite coordinates of an axis, at most `limit`.
  ///
  /// - Parameter limit: the largest number of columns; fewer points than a third of it are refined.
  init(_ axis: PlotAxis, limit: Int) {
    var points = axis.coordinates.enumerated().filter { $0.element.isFinite }
      .map { (index: $0.offset, position: $0.element) }
    points.sort { $0.position < $1.position }
    guard let first = points.first, let last = points.last else {
      (lower, upper) = (0, 1)
      columns = [Column(points: []), Column(points: [])]
      return
    }
    let interval = axis.interval.flatMap { $0.lowerBound.isFinite && $0.upperBound.isFinite ? $0 : nil }
    if axis.isPeriodic, let interval, interval.lowerBound < interval.upperBound {
      let period = interval.upperBound - interval.lowerBound
      points.insert((last.index, last.position - period), at: 0)
      points.append((first.index, first.position + period))
    }
    lower = interval?.lowerBound ?? first.position
    upper = interval?.upperBound ?? last.position
    guard lower < upper, (upper - lower).isFinite else {
      // gnuplot draws no image that is one pixel wide.
      columns = Array(repeating: Column(points: points.map(\.index)), count: 2)
      return
    }
    let count = points.count
    if count > limit {
      columns = Self.averaged(points, lower: lower, upper: upper, count: limit)
    } else {
      columns = Self.joined(points, lower: lower, upper: upper, count: max(limit / 3, min(2 * count, limit)))
    }
  }

  /// Each column is the mean of the points inside it, or joins its neighbours where there are none.
  private static func averaged(
    _ points: [(index: Int, position: Double)], lower: Double, upper: Double, count: Int
  ) -> [Column] {
    var columns = joined(points, lower: lower, upper: upper, count: count)
    var members = Array(repeating: [Int](), count: count)
    for point in points {
      let place = (point.position - lower) / (upper - lower) * Double(count)
      guard place >= 0, place <= Double(count) else { continue }
      members[min(Int(place), count - 1)].append(point.index)
    }
    for column in 0..<count where !members[column].isEmpty {
      columns[column] = Column(points: members[column])
    }
    return columns
  }

  /// Each column's middle is on the straight line between the points beside it.
  private static func joined(
    _ points: [(index: Int, position: Double)], lower: Double, upper: Double, count: Int
  ) -> [Column] {
    var right = 0
    return (0..<count).map { column in
      let position = lower + (upper - lower) * (Double(column) + 0.5) / Double(count)
      while right < points.count, points[right].position < position { right += 1 }
      guard right > 0 else { return Column(points: [points[0].index]) }
      guard right < points.count else { return Column(points: [points[right - 1].index]) }
      let (left, next) = (points[right - 1], points[right])
      let weight = (position - left.position) / (next.position - left.position)
      return Column(points: [left.index, next.index], weight: weight)
    }
  }
}

extension AxisSampling.Column {
  /// The column's value from the values at its points.
  ///
  /// Where one of two neighbours is not finite, the nearer one counts, so that a hole keeps its size.
  func value(_ value: (Int) -> Double) -> Double {
    if let weight, points.count == 2 {
      let (left, right) = (value(points[0]), value(points[1]))
      if left.isFinite, right.isFinite { return (1 - weight) * left + weight * right }
      return weight < 0.5 ? left : right
    }
    var sum = 0.0
    // Divided before it is added: the sum of huge values would overflow.
    for point in points { sum += value(point) / Double(points.count) }
    return points.isEmpty ? .nan : sum
  }
}
