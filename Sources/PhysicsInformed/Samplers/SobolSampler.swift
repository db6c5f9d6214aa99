public import Arrays
import Learning

/// Points of a scrambled Sobol sequence.
public struct SobolSamplerKind: SamplerKind {
  public let name = "sobol"
  public let summary = "a Sobol sequence, scrambled by the seed; best with powers of two"
  public let source =
    "Joe, Kuo, Sobol sequences with better two-dimensional projections, SISC 30 (2008); Owen, scrambling, 1995"
  public let parameters = [MethodParameter.everyOrNever]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let every = try values(settings).count("every", from: 0)
    guard domain.dimension <= SobolSequence.largestDimension else {
      throw LearningError.unsuitable(
        "sobol has points of at most \(SobolSequence.largestDimension) coordinates, and there are \(domain.dimension)"
      )
    }
    return RedrawingSampler.sequence(name, every: every, domain, seed) {
      SobolSequence(dimension: domain.dimension, scrambledBy: $0)
    }
  }
}
