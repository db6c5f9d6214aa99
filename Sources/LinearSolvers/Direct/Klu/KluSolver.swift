/// Sparse LU factorisation by KLU, column by column after a permutation to block triangular form.
///
/// For matrices so sparse that dense blocks do not pay, as circuits have. A matrix by rows is factorised as its
/// transpose by columns, without a copy; solves and transposed solves change places.
public struct KluSolver: DirectSolver {
  public init() {}

  public var name: String { "klu" }
  public var summary: String {
    "LU factorisation by columns in block triangular form: for very sparse matrices"
  }
  public var requirements: MethodRequirements { [] }
  public var source: String { "Davis and Palamadai Natarajan, Algorithm 907: KLU, ACM TOMS 37(3), 2010" }

  public func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization {
    try KluSymbolic(matrix, options: options)
  }
}
