public import Arrays

/// Richardson's iteration x += ω M (b − A x), for any square system whose M A is near enough to a multiple of one.
///
/// The damping ω is 1 with a preconditioner, unless given. Without one it is 2 / (smallest + largest eigenvalue) by a
/// few Lanczos steps, which is right for SPD matrices.
public struct RichardsonIteration: IterativeMethod {
  public let name = "richardson"
  public let summary = "repeated corrections by the preconditioner, with damping"
  public let requirements: MethodRequirements = []
  public let source =
    "Richardson, The approximate arithmetical solution by finite differences…, Phil. Trans. A 210 (1911) 307"
  public let parameters = [
    MethodParameter(
      "omega", default: 0, "the damping ω; 0 takes 1 with a preconditioner, and estimates it without")
  ]
  /// The damping, if known.
  public let damping: Double?

  public init(damping: Double? = nil) { self.damping = damping }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: true)
    let (r, q) = (run.makeVector(), run.makeVector())
    // x moves after r is known, along the correction that r was made of.
    let z = run.makeVector()
    let pass = run.pass
    let given = try value(of: "omega", in: options, from: 0...1e300)
    var damping = given == 0 ? nil : given ?? damping
    if damping == nil, run.hasPreconditioner { damping = 1 }

    return run.solve(residual: r) {
      if damping == nil, let estimate = SpectrumEstimate(run) {
        damping = 2 / (max(estimate.lower, 0) + estimate.upper)
      }
      guard let omega = damping, omega.isFinite else {
        return .breakdown("No damping could be estimated: the matrix is not positive definite.")
      }
      while true {
        run.precondition(r, into: z)
        run.apply(z, into: q)
        pass.combine(r, 1, r, -omega, q)
        pass.dot(r, r)
        pass.run()
        let verdict = run.step(to: pass[0].squareRoot())
        if verdict == .discard { return .told }
        pass.combine(x, 1, x, omega, z)
        pass.run()
        if verdict == .finish { return .told }
      }
    }
  }
}
