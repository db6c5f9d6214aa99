/// Cholesky factors that follow changes of the matrix of low rank, without a new factorisation.
///
/// The changes cost operations in proportion to the entries of the factor that change. They leave the bits of a fresh
/// factorisation behind by rounding; `refactorize` starts from nothing again.
public protocol UpdatableFactorization: NumericFactorization {
  /// Makes the factors those of A + C Cᵀ.
  ///
  /// - Parameter columns: C, `rowCount` rows and as many columns as the rank of the change.
  /// - Throws: `LinearSolverError.wrongLength`, `.invalidEntry`.
  func update(_ columns: SparseMatrix<Int>) throws(LinearSolverError)
  /// Makes the factors those of A − C Cᵀ.
  ///
  /// - Throws: `LinearSolverError.notPositiveDefinite` or `.singular` if the difference is not positive definite; the
  ///   factors are not to be used then before `refactorize`.
  func downdate(_ columns: SparseMatrix<Int>) throws(LinearSolverError)
  /// Replaces a row and its column by those of the identity.
  func deleteRow(_ row: Int) throws(LinearSolverError)
  /// Gives a row that was deleted, and its column, entries again; the diagonal one is among them.
  ///
  /// - Throws: `LinearSolverError.unsupported` if the row was not deleted, `.notPositiveDefinite`.
  func addRow(_ row: Int, _ entries: SparseVector) throws(LinearSolverError)
  /// Entries of the solution of A x = b, at least where b has nonzeros, at the cost of those alone.
  ///
  /// Other entries of x need not be zero; `solve` computes them all. What Schur complements and variances of Gaussian
  /// fields are made of.
  func partialSolution(_ rightHandSide: SparseVector) throws(LinearSolverError) -> SparseVector
}
