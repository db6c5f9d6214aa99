public import Arrays
import Differentiation
public import Learning

/// MultiAdam: moments for each term's gradient instead of weights; see `MultiAdam`.
///
/// Multiplying a loss by a constant changes nothing but for ε, which should be far below the gradients: 1e-20 in double precision.
public struct MultiAdamKind: BalancerKind {
  public let name = "multiadam"
  public let summary = "Adam with moments of its own for each term, in place of the optimizer"
  public let source =
    "Yao et al., MultiAdam: parameter-wise scale-invariant optimizer for multiscale training of PINNs, ICML 2023"
  public let parameters = MultiAdam<Double>.parameters

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    // Whether they are right is said here, and not when the network is there.
    _ = try MultiAdam<Double>(ParameterLayout(), groups: 1, settings: settings)
    return MultiAdamBalancer(terms: terms.count, settings)
  }
}

final class MultiAdamBalancer: Balancer {
  let name = "multiadam"
  let needsGradientsEvery: Int? = 1
  let weighsLosses = false
  let weights: [Double]
  private let settings: [String: Double]

  init(terms: Int, _ settings: [String: Double]) {
    weights = Array(repeating: 1 / Double(terms), count: terms)
    self.settings = settings
  }

  func update(_ terms: TermObservation) {}

  func makeOptimizer<Scalar: LearningScalar>(
    for layout: ParameterLayout, as scalar: Scalar.Type
  ) throws(LearningError) -> (any Optimizer<Scalar>)? {
    try MultiAdam<Scalar>(layout, groups: weights.count, settings: settings)
  }

  var stateNumbers: [String: Double] {
    get { [:] }
    set {}
  }
}
