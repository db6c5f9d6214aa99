/// Sparse QR factorisation by SuiteSparseQR, multifrontal with Householder reflections.
///
/// Takes rectangular matrices: more rows than columns give the least-squares solution, fewer the one of least norm.
/// The rank is judged against the largest column (20 (m + n) ε times its norm): scale columns alike.
public struct SpqrSolver: DirectSolver {
  public init() {}

  public var name: String { "spqr" }
  public var summary: String {
    "QR factorisation by dense fronts: for least squares and ill-conditioned matrices"
  }
  public var requirements: MethodRequirements { [.transpose] }
  public var source: String {
    "Davis, Algorithm 915: SuiteSparseQR, multifrontal multithreaded rank-revealing sparse QR, ACM TOMS 38(1), 2011"
  }

  public func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization {
    try SpqrSymbolic(matrix, options: options)
  }
}
