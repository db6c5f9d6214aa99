public import Arrays
import CKernels
public import Differentiation

/// Adam: steps in units of the gradient's own size.
///
/// ```
/// m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
/// θ ← θ − rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
/// where g includes weightDecay · θ. Complex parameters are two real ones each.
public struct AdamKind: OptimizerKind {
  public let name = "adam"
  public let summary = "Adam: adaptive moments"
  public let source = "Kingma, Ba, Adam: a method for stochastic optimization, ICLR 2015, Algorithm 1"
  public let defaultRate = 1e-3
  public let parameters = AdamRule.parameters + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    ElementwiseOptimizer<Scalar>(name, layout, try AdamRule(try values(settings), isDecoupled: false))
  }
}

/// Adam's rule, and its relatives AdamW and AMSGrad.
struct AdamRule: ElementwiseRule {
  var firstDecay: Double
  var secondDecay: Double
  var epsilon: Double
  var decay: WeightDecay
  /// Whether the weights decay beside the adaptive step rather than through the gradient.
  var isDecoupled: Bool
  var keepsLargest = false

  static let parameters = [
    MethodParameter("beta1", default: 0.9, "decay of the mean of gradients"),
    MethodParameter("beta2", default: 0.999, "decay of the mean of their squares"),
    MethodParameter("epsilon", default: 1e-8, "what is added to the root of the mean square"),
  ]

  init(_ values: MethodValues, isDecoupled: Bool) throws(LearningError) {
    firstDecay = try values.share("beta1")
    secondDecay = try values.share("beta2")
    epsilon = try values.positive("epsilon")
    decay = try WeightDecay(values)
    self.isDecoupled = isDecoupled
  }

  /// Without weight decay.
  init(momentsOnly values: MethodValues) throws(LearningError) {
    firstDecay = try values.share("beta1")
    secondDecay = try values.share("beta2")
    epsilon = try values.positive("epsilon")
    decay = .none
    isDecoupled = false
  }

  var stateNames: [String] {
    ["firstMoment", "secondMoment"] + (keepsLargest ? ["largestSecondMoment"] : [])
  }
  var kernels: (single: UpdateKernel, double: UpdateKernel) { (pvk_adam_chunk_f32, pvk_adam_chunk_f64) }

  func configure(_ job: inout pvk_update_job, step: Int) {
    job.first_decay = firstDecay
    job.second_decay = secondDecay
    job.epsilon = epsilon
    job.corrected_rate = job.rate / (1 - wholePower(firstDecay, step))
    job.second_correction = 1 / (1 - wholePower(secondDecay, step)).squareRoot()
    if isDecoupled { job.decoupled_decay = job.rate * decay.rate } else { job.coupled_decay = decay.rate }
  }
}

/// `base` to a whole power, by squaring: exactly reproducible, unlike the library's.
func wholePower(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var factor = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
