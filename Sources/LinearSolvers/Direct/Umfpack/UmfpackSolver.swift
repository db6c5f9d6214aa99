/// Sparse LU factorisation by UMFPACK, multifrontal with threshold pivoting.
///
/// A matrix by rows is factorised as its transpose by columns, without a copy; solves and transposed solves change
/// places.
public struct UmfpackSolver: DirectSolver {
  public init() {}

  public var name: String { "umfpack" }
  public var summary: String { "LU factorisation by dense fronts: for general square matrices" }
  public var requirements: MethodRequirements { [] }
  public var source: String {
    "Davis, Algorithm 832: UMFPACK V4.3, an unsymmetric-pattern multifrontal method, ACM TOMS 30(2), 2004"
  }

  public func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization {
    try UmfpackSymbolic(matrix, options: options)
  }
}
