public import Arrays

/// Smoothed aggregation as a preconditioner, with the name `amg-sa`.
public struct SmoothedAggregationKind: AlgebraicMultigridKind {
  public init() {}

  public let name = "amg-sa"
  public let summary = "algebraic multigrid by smoothed aggregation, with near-null-space vectors and blocks"
  public let source = "Vaněk, Mandel, Brezina, Computing 56 (1996) 179–196"
  public var parameters: [MethodParameter] {
    [
      MethodParameter(
        "threshold", default: 0.08,
        "entries with |aᵢⱼ| ≤ threshold √(aᵢᵢ aⱼⱼ) are weak; halved from level to level")
    ] + Self.cycleParameters(cycle: 2, sweeps: 2)
  }

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    let settings = try settings(options)
    let threshold = try value(of: "threshold", in: options)
    guard (0..<1).contains(threshold) else {
      throw .unsupported("\(name): threshold \(threshold) is not at least 0 and below 1")
    }
    let A = try rows(of: matrix, options)
    let coarsening = SmoothedAggregation(
      count: A.rowCount, threshold: threshold, modes: options.nearNullSpace, blockSize: options.blockSize)
    let hierarchy = try AlgebraicHierarchy(A, coarsening, settings: settings, workers: options.workers)
    return AlgebraicMultigrid(hierarchy, name: name, workers: options.workers)
  }
}
