public import Arrays
public import Learning

/// Weights that make the terms' gradients alike in length: wᵢ = mean ‖gⱼ‖ / ‖gᵢ‖, averaged over time.
public struct GradientNormKind: BalancerKind {
  public let name = "gradient-norm"
  public let summary = "weights that make the terms' gradients alike in length"
  public let source =
    "Wang, Sankaran, Wang, Perdikaris, An expert's guide to training physics-informed neural networks, 2023, Algorithm 1"
  public let parameters = RatioBalancer.parameters

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    try RatioBalancer(name, .gradientNorm, terms: terms.count, try values(settings))
  }
}
