public import Arrays

/// SSOR as a preconditioner: (D + ωL) D⁻¹ (D + ωU) / (ω (2 − ω)).
///
/// Symmetric positive definite for symmetric positive definite matrices and 0 < ω < 2. Reads the matrix itself, in
/// two passes; keeps only the reciprocals of the diagonal. Serial: each pass is a chain.
public struct SSORPreconditionerKind: PreconditionerKind {
  public let name = "ssor"
  public let summary = "a sweep of SOR upwards and one downwards"
  public let source = "Axelsson, Iterative Solution Methods (1994), section 7.5"
  public let parameters: [MethodParameter] = [
    MethodParameter("omega", default: 1, "the relaxation ω, between 0 and 2")
  ]

  public init() {}

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    let relaxation = try value(of: "omega", in: options, from: 1e-3...1.999)
    return try SSORPreconditioner(
      matrix.compressedByRows, relaxation: relaxation, isSymmetric: options.isSymmetric)
  }
}

/// The two triangular solves of SSOR on the rows of a matrix.
final class SSORPreconditioner<Index: SparseIndex>: Preconditioner {
  let name = "ssor"
  let isSymmetric: Bool
  let isFixed = true
  private let matrix: SparseMatrix<Index>
  private let relaxation: Double
  private let reciprocals: AlignedStorage<Double>

  init(_ matrix: SparseMatrix<Index>, relaxation: Double, isSymmetric: Bool) throws(LinearSolverError) {
    self.matrix = matrix
    self.relaxation = relaxation
    self.isSymmetric = isSymmetric
    reciprocals = try matrix.reciprocalDiagonal()
  }

  var count: Int { matrix.rowCount }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    _ = SweepKernels.solveSSOR(
      matrix, relaxation: relaxation, scale: relaxation * (2 - relaxation),
      reciprocals: reciprocals.baseAddress,
      residual, into: correction)
  }
}
