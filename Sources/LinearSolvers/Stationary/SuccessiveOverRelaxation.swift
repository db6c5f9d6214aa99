public import Arrays

/// Successive over-relaxation, `x += (D/ω + L)⁻¹ (b − A x)`, in natural order or colour after colour.
///
/// Converges for 0 < ω < 2 on symmetric positive definite matrices. `YoungTheory` has the best ω of grids.
public struct SuccessiveOverRelaxation: IterativeMethod {
  /// ω.
  public var relaxation: Double
  public var ordering: SweepOrdering

  public init(relaxation: Double = 1.5, ordering: SweepOrdering = .lexicographic) {
    self.relaxation = relaxation
    self.ordering = ordering
  }

  public var name: String { ordering.name("sor") }
  public var summary: String { "Gauss–Seidel with its steps lengthened by ω\(ordering.summary)" }
  public var requirements: MethodRequirements { .entries }
  public var source: String { "Young, Iterative Solution of Large Linear Systems (1971), chapters 4–6" }

  public var parameters: [MethodParameter] {
    [MethodParameter("omega", default: relaxation, "the relaxation ω, between 0 and 2")]
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let relaxation = try value(of: "omega", in: options, from: 1e-3...1.999) ?? relaxation
    return try StationaryIteration(self, .forward, relaxation: relaxation, ordering: ordering)
      .solve(A, rightHandSide, into: x, preconditioner: preconditioner, options: options)
  }
}
