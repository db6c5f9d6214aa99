public import Arrays
import Learning

/// A determinantal process, and independent points by leverage for the rest.
public struct VolumeSamplerKind: SamplerKind {
  public let name = "volume"
  public let summary =
    "a determinantal process over the residual's gradient, then independent points by leverage"
  public let source =
    "Nouy, Michel, arXiv:2312.14057; Dereziński, Warmuth, Hsu, Leveraged volume sampling, NeurIPS 2018"
  public let parameters = FeatureSampler.parameters

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    try FeatureSampler(
      name, values(settings), domain, seed, isLimited: true,
      choose: FeatureSampler.weighted { $0.volumeSample($1, stream: $2) })
  }
}
