public import Arrays
import CKernels

/// Jacobi's preconditioner: division by the diagonal.
///
/// Symmetric always, positive definite where the diagonal is positive. One product per unknown.
public struct DiagonalPreconditionerKind: PreconditionerKind {
  public let name = "jacobi"
  public let summary = "divides by the diagonal"
  public let source = "Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 10.2"
  public let parameters: [MethodParameter] = []

  public init() {}

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    return DiagonalPreconditioner(name: name, reciprocals: try matrix.reciprocalDiagonal())
  }
}

/// A product with fixed factors.
final class DiagonalPreconditioner: Preconditioner {
  let name: String
  let isSymmetric = true
  let isFixed = true
  private let reciprocals: AlignedStorage<Double>

  init(name: String, reciprocals: AlignedStorage<Double>) {
    self.name = name
    self.reciprocals = reciprocals
  }

  var count: Int { reciprocals.count }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    pvk_scale_rows(count, reciprocals.baseAddress, residual, correction)
  }
}
