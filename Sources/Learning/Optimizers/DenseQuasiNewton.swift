import Arrays
import Differentiation

/// Quasi-Newton steps with a dense inverse Hessian of Broyden's class, along which the strong Wolfe conditions hold.
///
/// An update whose curvature yᵀs is not positive is left out. The matrix begins anew where a step shows that it is no longer
/// positive definite, gᵀHg ≤ 0 or yᵀHy ≤ 0, and where no step is found along its direction.
final class DenseQuasiNewton<Scalar: LearningScalar>: Optimizer {
  let name: String
  let layout: ParameterLayout
  let needsEvaluations = true
  let acceptsClipping = false
  private let pass: UpdatePass<Scalar>
  private let search: WolfeLineSearch
  private let member: BroydenMember
  private let matrix: InverseHessian<Scalar>
  /// Whether the matrix takes the size sᵀy / yᵀy before its first update.
  private let scalesFirst: Bool
  /// Blocks of the layout: the parameters and the gradient at the start of the step, and where it leads.
  private let origin: AlignedStorage<Scalar>
  private let gradient: AlignedStorage<Scalar>
  private let direction: AlignedStorage<Scalar>
  private let packed: AlignedStorage<Scalar>
  private let product: AlignedStorage<Scalar>
  private var stepCount = 0
  /// Updates since the matrix was the identity, which is not stored.
  private var updates = 0

  init(
    _ name: String, _ layout: ParameterLayout, _ member: BroydenMember, scalesFirst: Bool,
    _ search: WolfeLineSearch
  ) throws(LearningError) {
    self.name = name
    self.layout = layout
    self.member = member
    self.scalesFirst = scalesFirst
    self.search = search
    // Before anything else: it may have no room.
    matrix = try InverseHessian(layout)
    pass = UpdatePass(layout, where: { $0.role != .state })
    origin = AlignedStorage(count: layout.extent)
    gradient = AlignedStorage(count: layout.extent)
    direction = AlignedStorage(count: layout.extent)
    packed = AlignedStorage(count: matrix.size)
    product = AlignedStorage(count: matrix.size)
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "inverseHessian", values: matrix.triangle)]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount), "updates": Double(updates)] }
    set {
      stepCount = Int(newValue["steps"] ?? 0)
      updates = Int(newValue["updates"] ?? 0)
    }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    precondition(
      step.clipping == .none, "\(name): gradients cannot be clipped, the line search would fail")
    stepCount += 1
    let (workers, current) = (step.workers, step.gradients[0])
    var job = pass.job(step)
    let norm = pass.gather(&job, step)
    guard norm > 0, norm.isFinite, step.loss.isFinite else {
      return StepOutcome(gradientNorm: norm, loss: step.loss, isStalled: true)
    }
    origin.baseAddress.update(from: step.parameters, count: layout.extent)
    gradient.baseAddress.update(from: current, count: layout.extent)
    let slope = findDirection(norm, workers)
    let first = updates == 0 ? step.rate * min(1, 1 / norm) : step.rate
    let found = search.run(loss: step.loss, slope: slope, first: first) { length in
      pass.combine(direction.baseAddress, origin.baseAddress, factor: length, into: step.parameters, workers)
      let loss = evaluate()
      var job = pass.job(step)
      _ = pass.gather(&job, step)
      return (loss, pass.dot(current, direction.baseAddress, workers))
    }
    guard let found else {
      step.parameters.update(from: origin.baseAddress, count: layout.extent)
      updates = 0
      return StepOutcome(
        gradientNorm: norm, loss: step.loss, evaluations: search.evaluations, isStalled: true)
    }
    learn(step, length: found.length)
    pass.moveAverage(step)
    return StepOutcome(gradientNorm: norm, loss: found.loss, evaluations: found.evaluations)
  }

  /// −H g, or −g where that is no descent; returns the slope along it.
  private func findDirection(_ norm: Double, _ workers: Workers?) -> Double {
    let d = direction.baseAddress
    if updates > 0 {
      matrix.pack(gradient.baseAddress, into: packed.baseAddress)
      matrix.multiply(packed.baseAddress, into: product.baseAddress, workers)
      matrix.unpack(product.baseAddress, into: d)
      pass.combine(d, d, factor: -2, into: d, workers)
      let slope = pass.dot(gradient.baseAddress, d, workers)
      if slope < 0, slope.isFinite { return slope }
      updates = 0
    }
    pass.combine(gradient.baseAddress, gradient.baseAddress, factor: -2, into: d, workers)
    return -norm * norm
  }

  /// Updates the matrix by what the step has shown of the curvature.
  private func learn(_ step: OptimizerStep<Scalar>, length: Double) {
    let workers = step.workers
    let (s, y) = (origin.baseAddress, gradient.baseAddress)
    pass.combine(s, step.parameters, factor: -1, into: s, workers)
    let along = pass.dot(s, y, workers)
    pass.combine(y, step.gradients[0], factor: -1, into: y, workers)
    let curvature = pass.dot(s, y, workers)
    let (squareOfStep, squareOfChange) = (pass.dot(s, s, workers), pass.dot(y, y, workers))
    let rounding = Double(Scalar.ulpOfOne) * (squareOfStep * squareOfChange).squareRoot()
    guard curvature > rounding, squareOfChange > 0 else { return }
    var forward = -length * along
    if updates == 0 {
      let size = scalesFirst ? curvature / squareOfChange : 1
      matrix.setIdentity(times: size)
      forward = squareOfStep / size
    }
    // H y and s, packed: y makes room for s once it is multiplied.
    matrix.pack(y, into: packed.baseAddress)
    matrix.multiply(packed.baseAddress, into: product.baseAddress, workers)
    matrix.unpack(product.baseAddress, into: direction.baseAddress)
    let inverse = pass.dot(y, direction.baseAddress, workers)
    guard inverse > 0, inverse.isFinite, forward > 0, forward.isFinite else {
      updates = 0
      return
    }
    matrix.pack(s, into: packed.baseAddress)
    matrix.update(
      member.update(curvature: curvature, inverse: inverse, forward: forward, size: matrix.size),
      product.baseAddress, packed.baseAddress, workers)
    updates += 1
  }
}
