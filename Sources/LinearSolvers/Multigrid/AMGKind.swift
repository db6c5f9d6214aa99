public import Arrays

/// Algebraic multigrid with the choices that were fastest where we measured, with the name `amg`.
public struct AMGKind: PreconditionerKind {
  public init() {}

  public let name = "amg"
  public let summary =
    "algebraic multigrid: smoothed aggregation for symmetric matrices, Ruge–Stüben for others"
  public let source = "see amg-sa and amg-rs"
  /// Those that the two have in common; their own defaults differ for matrices that are not symmetric.
  public var parameters: [MethodParameter] { SmoothedAggregationKind().parameters }

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    if options.isSymmetric {
      return try SmoothedAggregationKind().make(for: matrix, options: options)
    }
    return try RugeStubenKind().make(for: matrix, options: options)
  }
}
