import Differentiation

/// The lines of a jet while derivatives are found places on them.
struct PlannedLines {
  private let dimension: Int
  /// Axes whose second derivatives are summed.
  private let summed: [Int]
  /// The highest derivative along every axis.
  private var axisOrders: [Int]
  /// Directions of small whole numbers, and the highest derivative along them.
  private var askew: [(direction: [Int], order: Int)] = []

  init(dimension: Int, summed: [Int]) {
    self.dimension = dimension
    self.summed = summed
    axisOrders = Array(repeating: 0, count: dimension)
    for axis in summed { axisOrders[axis] = 1 }
  }

  /// Makes room for a derivative along one axis; second ones of summed axes have theirs.
  mutating func require(_ orders: [Int]) {
    let axes = orders.indices.filter { orders[$0] > 0 }
    guard axes.count == 1, !(orders[axes[0]] == 2 && summed.contains(axes[0])) else { return }
    axisOrders[axes[0]] = max(axisOrders[axes[0]], orders[axes[0]])
  }

  /// Makes room for a mixed derivative.
  mutating func requireMixed(_ orders: [Int]) throws(CollocationError) {
    guard orders.count(where: { $0 > 0 }) > 1 else { return }
    let total = orders.reduce(0, +)
    for (direction, factor) in try Polarization(orders, cheap: cheapDirections(total)).terms where factor != 0
    {
      raise(direction, to: total)
    }
  }

  /// Directions along which there are derivatives of an order already.
  private func cheapDirections(_ order: Int) -> [[Int]] {
    axisOrders.indices.filter { axisOrders[$0] >= order }.map(unit)
      + askew.filter { $0.order >= order }.map(\.direction)
  }

  private func unit(_ axis: Int) -> [Int] { (0..<dimension).map { $0 == axis ? 1 : 0 } }

  private mutating func raise(_ direction: [Int], to order: Int) {
    if let axis = axis(direction) {
      axisOrders[axis] = max(axisOrders[axis], order)
    } else if let known = askew.firstIndex(where: { $0.direction == direction }) {
      askew[known].order = max(askew[known].order, order)
    } else {
      askew.append((direction, order))
    }
  }

  private func axis(_ direction: [Int]) -> Int? {
    let axes = direction.indices.filter { direction[$0] != 0 }
    return axes.count == 1 && direction[axes[0]] == 1 ? axes[0] : nil
  }

  /// Axes in the order of their lines: summed ones come first.
  private var axes: [Int] {
    summed + (0..<dimension).filter { !summed.contains($0) && axisOrders[$0] > 0 }
  }

  var shape: JetShape {
    JetShape(
      lines: axes.map { .init(unit($0).map(Double.init), order: axisOrders[$0]) }
        + askew.map { .init($0.direction.map(Double.init), order: $0.order) }, summed: summed.count)
  }

  /// A derivative as a sum of channels.
  func terms(_ orders: [Int]) throws(CollocationError) -> [(channel: Int, factor: Double)] {
    let total = orders.reduce(0, +)
    guard total > 0 else { return [(0, 1)] }
    let used = orders.indices.filter { orders[$0] > 0 }
    let parts =
      used.count == 1
      ? [(unit(used[0]), 1.0)] : try Polarization(orders, cheap: cheapDirections(total)).terms
    return parts.filter { $0.1 != 0 }.map { direction, factor in
      let line =
        axis(direction).flatMap { axes.firstIndex(of: $0) }
        ?? (axes.count + (askew.firstIndex { $0.direction == direction } ?? 0))
      return (shape.channel(line: line, order: total), factor)
    }
  }
}

/// A mixed derivative as a sum of derivatives of the same order along lines.
///
/// The n-th derivative along d is Σ n!/α! d^α ∂^α over all α of order n: lines are added until the one that is wanted can be solved for.
struct Polarization {
  private(set) var terms: [([Int], Double)] = []

  /// - Parameter cheap: directions that cost nothing.
  init(_ orders: [Int], cheap: [[Int]]) throws(CollocationError) {
    let total = orders.reduce(0, +)
    let support = orders.indices.filter { orders[$0] > 0 }
    let monomials = Self.exponents(support.count, total)
    let wanted = monomials.firstIndex(of: support.map { orders[$0] })!
    let usable = cheap.filter { direction in
      direction.indices.allSatisfy { direction[$0] == 0 || support.contains($0) }
    }
    var directions: [[Int]] = []
    for direction in usable + Self.candidates(support, dimension: orders.count)
    where !directions.contains(direction) {
      directions.append(direction)
      let columns = directions.map { direction in
        monomials.map { Self.coefficient($0, support.map { direction[$0] }) }
      }
      if let solution = Self.solve(columns, wanted: wanted) {
        terms = zip(directions, solution).map { ($0, $1) }
        return
      }
    }
    throw .orderTooHigh(total)
  }

  /// All exponents of a degree in some variables.
  private static func exponents(_ variables: Int, _ degree: Int) -> [[Int]] {
    guard variables > 1 else { return [[degree]] }
    return (0...degree).flatMap { first in exponents(variables - 1, degree - first).map { [first] + $0 } }
  }

  /// Lines along axes and askew, short ones first, each in one of its two directions.
  private static func candidates(_ support: [Int], dimension: Int) -> [[Int]] {
    var found: [[Int]] = [Array(repeating: 0, count: dimension)]
    for axis in support {
      found = found.flatMap { direction in
        (-2...2).map { value in
          var next = direction
          next[axis] = value
          return next
        }
      }
    }
    return found.filter { ($0.first { $0 != 0 } ?? -1) > 0 && !$0.allSatisfy { $0 % 2 == 0 } }
      .sorted { size($0) < size($1) || (size($0) == size($1) && $0.lexicographicallyPrecedes($1)) }
  }

  private static func size(_ direction: [Int]) -> Int { direction.reduce(0) { $0 + $1 * $1 } }

  private static func coefficient(_ exponents: [Int], _ direction: [Int]) -> Double {
    func factorial(_ n: Int) -> Double { (0..<n).reduce(1) { $0 * Double($1 + 1) } }
    var value = factorial(exponents.reduce(0, +))
    for (exponent, number) in zip(exponents, direction) {
      value /= factorial(exponent)
      for _ in 0..<exponent { value *= Double(number) }
    }
    return value
  }

  /// Factors of the columns whose sum is one unit vector.
  ///
  /// By elimination with the earliest columns as pivots; `nil` if there are none.
  private static func solve(_ columns: [[Double]], wanted: Int) -> [Double]? {
    let (rows, count) = (columns[0].count, columns.count)
    var matrix = (0..<rows).map { row in columns.map { $0[row] } + [row == wanted ? 1 : 0] }
    var pivots: [Int] = []
    for column in 0..<count {
      let next = pivots.count
      guard let best = (next..<rows).max(by: { abs(matrix[$0][column]) < abs(matrix[$1][column]) }),
        abs(matrix[best][column]) > 1e-9
      else { continue }
      matrix.swapAt(next, best)
      for row in 0..<rows where row != next {
        let factor = matrix[row][column] / matrix[next][column]
        guard factor != 0 else { continue }
        for k in column...count { matrix[row][k] -= factor * matrix[next][k] }
      }
      pivots.append(column)
      if pivots.count == rows { break }
    }
    guard (pivots.count..<rows).allSatisfy({ abs(matrix[$0][count]) < 1e-9 }) else { return nil }
    var solution = Array(repeating: 0.0, count: count)
    for (row, column) in pivots.enumerated() {
      let value = matrix[row][count] / matrix[row][column]
      solution[column] = abs(value) < 1e-12 ? 0 : value
    }
    return solution
  }
}
