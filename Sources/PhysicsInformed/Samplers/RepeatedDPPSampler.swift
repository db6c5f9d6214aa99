public import Arrays
import Learning

/// Independent determinantal processes: the fewest points of all that determine the network's linear model well.
public struct RepeatedDPPSamplerKind: SamplerKind {
  public let name = "repeated-dpp"
  public let summary =
    "independent determinantal processes over the residual's gradient, until there are enough points"
  public let source = "Nouy, Michel, arXiv:2312.14057"
  public let parameters = FeatureSampler.parameters

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    try FeatureSampler(
      name, values(settings), domain, seed, isLimited: true,
      choose: FeatureSampler.weighted { $0.repeatedDPP($1, stream: $2) })
  }
}
