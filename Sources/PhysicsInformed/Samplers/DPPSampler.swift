public import Arrays
import Learning

/// Different points that repel each other in the space of the network's features.
public struct DPPSamplerKind: SamplerKind {
  public let name = "dpp"
  public let summary = "different points by a determinantal process over the residual's gradient"
  public let source =
    "Hough, Krishnapur, Peres, Virág, Probability Surveys 3 (2006); Nouy, Michel, arXiv:2312.14057"
  public let parameters = FeatureSampler.parameters

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    try FeatureSampler(
      name, values(settings), domain, seed, isLimited: true,
      choose: FeatureSampler.weighted { $0.distinctDPP($1, stream: $2) })
  }
}
