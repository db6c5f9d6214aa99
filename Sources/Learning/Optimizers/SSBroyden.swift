public import Arrays
public import Differentiation

/// SSBroyden: quasi-Newton steps whose dense inverse Hessian is scaled by itself at every update.
///
/// Between the updates of BFGS and DFP, or beyond them, as the curvature along the step asks for; see `BroydenMember`. For losses
/// without noise, small networks and double precision: n parameters take n²/2 numbers of memory, and a step some 6 n² operations
/// beside its evaluations. The rate is the length that a line search tries first, 1 but for the first step, which begins
/// with min(1, 1/‖g‖). Gradients are not clipped, and weights do not decay: both belong into the loss here.
public struct SSBroydenKind: OptimizerKind {
  public let name = "ssbroyden"
  public let summary =
    "self-scaled Broyden steps with a dense inverse Hessian and a strong Wolfe line search, for losses without noise"
  public let source =
    "Al-Baali, J. Optim. Theory Appl. 96, 1998; for networks Urbán, Stefanou, Pons, J. Comput. Phys. 523, 2025"
  public let defaultRate = 1.0
  public let needsDouble = true
  public let parameters = WolfeLineSearch.parameters + [DenseQuasiNewtonKeys.scaling(default: 1)]

  public init() {}

  /// - Throws: `LearningError` for parameters out of their range, and where the matrix has no room.
  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    return try DenseQuasiNewton<Scalar>(
      name, layout, .selfScaled, scalesFirst: try values.flag("initialScaling"),
      try WolfeLineSearch(values, as: Scalar.self))
  }
}

/// Parameters that kinds with a dense matrix share.
enum DenseQuasiNewtonKeys {
  static func scaling(default value: Double) -> MethodParameter {
    MethodParameter(
      "initialScaling", default: value,
      "1: the matrix takes the size of the curvature along the first step; 0: it begins as the identity")
  }
}
