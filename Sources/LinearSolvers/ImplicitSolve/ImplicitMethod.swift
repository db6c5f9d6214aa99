/// How an implicit solve finds its solution, and with the transpose its gradient.
public enum ImplicitMethod: Sendable {
  /// By factors, which serve the gradient as well.
  case direct(any DirectSolver, DirectOptions = DirectOptions())
  /// By an iterative method, preconditioned by a kind that is set up for the matrix and for its transpose.
  case iterative(
    any IterativeMethod, preconditioner: (any PreconditionerKind)? = nil,
    IterationOptions = IterationOptions())
  /// By z ← γ A z + b; for fixed points only.
  case picard(PicardOptions = PicardOptions())

  /// The relative tolerance of the solution; `nil` for factors, whose error is rounding.
  var tolerance: Double? {
    switch self {
    case .direct: nil
    case .iterative(_, _, let options): options.tolerance.relative
    case .picard(let options): options.tolerance
    }
  }

  /// The same method with another tolerance.
  func with(tolerance: Double) -> ImplicitMethod {
    switch self {
    case .direct: return self
    case .iterative(let method, let preconditioner, var options):
      options.tolerance.relative = tolerance
      return .iterative(method, preconditioner: preconditioner, options)
    case .picard(var options):
      options.tolerance = tolerance
      return .picard(options)
    }
  }
}

/// When the iteration z ← γ A z + b has done enough.
public struct PicardOptions: Sendable {
  /// The error of z relative to z, in the maximum norm, if no row of |A| sums to more than one.
  ///
  /// Steps are compared with `tolerance · (1 − γ)`, because the error is up to 1/(1 − γ) steps large.
  public var tolerance = 1e-10
  /// The most steps; what the tolerance needs for such an A unless given.
  public var iterationLimit: Int?

  public init(tolerance: Double = 1e-10, iterationLimit: Int? = nil) {
    precondition(tolerance > 0, "PicardOptions: tolerance \(tolerance) must be positive")
    self.tolerance = tolerance
    self.iterationLimit = iterationLimit
  }
}
