public import Arrays
public import Learning

/// Weights that make the terms' tangent kernels alike in trace: wᵢ = mean trⱼ / trᵢ, averaged over time.
///
/// The trace of a term is Σ ‖∇r‖² over its samples r: how fast gradient descent makes its residuals small.
public struct TangentKernelKind: BalancerKind {
  public let name = "ntk"
  public let summary = "weights that make the traces of the terms' tangent kernels alike"
  public let source =
    "Wang, Yu, Perdikaris, When and why PINNs fail to train: a neural tangent kernel perspective, J. Comput. Phys. 449, 2022"
  public let parameters = RatioBalancer.parameters

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    try RatioBalancer(name, .trace, terms: terms.count, try values(settings))
  }
}
