public import Arrays
import CKernels
public import Differentiation

/// L-BFGS: quasi-Newton steps from the last few changes of the gradient, along which the strong Wolfe conditions hold.
///
/// Two-loop recursion with the initial matrix sᵀy / yᵀy. For losses without noise: every evaluation of a step must use
/// the same samples. The rate is the length that a line search tries first, 1 but for the first step, which begins with
/// min(1, 1/‖g‖). Gradients are not clipped, and weights do not decay: both belong into the loss here.
public struct LBFGSKind: OptimizerKind {
  public let name = "lbfgs"
  public let summary = "limited-memory BFGS with a strong Wolfe line search, for losses without noise"
  public let source =
    "Nocedal, Wright, Numerical Optimization, 2nd ed. 2006, Algorithms 7.4, 7.5, 3.5 and 3.6"
  public let defaultRate = 1.0
  public let needsDouble = true
  public let parameters =
    [MethodParameter("history", default: 10, "changes of the gradient that are kept")]
    + WolfeLineSearch.parameters

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    return LBFGS<Scalar>(
      name, layout, history: try values.count("history"), try WolfeLineSearch(values, as: Scalar.self))
  }
}

final class LBFGS<Scalar: LearningScalar>: Optimizer {
  let name: String
  let layout: ParameterLayout
  let needsEvaluations = true
  let acceptsClipping = false
  private let pass: UpdatePass<Scalar>
  private let search: WolfeLineSearch
  private let history: Int
  /// Changes of the parameters and of the gradient, a block each, in a ring.
  private let steps: AlignedStorage<Scalar>
  private let changes: AlignedStorage<Scalar>
  private let origin: AlignedStorage<Scalar>
  private let gradient: AlignedStorage<Scalar>
  private let direction: AlignedStorage<Scalar>
  private var products: [Double]
  private var weights: [Double]
  /// Pairs that have been stored since the last start from nothing.
  private var stored = 0
  private var stepCount = 0

  init(_ name: String, _ layout: ParameterLayout, history: Int, _ search: WolfeLineSearch) {
    self.name = name
    self.layout = layout
    self.history = history
    self.search = search
    pass = UpdatePass(layout)
    steps = AlignedStorage(count: history * layout.extent)
    changes = AlignedStorage(count: history * layout.extent)
    origin = AlignedStorage(count: layout.extent)
    gradient = AlignedStorage(count: layout.extent)
    direction = AlignedStorage(count: layout.extent)
    products = Array(repeating: 0, count: history)
    weights = Array(repeating: 0, count: history)
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "steps", values: steps), .init(name: "changes", values: changes)]
  }
  var stateNumbers: [String: Double] {
    get {
      var numbers = ["steps": Double(stepCount), "stored": Double(stored)]
      for (index, product) in products.enumerated() { numbers["product.\(index)"] = product }
      return numbers
    }
    set {
      stepCount = Int(newValue["steps"] ?? 0)
      stored = Int(newValue["stored"] ?? 0)
      for index in 0..<history { products[index] = newValue["product.\(index)"] ?? 0 }
    }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    precondition(step.clipping == .none, "LBFGS: gradients cannot be clipped, the line search would fail")
    stepCount += 1
    let extent = layout.extent
    let (workers, current) = (step.workers, step.gradients[0])
    var job = pass.job(step)
    let norm = pass.gather(&job, step)
    guard norm > 0, norm.isFinite, step.loss.isFinite else {
      return StepOutcome(gradientNorm: norm, loss: step.loss, isStalled: true)
    }
    origin.baseAddress.update(from: step.parameters, count: extent)
    gradient.baseAddress.update(from: current, count: extent)
    findDirection(workers)
    var slope = pass.dot(gradient.baseAddress, direction.baseAddress, workers)
    if !(slope < 0) {
      stored = 0
      findDirection(workers)
      slope = -norm * norm
    }
    let first = stored == 0 ? step.rate * min(1, 1 / norm) : step.rate
    let found = search.run(loss: step.loss, slope: slope, first: first) { length in
      pass.combine(direction.baseAddress, origin.baseAddress, factor: length, into: step.parameters, workers)
      let loss = evaluate()
      var job = pass.job(step)
      _ = pass.gather(&job, step)
      return (loss, pass.dot(current, direction.baseAddress, workers))
    }
    guard let found else {
      step.parameters.update(from: origin.baseAddress, count: extent)
      stored = 0
      return StepOutcome(
        gradientNorm: norm, loss: step.loss, evaluations: search.evaluations, isStalled: true)
    }
    remember(step)
    pass.moveAverage(step)
    return StepOutcome(gradientNorm: norm, loss: found.loss, evaluations: found.evaluations)
  }

  /// The quasi-Newton direction: two loops over the ring (Algorithm 7.4).
  private func findDirection(_ workers: Workers?) {
    let extent = layout.extent
    let d = direction.baseAddress
    pass.combine(gradient.baseAddress, gradient.baseAddress, factor: -2, into: d, workers)
    let count = min(stored, history)
    for age in 0..<count {
      let k = (stored - 1 - age) % history
      weights[k] = pass.dot(steps.baseAddress + k * extent, d, workers) / products[k]
      pass.combine(changes.baseAddress + k * extent, d, factor: -weights[k], into: d, workers)
    }
    if count > 0 {
      let k = (stored - 1) % history
      let y = changes.baseAddress + k * extent
      let scale = products[k] / pass.dot(y, y, workers)
      pass.combine(d, d, factor: scale - 1, into: d, workers)
    }
    for age in (0..<count).reversed() {
      let k = (stored - 1 - age) % history
      let weight = pass.dot(changes.baseAddress + k * extent, d, workers) / products[k]
      pass.combine(steps.baseAddress + k * extent, d, factor: weights[k] - weight, into: d, workers)
    }
  }

  /// Stores the step, unless its curvature is none.
  private func remember(_ step: OptimizerStep<Scalar>) {
    let k = stored % history
    let (s, y) = (steps.baseAddress + k * layout.extent, changes.baseAddress + k * layout.extent)
    pass.combine(origin.baseAddress, step.parameters, factor: -1, into: s, step.workers)
    pass.combine(gradient.baseAddress, step.gradients[0], factor: -1, into: y, step.workers)
    let product = pass.dot(s, y, step.workers)
    guard product > Double(Scalar.ulpOfOne) * pass.dot(y, y, step.workers) * 1e-3 else {
      // The slot holds a broken pair now: nothing older may be read past it.
      stored = 0
      return
    }
    products[k] = product
    stored += 1
  }
}
