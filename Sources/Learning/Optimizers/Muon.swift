public import Arrays
import CKernels
public import Differentiation

/// Muon: the momentum of a matrix, made orthogonal, is its step.
///
/// ```
/// M ← momentum · M + (1 − momentum) · G,   U = NewtonSchulz((1 − momentum) · G + momentum · M)
/// W ← (1 − rate · weightDecay) W − rate · 0.2 √max(rows, columns) · U
/// ```
/// The factor of Liu et al. (Muon is scalable for LLM training, arXiv:2502.16982, eq. 4) gives the steps the size of
/// AdamW's, so that one rate serves both: slots that are no matrices, spectral weights among them, take AdamW's step.
public struct MuonKind: OptimizerKind {
  public let name = "muon"
  public let summary = "orthogonalised momentum for matrices, AdamW for the rest"
  public let source = "Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024"
  public let defaultRate = 1e-3
  public let parameters =
    [
      MethodParameter("momentum", default: 0.95, "decay of the momentum of matrices"),
      MethodParameter("nesterov", default: 1, "0 for a step along the momentum alone"),
      MethodParameter("iterations", default: 5, "Newton–Schulz iterations"),
    ] + AdamRule.parameters + WeightDecay.parameters(default: 0.01)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let coefficients = Muon<Scalar>.Coefficients(
      momentum: try values.share("momentum"), isNesterov: try values.flag("nesterov"),
      iterations: try values.count("iterations"))
    return Muon<Scalar>(name, layout, coefficients, try AdamRule(values, isDecoupled: true))
  }
}

final class Muon<Scalar: LearningScalar>: Optimizer, @unchecked Sendable {
  struct Coefficients {
    var momentum: Double
    var isNesterov: Bool
    var iterations: Int
  }

  let name: String
  let layout: ParameterLayout
  let needsEvaluations = false
  private let coefficients: Coefficients
  private let rule: AdamRule
  private let matrices: [ParameterSlot]
  private let whole: UpdatePass<Scalar>
  private let others: UpdatePass<Scalar>
  private let first: AlignedStorage<Scalar>
  private let second: AlignedStorage<Scalar>
  private var stepCount = 0
  private var spaces: [NewtonSchulz<Scalar>] = []
  private var current: (step: OptimizerStep<Scalar>, scale: Double)?
  private lazy var task = WorkerTask(chunks: matrices.count) { [unowned self] index, worker in
    move(matrices[index], spaces[worker])
  }

  init(_ name: String, _ layout: ParameterLayout, _ coefficients: Coefficients, _ rule: AdamRule) {
    self.name = name
    self.layout = layout
    self.coefficients = coefficients
    self.rule = rule
    matrices = layout.slots.filter(\.isMatrix)
    whole = UpdatePass(layout)
    others = UpdatePass(layout, where: { !$0.isMatrix }, decays: rule.decay.acts)
    first = AlignedStorage(count: layout.extent)
    second = AlignedStorage(count: layout.extent)
  }

  /// Matrices have their momentum in `firstMoment`.
  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "firstMoment", values: first), .init(name: "secondMoment", values: second)]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount)] }
    set { stepCount = Int(newValue["steps"] ?? 0) }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    stepCount += 1
    let workerCount = step.workers?.count ?? 1
    while spaces.count < workerCount {
      spaces.append(NewtonSchulz(matrices.map { ($0.shape[0], $0.shape[1]) }))
    }
    var job = whole.job(step)
    let norm = whole.gather(&job, step)
    current = (step, job.gradient_scale)
    if let workers = step.workers {
      workers.run(task)
    } else {
      for slot in matrices { move(slot, spaces[0]) }
    }
    current = nil

    others.moveByAdam(step, rule, gathered: job, moments: (first, second), count: stepCount)
    whole.moveAverage(step)
    return StepOutcome(gradientNorm: norm)
  }

  private func move(_ slot: ParameterSlot, _ space: NewtonSchulz<Scalar>) {
    guard let (step, scale) = current, slot.count > 0 else { return }
    let (rows, columns) = (slot.shape[0], slot.shape[1])
    let gradient = UnsafePointer(step.gradients[0] + slot.offset)
    let momentum = first.baseAddress + slot.offset
    let parameters = step.parameters + slot.offset
    let share = 1 - coefficients.momentum
    DenseKernels.blend(slot.count, coefficients.momentum, momentum, share * scale, gradient, into: momentum)
    let isNesterov = coefficients.isNesterov
    DenseKernels.blend(
      slot.count, isNesterov ? coefficients.momentum : 1, momentum, isNesterov ? share * scale : 0, gradient,
      into: space.matrix)
    space.orthogonalize(rows, columns, iterations: coefficients.iterations)
    let keep = rule.decay.acts(on: slot) ? 1 - step.rate * rule.decay.rate : 1
    let length = step.rate * 0.2 * Double(max(rows, columns)).squareRoot()
    DenseKernels.blend(slot.count, keep, parameters, -length, space.matrix, into: parameters)
  }
}

extension ParameterSlot {
  var isMatrix: Bool { role == .matrix && shape.count == 2 }
}
