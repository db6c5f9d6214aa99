/// Linear interpolation from a coarsened axis, and its transpose between values per volume.
struct BoxInterpolation: Sendable {
  /// Weights of the coarse numbers I − 1 and I in 2I, of I and I + 1 in 2I + 1, one each per pair of fine numbers.
  var evenBelow: [Double]
  var evenAbove: [Double]
  var oddBelow: [Double]
  var oddAbove: [Double]
  /// Weights of the fine numbers 2I − 1 to 2I + 2 in I.
  var restriction: [[Double]]

  /// - Parameter isPerVolume: whether restricted values are per volume, so that weights sum to about one; plain
  ///   transposes otherwise.
  init(from coarse: BoxAxis, to fine: BoxAxis, isPerVolume: Bool) {
    let (n, m) = (fine.count, coarse.count)
    let zeros = [Double](repeating: 0, count: m)
    let pairs = [Double](repeating: 0, count: (n + 1) / 2)
    (evenBelow, evenAbove, oddBelow, oddAbove) = (pairs, pairs, pairs, pairs)
    restriction = [[Double]](repeating: zeros, count: 4)
    for index in 0..<n {
      let (half, odd) = (index / 2, index % 2)
      let below = half - 1 + odd
      let (low, high) = Self.weights(of: fine.nodes[index], between: below, below + 1, coarse)
      if odd == 0 {
        (evenBelow[half], evenAbove[half]) = (low, high)
      } else {
        (oddBelow[half], oddAbove[half]) = (low, high)
      }
      for (number, weight) in [(below, low), (below + 1, high)] where weight != 0 {
        let target = (number + m) % m
        var tap = index - 2 * target + 1
        // Across the seam of a periodic axis.
        if tap < 0 { tap += n }
        if tap > 3 { tap -= n }
        precondition((0..<4).contains(tap), "BoxInterpolation: \(index) is no neighbour of \(target)")
        restriction[tap][target] =
          isPerVolume ? weight * fine.widths[index] / coarse.widths[target] : weight
      }
    }
  }

  /// The parts of two neighbouring coarse unknowns in the value at a point.
  private static func weights(
    of point: Double, between below: Int, _ above: Int, _ axis: BoxAxis
  ) -> (Double, Double) {
    let m = axis.count
    func position(_ number: Int) -> Double {
      if (0..<m).contains(number) { return axis.nodes[number] }
      if axis.isPeriodic { return axis.nodes[(number + m) % m] + (number < 0 ? -axis.length : axis.length) }
      return number < 0 ? 0 : axis.length
    }
    func exists(_ number: Int) -> Bool { axis.isPeriodic || (0..<m).contains(number) }
    let (left, right) = (position(below), position(above))
    // Beyond an end with no flux there is what is before it.
    if below < 0, axis.ends.lower == .neumann { return (0, 1) }
    if above >= m, axis.ends.upper == .neumann { return (1, 0) }
    let share = right > left ? (point - left) / (right - left) : 0
    return (exists(below) ? 1 - share : 0, exists(above) ? share : 0)
  }
}
