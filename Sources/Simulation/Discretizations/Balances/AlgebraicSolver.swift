import Arrays
package import LinearSolvers

/// Solves the sparse systems of a run, one after the other, and keeps what they have in common.
package final class AlgebraicSolver {
  private var numeric: (any NumericFactorization)?
  private let name: String?
  /// Factorisations made.
  package private(set) var factorizations = 0

  /// - Parameter name: a registered direct solver; chosen from the matrix unless given.
  package init(_ name: String? = nil) { self.name = name }

  /// Prepares solves with a matrix, which has the pattern of the ones before.
  ///
  /// - Throws: `LinearSolverError`.
  package func prepare(_ matrix: SparseMatrix<Int>) throws {
    factorizations += 1
    if let numeric { return try numeric.refactorize(matrix) }
    let solver = try DirectSolverRegistry.solver(named: name ?? "umfpack")
    numeric = try solver.analyze(matrix, options: DirectOptions()).factorize(matrix)
  }

  /// Solves `A x = b` with the matrix that was prepared last.
  ///
  /// - Throws: `LinearSolverError`.
  package func solve(_ rightHandSide: StateVector, into solution: StateVector) throws {
    guard let numeric else { preconditionFailure("AlgebraicSolver: nothing was prepared") }
    try numeric.solve(rightHandSide.baseAddress, into: solution.baseAddress, count: 1)
  }
}
