public import Arrays

/// Classical algebraic multigrid as a preconditioner, with the name `amg-rs`.
public struct RugeStubenKind: AlgebraicMultigridKind {
  public init() {}

  public let name = "amg-rs"
  public let summary = "classical algebraic multigrid of Ruge and Stüben, for scalar problems"
  public let source = "Ruge, Stüben, in: McCormick (ed.), Multigrid Methods, SIAM 1987, 73–130"
  public var parameters: [MethodParameter] {
    [
      MethodParameter(
        "threshold", default: 0.25, "entries with −aᵢⱼ ≥ threshold · maxₖ(−aᵢₖ) are strong"),
      MethodParameter(
        "secondPass", default: 1, "1 makes fine unknowns that depend on each other share a coarse one"),
      MethodParameter(
        "direct", default: 1, "1 interpolates from coarse neighbours alone, 0 through fine ones as well"),
    ] + Self.cycleParameters(cycle: 1, sweeps: 1)
  }

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    let settings = try settings(options)
    let threshold = try value(of: "threshold", in: options)
    guard threshold > 0, threshold <= 1 else {
      throw .unsupported("\(name): threshold \(threshold) is not above 0 and at most 1")
    }
    let coarsening = RugeStuben(
      threshold: threshold, hasSecondPass: try flag("secondPass", options),
      isDirect: try flag("direct", options))
    let A = try rows(of: matrix, options)
    let hierarchy = try AlgebraicHierarchy(A, coarsening, settings: settings, workers: options.workers)
    return AlgebraicMultigrid(hierarchy, name: name, workers: options.workers)
  }

  private func flag(_ name: String, _ options: PreconditionerOptions) throws(LinearSolverError) -> Bool {
    switch try value(of: name, in: options) {
    case 0: false
    case 1: true
    case let other: throw .unsupported("\(self.name): \(name) \(other) is not 0 or 1")
    }
  }
}
