public import Arrays
import Learning

/// Uniform points, new ones each so many steps.
public struct RedrawnSamplerKind: SamplerKind {
  public let name = "redrawn"
  public let summary = "uniform random points, drawn anew at every step: most of what adaptive points gain"
  public let source = "Daw, Bu, Wang, Perdikaris, Karpatne, R3 sampling, ICML 2023: its 'dynamic' baseline"
  public let parameters = [MethodParameter.every(1)]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let every = try values(settings).count("every")
    return RedrawingSampler.uniform(name, every: every, domain, seed)
  }
}
