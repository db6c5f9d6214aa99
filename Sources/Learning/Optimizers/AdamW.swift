public import Arrays
public import Differentiation

/// AdamW: Adam whose weights decay beside the adaptive step, θ ← (1 − rate · weightDecay) θ before it.
public struct AdamWKind: OptimizerKind {
  public let name = "adamw"
  public let summary = "Adam with decoupled weight decay"
  public let source = "Loshchilov, Hutter, Decoupled weight decay regularization, ICLR 2019, Algorithm 2"
  public let defaultRate = 1e-3
  public let parameters = AdamRule.parameters + WeightDecay.parameters(default: 0.01)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    ElementwiseOptimizer<Scalar>(name, layout, try AdamRule(try values(settings), isDecoupled: true))
  }
}
