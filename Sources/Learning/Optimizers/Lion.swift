public import Arrays
import CKernels
public import Differentiation

/// Lion: steps of one size, of which the momentum gives the sign.
///
/// ```
/// θ ← θ − rate · (sign(β₁ m + (1 − β₁) g) + weightDecay · θ),   m ← β₂ m + (1 − β₂) g
/// ```
/// Good rates are three to ten times smaller than Adam's, and decays as much larger.
public struct LionKind: OptimizerKind {
  public let name = "lion"
  public let summary = "sign of an interpolated momentum"
  public let source = "Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023, Algorithm 2"
  public let defaultRate = 1e-4
  public let parameters =
    [
      MethodParameter("beta1", default: 0.9, "share of the momentum in the step's direction"),
      MethodParameter("beta2", default: 0.99, "decay of the momentum"),
    ] + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let rule = LionRule(
      firstDecay: try values.share("beta1"), secondDecay: try values.share("beta2"),
      decay: try WeightDecay(values))
    return ElementwiseOptimizer<Scalar>(name, layout, rule)
  }
}

struct LionRule: ElementwiseRule {
  var firstDecay: Double
  var secondDecay: Double
  var decay: WeightDecay

  var stateNames: [String] { ["momentum"] }
  var kernels: (single: UpdateKernel, double: UpdateKernel) { (pvk_lion_chunk_f32, pvk_lion_chunk_f64) }

  func configure(_ job: inout pvk_update_job, step: Int) {
    job.first_decay = firstDecay
    job.second_decay = secondDecay
    job.decoupled_decay = job.rate * decay.rate
  }
}
