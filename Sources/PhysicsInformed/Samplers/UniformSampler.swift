public import Arrays
import Learning

/// Uniform points that stay where they are.
public struct UniformSamplerKind: SamplerKind {
  public let name = "uniform"
  public let summary = "uniform random points that stay where they are"
  public let source = "Raissi, Perdikaris, Karniadakis, Physics-informed neural networks, JCP 378 (2019)"
  public let parameters: [MethodParameter] = []

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    _ = try values(settings)
    return RedrawingSampler.uniform(name, every: 0, domain, seed)
  }
}

extension RedrawingSampler {
  /// Uniform points of a domain.
  static func uniform(
    _ name: String, every: Int, _ domain: SamplingDomain, _ seed: UInt64
  ) -> RedrawingSampler {
    RedrawingSampler(name, every: every) { count, epoch throws(SamplingError) in
      try DomainInterior(domain).uniformPoints(
        count, RandomStream(seed: seed, purpose: "uniform points", step: epoch))
    }
  }
}
