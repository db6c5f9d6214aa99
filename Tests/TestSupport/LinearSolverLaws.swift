package import LinearSolvers

/// What every direct solver of the registry owes.
package struct DirectSolverLaws {
  package let solver: any DirectSolver
  /// A square matrix that the solver takes, well conditioned.
  package let matrix: SparseMatrix<Int>
  package let options: DirectOptions

  package init(
    _ solver: any DirectSolver, _ matrix: SparseMatrix<Int>, options: DirectOptions = DirectOptions()
  ) {
    self.solver = solver
    self.matrix = matrix
    self.options = options
  }

  /// A right-hand side without structure.
  package static func rightHandSide(_ count: Int, seed: Int = 1) -> [Double] {
    (0..<count).map { Double(($0 * 7919 + seed * 104_729) % 1009) / 504 - 1 }
  }

  /// ‖b − A x‖ / ‖b‖, from the entries one by one.
  package static func residual(
    _ A: SparseMatrix<Int>, _ x: [Double], _ b: [Double], transposed: Bool = false
  ) -> Double {
    var r = b
    A.forEachEntry { row, column, value in
      if transposed { r[column] -= value * x[row] } else { r[row] -= value * x[column] }
    }
    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return norm(r) / norm(b)
  }

  /// A matrix on the same pattern whose entries differ, symmetric if the matrix is, and still regular.
  package var neighbour: SparseMatrix<Int> {
    var other = matrix
    var scale: [Double] = []
    matrix.forEachEntry { row, column, _ in
      scale.append(row == column ? 1.5 + Double(row % 7) / 10 : 1 + Double((row + column) % 5) / 20)
    }
    other.withUnsafeMutableValues { values in
      for position in values.indices { values[position] *= scale[position] }
    }
    return other
  }

  package func factors(_ matrix: SparseMatrix<Int>) throws -> any NumericFactorization {
    try solver.analyze(matrix, options: options).factorize(matrix)
  }

  /// Residuals of a solve, a transposed solve, and the worst of five right-hand sides at once.
  package func residuals() throws -> (solve: Double, transposed: Double, several: Double) {
    let factors = try factors(matrix)
    let count = matrix.rowCount
    let b = Self.rightHandSide(count)
    let solve = Self.residual(matrix, try factors.solve(b), b)
    let transposed = Self.residual(matrix, try factors.solveTranspose(b), b, transposed: true)
    let columns = (0..<5).map { Self.rightHandSide(count, seed: $0 + 2) }
    let together = try factors.solve(columns: columns.flatMap(\.self), count: 5)
    let several = (0..<5).map { column in
      Self.residual(matrix, Array(together[(column * count)..<((column + 1) * count)]), columns[column])
    }
    return (solve, transposed, several.max() ?? .nan)
  }

  /// Answers of factors that were put in place of others, and of fresh ones from a fresh analysis.
  package func reused() throws -> (again: [Double], fresh: [Double], back: [Double], first: [Double]) {
    let b = Self.rightHandSide(matrix.rowCount)
    let factors = try factors(matrix)
    let first = try factors.solve(b)
    try factors.refactorize(neighbour)
    let again = try factors.solve(b)
    try factors.refactorize(matrix)
    let back = try factors.solve(b)
    return (again, try self.factors(neighbour).solve(b), back, first)
  }

  /// The error that `body` ends with, if it is one of ours.
  package static func error(_ body: () throws -> Void) -> LinearSolverError? {
    do {
      try body()
      return nil
    } catch {
      return error as? LinearSolverError
    }
  }

  /// The pattern of the matrix and one entry more, in a corner and its mirror.
  package var otherPattern: SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount)
    matrix.forEachEntry { list.add($2, row: $0, column: $1) }
    list.add(1e-3, row: 0, column: matrix.columnCount - 1)
    list.add(1e-3, row: matrix.rowCount - 1, column: 0)
    return list.compressed(matrix.pattern.orientation).matrix
  }

  /// The matrix with one entry replaced.
  package func replacing(_ position: Int, by value: Double) -> SparseMatrix<Int> {
    var other = matrix
    other.withUnsafeMutableValues { $0[position] = value }
    return other
  }
}
