public import Arrays

/// Incomplete LU factorisation without fill, ILU(0).
///
/// L and U have the pattern of the matrix. No rows are exchanged: a pivot that vanishes is an error that names its
/// row. Set-up `O(nonzeros · neighbours)`, an application one pass over the factors.
public struct IncompleteLUKind: PreconditionerKind {
  public let name = "ilu0"
  public let summary = "incomplete LU without fill"
  public let source = "Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 10.3"
  public let parameters: [MethodParameter] = []

  public init() {}

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    _ = try matrix.reciprocalDiagonal()
    let rows = matrix.compressedByRows
    // Nothing is dropped by size, and everything outside the pattern.
    return IncompleteLU(name: name, try ThresholdElimination.withoutFill(rows))
  }
}

/// Factors (1 + L) (D + U).
final class IncompleteLU<Index: SparseIndex>: Preconditioner {
  struct Factors {
    var lower: SparseMatrix<Index>
    var upper: SparseMatrix<Index>
    var reciprocals: AlignedStorage<Double>
  }
  let name: String
  let isSymmetric = false
  let isFixed = true
  private let lower: SparseMatrix<Index>
  private let upper: SparseMatrix<Index>
  private let reciprocals: AlignedStorage<Double>

  init(name: String, _ factors: Factors) {
    self.name = name
    (lower, upper, reciprocals) = (factors.lower, factors.upper, factors.reciprocals)
  }

  var count: Int { lower.rowCount }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    SweepKernels.solve(
      lower: lower, upper: upper, reciprocals: reciprocals.baseAddress, residual, into: correction)
  }
}
