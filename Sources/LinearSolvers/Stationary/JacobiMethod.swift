public import Arrays

/// Damped Jacobi iteration: `x += ω D⁻¹ (b − A x)`.
///
/// Workers share the rows. One pass over the matrix an iteration, and one more.
public struct JacobiMethod: IterativeMethod {
  /// The damping ω.
  ///
  /// Undamped (1) the checkerboard of a grid with Neumann or periodic ends never decays; 2/3 damps the upper half of
  /// the spectrum of the Laplacian evenly.
  public var relaxation: Double

  public init(relaxation: Double = 2.0 / 3) { self.relaxation = relaxation }

  public var name: String { "jacobi" }
  public var summary: String { "x += ω D⁻¹ r: parallel, slow, the yardstick of the other sweeps" }
  public var requirements: MethodRequirements { .entries }
  public var source: String {
    "Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 4.1"
  }

  public var parameters: [MethodParameter] {
    [MethodParameter("omega", default: relaxation, "the damping ω, between 0 and 2")]
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let relaxation = try value(of: "omega", in: options, from: 1e-3...1.999) ?? relaxation
    return try StationaryIteration(self, .jacobi, relaxation: relaxation, ordering: .lexicographic)
      .solve(A, rightHandSide, into: x, preconditioner: preconditioner, options: options)
  }
}
