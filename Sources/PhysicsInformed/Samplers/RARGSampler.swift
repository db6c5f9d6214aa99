public import Arrays
import Learning

/// Residual-based adaptive refinement, greedy: the candidates with the largest residuals are added.
public struct RARGSamplerKind: SamplerKind {
  public let name = "rar-g"
  public let summary = "uniform points, to which those of the largest residual are added"
  public let source =
    "Lu, Meng, Mao, Karniadakis, DeepXDE, SIAM Review 63 (2021); 'RAR-G' of Wu, Zhu, Tan, Kartha, Lu, CMAME 403 (2023)"
  public let parameters = GrowingSampler.parameters

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let values = try values(settings)
    let candidates = try ResidualCandidates(values, domain, seed)
    return try GrowingSampler(name, values, candidates) { residuals, count, _ in
      Array(residuals.indices.sorted { (-residuals[$0], $0) < (-residuals[$1], $1) }.prefix(count))
    }
  }
}
