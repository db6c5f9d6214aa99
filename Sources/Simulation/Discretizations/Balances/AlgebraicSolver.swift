import Arrays
package import LinearSolvers

/// Solves the sparse systems of a run, one after the other, and keeps what they have in common.
///
/// Symmetric matrices are tried with Cholesky factors first, each anew, so that the bits of a solution depend on nothing but
/// its own matrix.
package final class AlgebraicSolver {
  private var factors: (any NumericFactorization)?
  private var cholesky: (any NumericFactorization)?
  private var lu: (any NumericFactorization)?
  private let isSymmetric: Bool
  private let reusesPattern: Bool
  /// Factorisations made.
  package private(set) var factorizations = 0

  /// - Parameters:
  ///   - isSymmetric: whether the matrices are; definite they need not be.
  ///   - reusesPattern: whether there will be many, so that a slower search for a better ordering pays.
  package init(isSymmetric: Bool = false, reusesPattern: Bool = false) {
    self.isSymmetric = isSymmetric
    self.reusesPattern = reusesPattern
  }

  /// Prepares solves with a matrix, which has the pattern of the ones before.
  ///
  /// - Throws: `LinearSolverError`.
  package func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    factorizations += 1
    if isSymmetric {
      do throws(LinearSolverError) {
        return try prepare(matrix, CholmodSolver(), &cholesky)
      } catch .notPositiveDefinite {
        // Helmholtz equations at high frequencies, reactions that amplify.
      }
    }
    try prepare(matrix, UmfpackSolver(), &lu)
  }

  private func prepare(
    _ matrix: SparseMatrix<Int>, _ solver: some DirectSolver, _ kept: inout (any NumericFactorization)?
  ) throws(LinearSolverError) {
    if let kept {
      try kept.refactorize(matrix)
    } else {
      var options = DirectOptions()
      options.reusesPattern = reusesPattern
      options.symmetryTolerance = nil
      kept = try solver.analyze(matrix, options: options).factorize(matrix)
    }
    factors = kept
  }

  /// Solves `A x = b` with the matrix that was prepared last.
  ///
  /// - Throws: `LinearSolverError`.
  package func solve(_ rightHandSide: StateVector, into solution: StateVector) throws(LinearSolverError) {
    guard let factors else { preconditionFailure("AlgebraicSolver: nothing was prepared") }
    try factors.solve(rightHandSide.baseAddress, into: solution.baseAddress, count: 1)
  }
}
