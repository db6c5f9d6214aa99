public import Arrays
import Learning

/// Points of a scrambled Halton sequence.
public struct HaltonSamplerKind: SamplerKind {
  public let name = "halton"
  public let summary = "a Halton sequence, its digits permuted by the seed"
  public let source = "Halton, Numer. Math. 2 (1960); Owen, A randomized Halton algorithm in R, 2017"
  public let parameters = [MethodParameter.everyOrNever]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let every = try values(settings).count("every", from: 0)
    return RedrawingSampler.sequence(name, every: every, domain, seed) {
      HaltonSequence(dimension: domain.dimension, scrambledBy: $0)
    }
  }
}
