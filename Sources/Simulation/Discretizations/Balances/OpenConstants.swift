import Arrays
import LinearSolvers

/// The constants that a steady system leaves open, and the conditions under which it has a solution at all.
///
/// For every unknown of which only derivatives occur, one number keeps its value, and a constant source λ, as strong as is
/// needed, is added to its balance: `R(u) + λ w = 0`. It is zero up to the errors of quadrature where sources and fluxes
/// balance.
final class OpenConstants {
  /// The numbers that keep their values.
  private let rows: [Int]
  /// What a constant source of strength 1 adds to the residual.
  private let weights: [StateVector]
  private let pattern: SparsityPattern<Int>
  /// The equations of the kept numbers, which the matrix has in the place of those.
  private var equations: [[(column: Int, value: Double)]]
  private let responses: [StateVector]
  private(set) var sources: [Double]

  init(_ system: any BalanceSystem) {
    let ranges = system.openConstants
    rows = ranges.map(\.lowerBound)
    pattern = system.pattern
    weights = ranges.map { range in
      let weights = StateVector(count: system.count)
      system.writeSourceWeights(range, to: weights)
      return weights
    }
    responses = ranges.map { _ in StateVector(count: system.count) }
    equations = ranges.map { _ in [] }
    sources = ranges.map { _ in 0 }
  }

  /// Makes the sources zero.
  func reset() { sources = sources.map { _ in 0 } }

  /// Adds the sources to a residual.
  func addSources(to residual: StateVector) {
    for (source, weight) in zip(sources, weights) where source != 0 {
      for i in 0..<residual.count { residual.baseAddress[i] += source * weight.baseAddress[i] }
    }
  }

  /// Keeps the rows of the kept numbers and puts those, and the columns, of the identity in their place.
  func pin(_ jacobian: AlignedStorage<Double>) {
    for (number, row) in rows.enumerated() {
      equations[number] = pattern.positions(row).map {
        (pattern.indices.baseAddress[$0], jacobian.baseAddress[$0])
      }
    }
    pattern.putIdentity(rows, in: jacobian)
  }

  /// Solves `J δ + w μ = R` with the pinned matrix of `J`.
  ///
  /// - Returns: the changes μ of the sources.
  func solve(
    _ residual: StateVector, into update: StateVector, with solver: AlgebraicSolver
  ) throws(LinearSolverError) -> [Double] {
    guard !rows.isEmpty else {
      try solver.solve(residual, into: update)
      return []
    }
    let given = rows.map { residual.baseAddress[$0] }
    for row in rows { residual.baseAddress[row] = 0 }
    try solver.solve(residual, into: update)
    for (row, value) in zip(rows, given) { residual.baseAddress[row] = value }
    let right = StateVector(count: residual.count)
    for (weight, response) in zip(weights, responses) {
      right.baseAddress.update(from: weight.baseAddress, count: right.count)
      for row in rows { right.baseAddress[row] = 0 }
      try solver.solve(right, into: response)
    }
    var matrix = equations.indices.map { row in
      weights.indices.map { weights[$0].baseAddress[rows[row]] - dot(row, responses[$0]) }
    }
    var changes = equations.indices.map { given[$0] - dot($0, update) }
    try eliminate(&matrix, &changes)
    for (change, response) in zip(changes, responses) {
      for i in 0..<update.count { update.baseAddress[i] -= change * response.baseAddress[i] }
    }
    return changes
  }

  /// Makes the sources those given, less a share of changes.
  func set(_ sources: [Double], less changes: [Double], times step: Double) {
    self.sources = zip(sources, changes).map { $0 - step * $1 }
  }

  /// What sources and fluxes leave over, per volume and as shares of their sizes.
  func imbalances(_ sizes: [Double]) -> [(mean: Double, share: Double)] {
    sources.indices.map { number in
      let total = weights[number].buffer.reduce(0) { $0 + abs($1) } * abs(sources[number])
      return (sources[number], total > 0 ? total / max(sizes[number], 1e-300) : 0)
    }
  }

  private func dot(_ equation: Int, _ vector: StateVector) -> Double {
    equations[equation].reduce(0) { $0 + $1.value * vector.baseAddress[$1.column] }
  }

  /// Gaussian elimination with pivoting; there are as many rows as open constants, one mostly.
  private func eliminate(_ matrix: inout [[Double]], _ right: inout [Double]) throws(LinearSolverError) {
    for column in right.indices {
      let pivot = (column..<right.count).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) } ?? column
      matrix.swapAt(column, pivot)
      right.swapAt(column, pivot)
      guard matrix[column][column] != 0 else { throw .singular(reciprocalCondition: 0) }
      for row in right.indices where row != column {
        let factor = matrix[row][column] / matrix[column][column]
        guard factor != 0 else { continue }
        for k in column..<right.count { matrix[row][k] -= factor * matrix[column][k] }
        right[row] -= factor * right[column]
      }
    }
    for row in right.indices { right[row] /= matrix[row][row] }
  }
}

extension SparsityPattern<Int> {
  /// Replaces rows and columns of a matrix by those of the identity; the pattern is symmetric there.
  func putIdentity(_ rows: [Int], in values: AlignedStorage<Double>) {
    for row in rows {
      for position in positions(row) {
        let column = indices.baseAddress[position]
        values.baseAddress[position] = column == row ? 1 : 0
      }
    }
    let isPinned = Set(rows)
    guard !isPinned.isEmpty else { return }
    for row in 0..<rowCount where !isPinned.contains(row) {
      for position in positions(row) where isPinned.contains(indices.baseAddress[position]) {
        values.baseAddress[position] = 0
      }
    }
  }
}
