public import Arrays
public import Differentiation

/// BFGS: quasi-Newton steps with a dense inverse Hessian, along which the strong Wolfe conditions hold.
///
/// The matrix has the size sᵀy / yᵀy before its first update (eq. 6.20). Memory, rate and what it is for are those of
/// `SSBroydenKind`.
public struct BFGSKind: OptimizerKind {
  public let name = "bfgs"
  public let summary =
    "BFGS with a dense inverse Hessian and a strong Wolfe line search, for losses without noise"
  public let source = "Nocedal, Wright, Numerical Optimization, 2nd ed. 2006, Algorithm 6.1"
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
      name, layout, .bfgs, scalesFirst: try values.flag("initialScaling"),
      try WolfeLineSearch(values, as: Scalar.self))
  }
}
