public import Arrays
import CKernels
public import Differentiation

/// SOAP: Adam in the eigenbasis of Shampoo's preconditioner.
///
/// ```
/// L ← β₂ L + (1 − β₂) G Gᵀ,   R ← β₂ R + (1 − β₂) Gᵀ G,   bases Q_L, Q_R of their eigenvectors
/// G′ = Q_Lᵀ G Q_R,   V ← β₂ V + (1 − β₂) G′²,   N = (Q_Lᵀ M Q_R) / (√V + ε),   W ← W − rate · Q_L N Q_Rᵀ
/// ```
/// with Adam's bias corrections. The bases begin with the first gradient's and follow by one power iteration and a QR
/// factorisation every `frequency` steps. A side of a matrix longer than `largestSide` keeps its own basis; slots that
/// are no matrices take AdamW's step.
public struct SOAPKind: OptimizerKind {
  public let name = "soap"
  public let summary = "Adam in the eigenbasis of Shampoo's preconditioner for matrices, AdamW for the rest"
  public let source =
    "Vyas et al., SOAP: improving and stabilizing Shampoo using Adam, ICLR 2025, Algorithms 3 and 4"
  public let defaultRate = 3e-3
  public let parameters =
    [
      MethodParameter("beta1", default: 0.95, "decay of the mean of gradients"),
      MethodParameter("beta2", default: 0.95, "decay of the mean of their squares, and of L and R"),
      MethodParameter("epsilon", default: 1e-8, "what is added to the root of the mean square"),
      MethodParameter("frequency", default: 10, "steps between two updates of the bases"),
      MethodParameter("largestSide", default: 1024, "rows or columns that a basis is kept for at most"),
    ] + WeightDecay.parameters(default: 0.01)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    return SOAP<Scalar>(
      name, layout, try AdamRule(values, isDecoupled: true), frequency: try values.count("frequency"),
      largestSide: try values.count("largestSide"))
  }
}

final class SOAP<Scalar: LearningScalar>: Optimizer, @unchecked Sendable {
  let name: String
  let layout: ParameterLayout
  let needsEvaluations = false
  private let rule: AdamRule
  private let frequency: Int
  private let matrices: [RotatedMatrix<Scalar>]
  private let whole: UpdatePass<Scalar>
  private let others: UpdatePass<Scalar>
  private let first: AlignedStorage<Scalar>
  private let second: AlignedStorage<Scalar>
  private let bases: AlignedStorage<Scalar>
  private let moments: AlignedStorage<Scalar>
  private var stepCount = 0
  /// Scratch memory of a worker each.
  private var spaces: [AlignedStorage<Scalar>] = []
  private let space: Int
  private var current: (step: OptimizerStep<Scalar>, coefficients: pvk_update_job)?
  private lazy var task = WorkerTask(chunks: matrices.count) { [unowned self] index, worker in
    move(matrices[index], spaces[worker])
  }

  init(_ name: String, _ layout: ParameterLayout, _ rule: AdamRule, frequency: Int, largestSide: Int) {
    self.name = name
    self.layout = layout
    self.rule = rule
    self.frequency = frequency
    var size = 0
    var placed: [(ParameterSlot, RotatedMatrix<Scalar>.Places)] = []
    for slot in layout.slots where slot.isMatrix && slot.count > 0 {
      var places = RotatedMatrix<Scalar>.Places()
      if slot.shape[0] <= largestSide {
        places.left = size
        size += slot.shape[0] * slot.shape[0]
      }
      if slot.shape[1] <= largestSide {
        places.right = size
        size += slot.shape[1] * slot.shape[1]
      }
      placed.append((slot, places))
    }
    let (bases, moments) = (AlignedStorage<Scalar>(count: size), AlignedStorage<Scalar>(count: size))
    (self.bases, self.moments) = (bases, moments)
    matrices = placed.map { RotatedMatrix(slot: $0, places: $1, bases: bases, moments: moments) }
    space = matrices.map(\.space).max() ?? 0
    whole = UpdatePass(layout)
    others = UpdatePass(layout, where: { !$0.isMatrix }, decays: rule.decay.acts)
    first = AlignedStorage(count: layout.extent)
    second = AlignedStorage(count: layout.extent)
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [
      .init(name: "firstMoment", values: first), .init(name: "secondMoment", values: second),
      .init(name: "bases", values: bases), .init(name: "moments", values: moments),
    ]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount)] }
    set { stepCount = Int(newValue["steps"] ?? 0) }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    stepCount += 1
    while spaces.count < step.workers?.count ?? 1 { spaces.append(AlignedStorage(count: space)) }
    var job = whole.job(step)
    let norm = whole.gather(&job, step)
    rule.configure(&job, step: stepCount)
    current = (step, job)
    if let workers = step.workers {
      workers.run(task)
    } else {
      for matrix in matrices { move(matrix, spaces[0]) }
    }
    current = nil

    others.moveByAdam(step, rule, gathered: job, moments: (first, second), count: stepCount)
    whole.moveAverage(step)
    return StepOutcome(gradientNorm: norm)
  }

  private func move(_ matrix: RotatedMatrix<Scalar>, _ space: AlignedStorage<Scalar>) {
    guard let (step, job) = current else { return }
    let slot = matrix.slot
    let gradient = step.gradients[0] + slot.offset
    let (mean, squares) = (first.baseAddress + slot.offset, second.baseAddress + slot.offset)
    let parameters = step.parameters + slot.offset
    let decay = rule.secondDecay
    DenseKernels.blend(slot.count, job.gradient_scale, gradient, 0, gradient, into: gradient)
    if stepCount == 1 { matrix.start(gradient, decay: decay) }
    DenseKernels.blend(slot.count, rule.firstDecay, mean, 1 - rule.firstDecay, gradient, into: mean)
    let rotated = space.baseAddress
    let (rotatedMean, scratch) = (rotated + slot.count, rotated + 2 * slot.count)
    matrix.rotate(gradient, into: rotated, scratch)
    matrix.rotate(mean, into: rotatedMean, scratch)
    DenseKernels.adaptiveDirection(
      slot.count, decay: decay, correction: job.second_correction, epsilon: rule.epsilon, gradient: rotated,
      squares: squares, mean: rotatedMean, into: rotated)
    matrix.rotateBack(rotated, into: rotatedMean, scratch)
    let keep = rule.decay.acts(on: slot) ? 1 - step.rate * rule.decay.rate : 1
    DenseKernels.blend(slot.count, keep, parameters, -job.corrected_rate, rotatedMean, into: parameters)
    if stepCount > 1 { matrix.accumulate(gradient, decay: decay) }
    if stepCount % frequency == 0 { matrix.turn(squares, space.baseAddress) }
  }
}
