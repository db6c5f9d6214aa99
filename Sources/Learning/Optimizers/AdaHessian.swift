public import Arrays
import CKernels
public import Differentiation

/// AdaHessian: Adam that divides by the mean square of the Hessian's diagonal instead of the gradient's.
///
/// ```
/// D = z ⊙ H z with random signs z,   D averaged over `block` neighbours
/// m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) D²
/// θ ← (1 − rate · weightDecay) θ − rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
/// H z comes from two more gradients, every `frequency` steps; see `HessianProbe`.
public struct AdaHessianKind: OptimizerKind {
  public let name = "adahessian"
  public let summary =
    "Adam with the Hessian's diagonal, estimated by two more gradients, in place of their squares"
  public let source =
    "Yao et al., AdaHessian: an adaptive second order optimizer for machine learning, AAAI 2021, Algorithm 1"
  public let defaultRate = 0.15
  public let parameters =
    [
      MethodParameter("beta1", default: 0.9, "decay of the mean of gradients"),
      MethodParameter("beta2", default: 0.999, "decay of the mean of the squared curvatures"),
      MethodParameter("epsilon", default: 1e-4, "what is added to the root of the mean square"),
      MethodParameter("block", default: 1, "neighbouring parameters that share the mean of their curvatures"),
      MethodParameter("frequency", default: 1, "steps from one estimate of the curvature to the next"),
      MethodParameter("seed", default: 0, "of the random signs"),
    ] + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let rule = AdaHessian<Scalar>.Rule(
      firstDecay: try values.share("beta1"), secondDecay: try values.share("beta2"),
      epsilon: try values.positive("epsilon"), block: try values.count("block"),
      frequency: try values.count("frequency"), decay: try WeightDecay(values))
    return AdaHessian(name, layout, rule, seed: UInt64(try values.count("seed", from: 0)))
  }
}

final class AdaHessian<Scalar: LearningScalar>: Optimizer, @unchecked Sendable {
  struct Rule {
    var firstDecay: Double
    var secondDecay: Double
    var epsilon: Double
    var block: Int
    var frequency: Int
    var decay: WeightDecay
  }

  let name: String
  let layout: ParameterLayout
  let needsEvaluations = true
  private let rule: Rule
  private let slots: [ParameterSlot]
  private let pass: UpdatePass<Scalar>
  private let probe: HessianProbe<Scalar>
  private let gradient: AlignedStorage<Scalar>
  private let first: AlignedStorage<Scalar>
  private let second: AlignedStorage<Scalar>
  private var stepCount = 0
  /// Of the curvature, as far as they were finite.
  private var estimates = 0
  private var current: (step: OptimizerStep<Scalar>, scale: Double, isNew: Bool)?
  private lazy var task = WorkerTask(chunks: slots.count) { [unowned self] index, _ in move(slots[index]) }

  init(_ name: String, _ layout: ParameterLayout, _ rule: Rule, seed: UInt64) {
    self.name = name
    self.layout = layout
    self.rule = rule
    slots = layout.slots.filter { $0.role != .state }
    pass = UpdatePass(layout, where: { $0.role != .state })
    probe = HessianProbe(layout, pass, purpose: "diagonal of the Hessian", seed: seed)
    gradient = AlignedStorage(count: layout.extent)
    first = AlignedStorage(count: layout.extent)
    second = AlignedStorage(count: layout.extent)
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "firstMoment", values: first), .init(name: "secondMoment", values: second)]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount), "estimates": Double(estimates)] }
    set {
      stepCount = Int(newValue["steps"] ?? 0)
      estimates = Int(newValue["estimates"] ?? 0)
    }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    var job = pass.job(step)
    let norm = pass.gather(&job, step)
    guard norm.isFinite else { return StepOutcome(gradientNorm: norm, isStalled: true) }
    gradient.baseAddress.update(from: step.gradients[0], count: layout.extent)
    let probes = stepCount % rule.frequency == 0
    let isNew = probes && probe.draw(step, number: stepCount, evaluate)
    let cost = probes ? HessianProbe<Scalar>.evaluations : 0
    if isNew { estimates += 1 }
    guard estimates > 0 else { return StepOutcome(gradientNorm: norm, evaluations: cost, isStalled: true) }
    stepCount += 1
    current = (step, job.gradient_scale, isNew)
    if let workers = step.workers {
      workers.run(task)
    } else {
      for slot in slots { move(slot) }
    }
    current = nil
    pass.moveAverage(step)
    return StepOutcome(gradientNorm: norm, evaluations: cost)
  }

  private func move(_ slot: ParameterSlot) {
    guard let (step, scale, isNew) = current else { return }
    let (mean, squares) = (first.baseAddress + slot.offset, second.baseAddress + slot.offset)
    let (signs, target) = (probe.signs.baseAddress + slot.offset, probe.product.baseAddress + slot.offset)
    DenseKernels.blend(
      slot.count, rule.firstDecay, mean, (1 - rule.firstDecay) * scale, gradient.baseAddress + slot.offset,
      into: mean)
    if isNew { DenseKernels.probedDiagonal(slot.count, block: rule.block, signs, target) }
    // Without an estimate the squares stay as they are.
    DenseKernels.adaptiveDirection(
      slot.count, decay: isNew ? rule.secondDecay : 1,
      correction: 1 / (1 - wholePower(rule.secondDecay, estimates)).squareRoot(), epsilon: rule.epsilon,
      gradient: isNew ? target : mean, squares: squares, mean: mean, into: target)
    let parameters = step.parameters + slot.offset
    let keep = rule.decay.acts(on: slot) ? 1 - step.rate * rule.decay.rate : 1
    let rate = step.rate / (1 - wholePower(rule.firstDecay, stepCount))
    DenseKernels.blend(slot.count, keep, parameters, -rate, target, into: parameters)
  }
}
