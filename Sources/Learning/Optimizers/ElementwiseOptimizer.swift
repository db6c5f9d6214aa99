import Arrays
import CKernels
import Differentiation

/// The rule of an optimizer that deals with every parameter by itself: what its one kernel is given.
protocol ElementwiseRule: Sendable {
  /// Names of the state's arrays: none, `first`, `second`, `largest` of the job, in this order.
  var stateNames: [String] { get }
  var decay: WeightDecay { get }
  var kernels: (single: UpdateKernel, double: UpdateKernel) { get }
  /// Sets the coefficients of step number `step`, from 1; `job.rate` is the rate already.
  func configure(_ job: inout pvk_update_job, step: Int)
}

/// An optimizer whose step is one pass over memory.
///
/// With clipping by norm two: the norm must be known before.
final class ElementwiseOptimizer<Scalar: LearningScalar>: Optimizer {
  let name: String
  let layout: ParameterLayout
  let needsEvaluations = false
  let stateArrays: [OptimizerStateArray<Scalar>]
  private let rule: any ElementwiseRule
  private let pass: UpdatePass<Scalar>
  private var stepCount = 0

  init(_ name: String, _ layout: ParameterLayout, _ rule: any ElementwiseRule) {
    self.name = name
    self.layout = layout
    self.rule = rule
    pass = UpdatePass(layout, decays: rule.decay.acts)
    stateArrays = rule.stateNames.map { .init(name: $0, values: AlignedStorage(count: layout.extent)) }
  }

  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount)] }
    set { stepCount = Int(newValue["steps"] ?? 0) }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    stepCount += 1
    var job = pass.job(step)
    var norm: Double?
    if case .norm = step.clipping { norm = pass.gather(&job, step) }
    rule.configure(&job, step: stepCount)
    if !stateArrays.isEmpty { job.first = UnsafeMutableRawPointer(stateArrays[0].values.baseAddress) }
    if stateArrays.count > 1 { job.second = UnsafeMutableRawPointer(stateArrays[1].values.baseAddress) }
    if stateArrays.count > 2 { job.largest = UnsafeMutableRawPointer(stateArrays[2].values.baseAddress) }
    let kernels = rule.kernels
    pass.run(kernels.single, kernels.double, &job, step.workers)
    return StepOutcome(gradientNorm: norm ?? pass.sum.squareRoot())
  }
}
