public import Arrays

/// Symmetric successive over-relaxation: a sweep upwards and one downwards, in natural order or by colours.
///
/// Two passes over the matrix an iteration. Mostly of use as a preconditioner (`ssor`) and a smoother.
public struct SymmetricSuccessiveOverRelaxation: IterativeMethod {
  /// ω.
  public var relaxation: Double
  public var ordering: SweepOrdering

  public init(relaxation: Double = 1.5, ordering: SweepOrdering = .lexicographic) {
    self.relaxation = relaxation
    self.ordering = ordering
  }

  public var name: String { ordering.name("ssor") }
  public var summary: String { "an SOR sweep upwards, then one downwards\(ordering.summary)" }
  public var requirements: MethodRequirements { .entries }
  public var source: String { "Young, Iterative Solution of Large Linear Systems (1971), chapter 15" }

  public var parameters: [MethodParameter] {
    [MethodParameter("omega", default: relaxation, "the relaxation ω, between 0 and 2")]
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let relaxation = try value(of: "omega", in: options, from: 1e-3...1.999) ?? relaxation
    return try StationaryIteration(self, .symmetric, relaxation: relaxation, ordering: ordering)
      .solve(A, rightHandSide, into: x, preconditioner: preconditioner, options: options)
  }
}
