public import Arrays
import CKernels
public import Differentiation

/// Stochastic gradient descent, with momentum if wanted.
///
/// ```
/// m ← momentum · m + g,   θ ← θ − rate · m        (Nesterov: θ ← θ − rate · (g + momentum · m))
/// ```
/// where g includes weightDecay · θ. The form of Sutskever et al. as PyTorch has it, so that its recipes carry over.
public struct SGDKind: OptimizerKind {
  public let name = "sgd"
  public let summary = "stochastic gradient descent with momentum"
  public let source =
    "Sutskever, Martens, Dahl, Hinton, On the importance of initialization and momentum in deep learning, ICML 2013"
  public let defaultRate = 1e-2
  public let parameters =
    [
      MethodParameter("momentum", default: 0.9, "share of the last step that goes on; 0 for none"),
      MethodParameter("nesterov", default: 0, "1 for Nesterov's momentum"),
    ] + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let rule = MomentumRule(
      momentum: try values.share("momentum"), isNesterov: try values.flag("nesterov"),
      decay: try WeightDecay(values))
    return ElementwiseOptimizer<Scalar>(name, layout, rule)
  }
}

struct MomentumRule: ElementwiseRule {
  var momentum: Double
  var isNesterov: Bool
  var decay: WeightDecay

  var stateNames: [String] { momentum == 0 ? [] : ["momentum"] }
  var kernels: (single: UpdateKernel, double: UpdateKernel) {
    (pvk_momentum_chunk_f32, pvk_momentum_chunk_f64)
  }

  func configure(_ job: inout pvk_update_job, step: Int) {
    job.first_decay = momentum
    job.nesterov = isNesterov ? 1 : 0
    job.coupled_decay = decay.rate
  }
}
