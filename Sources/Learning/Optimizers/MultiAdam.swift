public import Arrays
import CKernels
public import Differentiation

/// MultiAdam: Adam with moments of its own for each of several gradients, whose steps are averaged.
///
/// ```
/// mᵢ ← β₁ mᵢ + (1 − β₁) gᵢ,   vᵢ ← β₂ vᵢ + (1 − β₂) gᵢ²
/// θ ← θ − rate/n · Σᵢ mᵢ / (1 − β₁ᵗ) / (√(vᵢ / (1 − β₂ᵗ)) + ε)
/// ```
/// So a term of the loss that is multiplied by a constant moves the parameters as before, but for ε: weights of terms are of no use.
/// Yao et al., MultiAdam: parameter-wise scale-invariant optimizer for multiscale training of physics-informed neural networks,
/// ICML 2023, Algorithm 1.
///
/// The gradients of a step are those of the groups, one group after the other, as many blocks for each.
public final class MultiAdam<Scalar: LearningScalar>: Optimizer {
  public let name = "multiadam"
  public let layout: ParameterLayout
  public let needsEvaluations = false
  /// Every group's steps have sizes of their own: there is nothing to clip.
  public let acceptsClipping = false
  /// How many gradients there are.
  public let groups: Int
  public let stateArrays: [OptimizerStateArray<Scalar>]
  private let rule: AdamRule
  private let pass: UpdatePass<Scalar>
  private var stepCount = 0

  /// The parameters it reads.
  public static var parameters: [MethodParameter] {
    [
      MethodParameter("beta1", default: 0.99, "decay of the mean of gradients"),
      MethodParameter("beta2", default: 0.99, "decay of the mean of their squares"),
      MethodParameter("epsilon", default: 1e-8, "what is added to the root of the mean square"),
    ]
  }

  /// - Throws: `LearningError` for a parameter that there is not, or that is out of its range.
  public init(_ layout: ParameterLayout, groups: Int, settings: [String: Double]) throws(LearningError) {
    precondition((1...256).contains(groups), "MultiAdam: \(groups) groups, and there must be 1 to 256")
    self.layout = layout
    self.groups = groups
    rule = try AdamRule(momentsOnly: try MethodValues(settings, of: Self.parameters, method: "multiadam"))
    pass = UpdatePass(layout)
    stateArrays = (0..<groups).flatMap { group in
      ["firstMoment", "secondMoment"].map {
        OptimizerStateArray(name: "\($0).\(group)", values: AlignedStorage(count: layout.extent))
      }
    }
  }

  public var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount)] }
    set { stepCount = Int(newValue["steps"] ?? 0) }
  }

  /// Moves the parameters once.
  ///
  /// - Returns: the root of the sum of the squares of all groups' gradients as their norm.
  /// - Precondition: as many blocks of gradients for each group; no clipping.
  public func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    precondition(
      step.gradients.count % groups == 0,
      "MultiAdam: \(step.gradients.count) blocks of gradients cannot be shared by \(groups) groups")
    precondition(step.clipping == .none, "MultiAdam: gradients of groups cannot be clipped")
    stepCount += 1
    let blocks = step.gradients.count / groups
    var squares = 0.0
    for group in 0..<groups {
      var own = step
      own.gradients = UnsafeBufferPointer(
        rebasing: step.gradients[group * blocks..<(group + 1) * blocks])
      if group + 1 < groups { own.average = nil }
      var job = pass.job(own)
      rule.configure(&job, step: stepCount)
      job.corrected_rate /= Double(groups)
      job.first = UnsafeMutableRawPointer(stateArrays[2 * group].values.baseAddress)
      job.second = UnsafeMutableRawPointer(stateArrays[2 * group + 1].values.baseAddress)
      pass.run(rule.kernels.single, rule.kernels.double, &job, step.workers)
      squares += pass.sum
    }
    return StepOutcome(gradientNorm: squares.squareRoot())
  }
}
