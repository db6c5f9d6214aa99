public import Arrays
import Learning

/// Independent points by their leverage: how much the network's linear model hangs on each.
public struct LeverageSamplerKind: SamplerKind {
  public let name = "leverage"
  public let summary =
    "independent points by the leverage of the residual's gradient, weighted to be unbiased"
  public let source =
    "Cohen, Migliorati, Optimal weighted least-squares methods, SMAI J. Comput. Math. 3 (2017), with the network's linear model"
  public let parameters =
    FeatureSampler.parameters + [
      MethodParameter(
        "uniformShare", default: 0.1, "share of the density that is uniform; weights are at most one over it")
    ]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let values = try values(settings)
    let share = try values("uniformShare", "from 0 to 1") { 0...1 ~= $0 }
    return try FeatureSampler(name, values, domain, seed, isLimited: false) { features, count, stream in
      let chosen = features.leverageSample(count, uniformShare: share, stream: stream)
      return (chosen, features.weights(of: chosen, uniformShare: share))
    }
  }
}
