public import Arrays
import CKernels
public import Differentiation

/// PSGD: descent with a preconditioner that is fitted, on a Lie group, to products with the Hessian.
///
/// P = QᵀQ makes E[hᵀPh + vᵀP⁻¹v] least over random signs v and h = Hv, so that P⁻² = H² as far as its form allows. For a matrix of
/// parameters P is Kronecker's product of two such factors, upper triangular Q_L and Q_R; all else takes the diagonal:
/// ```
/// A = Q_L h Q_Rᵀ,   B = Q_L⁻ᵀ v Q_R⁻¹
/// Q_L ← Q_L − μ_L triu(AAᵀ − BBᵀ) Q_L,   Q_R ← Q_R − μ_R triu(AᵀA − BᵀB) Q_R
/// m ← β m + (1 − β) g,   θ ← (1 − rate · weightDecay) θ − rate · Q_LᵀQ_L m Q_RᵀQ_R / (1 − βᵗ)
/// ```
/// where μ is `fitRate` over the largest diagonal entry of the sum of the two squares. h comes from two more gradients, every
/// `frequency` steps; see `HessianProbe`.
public struct PSGDKind: OptimizerKind {
  public let name = "psgd"
  public let summary =
    "descent with a preconditioner of triangular Kronecker factors, fitted to products with the Hessian"
  public let source =
    "Li, Preconditioned stochastic gradient descent, IEEE TNNLS 29, 2018; Preconditioner on matrix Lie group for SGD, ICLR 2019"
  public let defaultRate = 2e-2
  public let parameters =
    [
      MethodParameter("momentum", default: 0.9, "decay of the mean of gradients"),
      MethodParameter(
        "fitRate", default: 0.1, "step of the preconditioner's factors, relative to their own size"),
      MethodParameter(
        "damping", default: 1e-9, "multiple of the signs that is added to their products with the Hessian"),
      MethodParameter("frequency", default: 1, "steps from one fit of the preconditioner to the next"),
      MethodParameter("largestSide", default: 1024, "rows or columns of a matrix that has factors at most"),
      MethodParameter("seed", default: 0, "of the random signs"),
    ] + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let rule = PSGD<Scalar>.Rule(
      momentum: try values.share("momentum"),
      fitRate: try values("fitRate", "positive and below 1") { $0 > 0 && $0 < 1 },
      damping: try values.notNegative("damping"), frequency: try values.count("frequency"),
      decay: try WeightDecay(values))
    return PSGD(
      name, layout, rule, largestSide: try values.count("largestSide"),
      seed: UInt64(try values.count("seed", from: 0)))
  }
}

final class PSGD<Scalar: LearningScalar>: Optimizer, @unchecked Sendable {
  struct Rule {
    var momentum: Double
    var fitRate: Double
    var damping: Double
    var frequency: Int
    var decay: WeightDecay
  }

  let name: String
  let layout: ParameterLayout
  let needsEvaluations = true
  private let rule: Rule
  private let pass: UpdatePass<Scalar>
  private let probe: HessianProbe<Scalar>
  private let preconditioners: [FittedPreconditioner<Scalar>]
  private let factors: AlignedStorage<Scalar>
  private let mean: AlignedStorage<Scalar>
  private let gradient: AlignedStorage<Scalar>
  /// Scratch memory of a worker each.
  private var spaces: [AlignedStorage<Scalar>] = []
  private var stepCount = 0
  /// Of the factors, as far as the products were finite.
  private var fits = 0
  private var current: (step: OptimizerStep<Scalar>, scale: Double, isNew: Bool)?
  private lazy var task = WorkerTask(chunks: preconditioners.count) { [unowned self] index, worker in
    move(preconditioners[index], spaces[worker])
  }

  init(_ name: String, _ layout: ParameterLayout, _ rule: Rule, largestSide: Int, seed: UInt64) {
    self.name = name
    self.layout = layout
    self.rule = rule
    pass = UpdatePass(layout, where: { $0.role != .state })
    probe = HessianProbe(layout, pass, purpose: "products with the Hessian", seed: seed)
    var made: [FittedPreconditioner<Scalar>] = []
    for slot in layout.slots where slot.role != .state && slot.count > 0 {
      made.append(FittedPreconditioner(slot, largestSide: largestSide, place: made.last?.end ?? 0))
    }
    preconditioners = made
    factors = AlignedStorage(count: made.last?.end ?? 0)
    mean = AlignedStorage(count: layout.extent)
    gradient = AlignedStorage(count: layout.extent)
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "firstMoment", values: mean), .init(name: "factors", values: factors)]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount), "fits": Double(fits)] }
    set {
      stepCount = Int(newValue["steps"] ?? 0)
      fits = Int(newValue["fits"] ?? 0)
    }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    while spaces.count < step.workers?.count ?? 1 {
      spaces.append(AlignedStorage(count: preconditioners.map(\.space).max() ?? 0))
    }
    var job = pass.job(step)
    let norm = pass.gather(&job, step)
    guard norm.isFinite else { return StepOutcome(gradientNorm: norm, isStalled: true) }
    gradient.baseAddress.update(from: step.gradients[0], count: layout.extent)
    let probes = stepCount % rule.frequency == 0
    let isNew = probes && probe.draw(step, number: stepCount, evaluate)
    let cost = probes ? HessianProbe<Scalar>.evaluations : 0
    if isNew { fits += 1 }
    guard fits > 0 else { return StepOutcome(gradientNorm: norm, evaluations: cost, isStalled: true) }
    stepCount += 1
    current = (step, job.gradient_scale, isNew)
    if let workers = step.workers {
      workers.run(task)
    } else {
      for preconditioner in preconditioners { move(preconditioner, spaces[0]) }
    }
    current = nil
    pass.moveAverage(step)
    return StepOutcome(gradientNorm: norm, evaluations: cost)
  }

  private func move(_ preconditioner: FittedPreconditioner<Scalar>, _ space: AlignedStorage<Scalar>) {
    guard let (step, scale, isNew) = current else { return }
    let slot = preconditioner.slot
    let (q, offset, count) = (factors.baseAddress, slot.offset, slot.count)
    if isNew {
      let (v, h) = (probe.signs.baseAddress + offset, probe.product.baseAddress + offset)
      DenseKernels.blend(count, rule.damping, v, 1, h, into: h)
      if fits == 1 { preconditioner.start(q, probe: v, product: h) }
      preconditioner.fit(q, probe: v, product: h, rate: rule.fitRate, space.baseAddress)
    }
    let m = mean.baseAddress + offset
    DenseKernels.blend(
      count, rule.momentum, m, (1 - rule.momentum) * scale, gradient.baseAddress + offset, into: m)
    let direction = gradient.baseAddress + offset
    preconditioner.apply(q, m, into: direction, space.baseAddress)
    let parameters = step.parameters + offset
    let keep = rule.decay.acts(on: slot) ? 1 - step.rate * rule.decay.rate : 1
    let rate = step.rate / (1 - wholePower(rule.momentum, stepCount))
    DenseKernels.blend(count, keep, parameters, -rate, direction, into: parameters)
  }
}
