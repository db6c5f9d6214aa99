public import Arrays
import Learning

/// Residual-based adaptive refinement with a distribution: candidates that are drawn by their residual are added.
public struct RARDSamplerKind: SamplerKind {
  public let name = "rar-d"
  public let summary = "uniform points, to which others are added with a density that rises with the residual"
  public let source =
    "Wu, Zhu, Tan, Kartha, Lu, A comprehensive study of non-adaptive and residual-based adaptive sampling, CMAME 403 (2023)"
  public let parameters =
    GrowingSampler.parameters + [ResidualCandidates.power(2), ResidualCandidates.constant(0)]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let values = try values(settings)
    var candidates = try ResidualCandidates(values, domain, seed)
    candidates.power = try values.notNegative("power")
    candidates.constant = try values.notNegative("constant")
    return try GrowingSampler(name, values, candidates) { [candidates] residuals, count, step in
      candidates.draw(count, candidates.density(residuals), after: step)
    }
  }
}
