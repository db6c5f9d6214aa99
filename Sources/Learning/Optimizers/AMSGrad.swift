public import Arrays
public import Differentiation

/// AMSGrad: Adam that divides by the largest second moment so far, so that its steps do not grow again.
///
/// The maximum is taken before the bias correction, as PyTorch does.
public struct AMSGradKind: OptimizerKind {
  public let name = "amsgrad"
  public let summary = "Adam with the largest second moment so far"
  public let source = "Reddi, Kale, Kumar, On the convergence of Adam and beyond, ICLR 2018, Algorithm 2"
  public let defaultRate = 1e-3
  public let parameters = AdamRule.parameters + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    var rule = try AdamRule(try values(settings), isDecoupled: false)
    rule.keepsLargest = true
    return ElementwiseOptimizer<Scalar>(name, layout, rule)
  }
}
