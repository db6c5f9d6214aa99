/// A polynomial in two wavenumber vectors k and l: the symbol of a quadratic differential operator.
///
/// `D^α [ D^β u · D^γ u ]` has the symbol `(k+l)^α k^β l^γ`, made symmetric in k and l; two operators are equal
/// for all u if and only if their symbols are.
struct BilinearSymbol {
  /// By the exponents of k followed by those of l.
  private(set) var coefficients: [[Int]: Double] = [:]

  init() {}

  /// The symbol of `D^outer [ D^first u · D^second u ]`.
  init(outer: MultiIndex, _ first: MultiIndex, _ second: MultiIndex) {
    var sum: [[Int]: Double] = [
      first.orders + second.orders: 0.5
    ]
    sum[second.orders + first.orders, default: 0] += 0.5
    let dimension = outer.orders.count
    for axis in 0..<dimension {
      for _ in 0..<outer.orders[axis] {
        var next: [[Int]: Double] = [:]
        for (exponents, value) in sum {
          for position in [axis, axis + dimension] {
            var raised = exponents
            raised[position] += 1
            next[raised, default: 0] += value
          }
        }
        sum = next
      }
    }
    coefficients = sum
  }

  mutating func add(_ other: BilinearSymbol, scale: Double) {
    for (exponents, value) in other.coefficients { coefficients[exponents, default: 0] += scale * value }
  }

  /// Weights with which the given symbols add up to this one, if there are any.
  func combination(of basis: [BilinearSymbol]) -> [Double]? {
    let keys = Set(basis.flatMap { $0.coefficients.keys } + coefficients.keys)
    let scale = coefficients.values.map(\.magnitude).max() ?? 0
    guard scale > 0 else { return Array(repeating: 0, count: basis.count) }
    var rows = keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
      basis.map { $0.coefficients[key] ?? 0 } + [(coefficients[key] ?? 0) / scale]
    }
    var pivots: [Int] = []
    for column in basis.indices where pivots.count < rows.count {
      let candidates = pivots.count..<rows.count
      guard let pivot = candidates.max(by: { rows[$0][column].magnitude < rows[$1][column].magnitude }),
        rows[pivot][column].magnitude > 1e-9
      else { continue }
      rows.swapAt(pivot, pivots.count)
      let own = pivots.count
      let scale = 1 / rows[own][column]
      rows[own] = rows[own].map { $0 * scale }
      for other in rows.indices where other != own && rows[other][column] != 0 {
        let factor = rows[other][column]
        for entry in rows[other].indices { rows[other][entry] -= factor * rows[own][entry] }
      }
      pivots.append(column)
    }
    guard rows[pivots.count...].allSatisfy({ $0[basis.count].magnitude < 1e-9 }) else { return nil }
    var weights = [Double](repeating: 0, count: basis.count)
    for (row, column) in pivots.enumerated() {
      // The exact weights are small fractions; elimination leaves rounding errors on them.
      let fraction = rows[row][basis.count] * 24
      let isFraction = (fraction - fraction.rounded()).magnitude < 1e-7
      weights[column] = scale * (isFraction ? fraction.rounded() / 24 : rows[row][basis.count])
    }
    return weights
  }
}
