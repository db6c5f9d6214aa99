import Arrays

/// Colours for the unknowns of a matrix, such that no row couples two unknowns of the same colour.
///
/// A sweep over one colour then has no order, and workers can share it. Two colours are enough on the five- and
/// seven-point grids (red and black).
public struct Coloring: Sendable, Hashable {
  /// The unknowns, colour after colour, within a colour in their own order: new place → old number.
  public let order: [Int]
  /// The places of each colour in `order`.
  public let ranges: [Range<Int>]

  public var colorCount: Int { ranges.count }

  /// A given colouring: one colour, counted from zero, per unknown.
  public init(colors: [Int]) {
    let colorCount = (colors.max() ?? -1) + 1
    var starts = [Int](repeating: 0, count: colorCount + 1)
    for color in colors {
      precondition(color >= 0, "Coloring: colour \(color) must not be negative")
      starts[color + 1] += 1
    }
    for color in 0..<colorCount { starts[color + 1] += starts[color] }
    var next = starts
    var order = [Int](repeating: 0, count: colors.count)
    for (unknown, color) in colors.enumerated() {
      order[next[color]] = unknown
      next[color] += 1
    }
    self.order = order
    ranges = (0..<colorCount).map { starts[$0]..<starts[$0 + 1] }
  }

  /// The greedy colouring in natural order: every unknown takes the least colour that no neighbour has.
  ///
  /// Two unknowns are neighbours if either row holds the other. At most one more colours than an unknown has
  /// neighbours; two on five- and seven-point grids in their natural order. `O(nonzeros)`.
  ///
  /// - Throws: `LinearSolverError.notSquare`.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  public init<Index: SparseIndex>(greedyFor pattern: SparsityPattern<Index>) throws(LinearSolverError) {
    guard pattern.isSquare else {
      throw .notSquare(rows: pattern.rowCount, columns: pattern.columnCount)
    }
    let count = pattern.majorCount
    let across = SparseMatrix(pattern: pattern).reoriented().pattern
    let lists = [pattern, across].map { ($0.starts.baseAddress, $0.indices.baseAddress) }
    var colors = [Int](repeating: -1, count: count)
    // Which unknown last met each colour among its neighbours.
    var seenBy: [Int] = []
    for unknown in 0..<count {
      for (starts, indices) in lists {
        for position in Int(starts[unknown])..<Int(starts[unknown + 1]) {
          let neighbour = Int(indices[position])
          if neighbour != unknown, colors[neighbour] >= 0 { seenBy[colors[neighbour]] = unknown }
        }
      }
      let color = seenBy.firstIndex { $0 != unknown } ?? seenBy.count
      if color == seenBy.count { seenBy.append(-1) }
      colors[unknown] = color
    }
    self.init(colors: colors)
  }
}
