/// Gauss–Seidel iteration, `x += (D + L)⁻¹ (b − A x)`, in natural order or colour after colour.
public struct GaussSeidelMethod: IterativeMethod {
  public var ordering: SweepOrdering

  public init(ordering: SweepOrdering = .lexicographic) { self.ordering = ordering }

  public var name: String { ordering.name("gauss-seidel") }
  public var summary: String { "every unknown solves its row with the newest values\(ordering.summary)" }
  public var requirements: MethodRequirements { .entries }
  public var source: String {
    "Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), sections 4.1, 12.4"
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    try StationaryIteration(self, .forward, relaxation: 1, ordering: ordering)
      .solve(A, rightHandSide, into: x, preconditioner: preconditioner, options: options)
  }
}

extension SweepOrdering {
  /// The name of a method with this ordering.
  func name(_ base: String) -> String { self == .multicolored ? "multicolored-" + base : base }
  var summary: String { self == .multicolored ? ", colour after colour, workers sharing each" : "" }
}
