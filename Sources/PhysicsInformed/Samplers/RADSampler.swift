public import Arrays
import Learning

/// Residual-based adaptive distribution: now and then all points are drawn anew, more of them where the residual is large.
public struct RADSamplerKind: SamplerKind {
  public let name = "rad"
  public let summary = "all points drawn anew with a density that rises with the residual"
  public let source =
    "Wu, Zhu, Tan, Kartha, Lu, A comprehensive study of non-adaptive and residual-based adaptive sampling, CMAME 403 (2023)"
  public let parameters = [
    ResidualCandidates.every, ResidualCandidates.candidates, ResidualCandidates.power(1),
    ResidualCandidates.constant(1),
  ]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let values = try values(settings)
    var candidates = try ResidualCandidates(values, domain, seed)
    candidates.power = try values.notNegative("power")
    candidates.constant = try values.notNegative("constant")
    return RADSampler(name, candidates)
  }
}

private final class RADSampler: Sampler {
  let name: String
  private let candidates: ResidualCandidates

  init(_ name: String, _ candidates: ResidualCandidates) {
    self.name = name
    self.candidates = candidates
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud {
    guard count <= candidates.count else {
      throw .tooFewCandidates(candidates.count, points: count)
    }
    return try DomainInterior(candidates.domain).uniformPoints(
      count, RandomStream(seed: candidates.seed, purpose: "uniform points"))
  }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    guard isDue(after: step, every: candidates.every) else { return false }
    guard points.count <= candidates.count else {
      throw .tooFewCandidates(candidates.count, points: points.count)
    }
    let (fresh, sizes) = try candidates.look(after: step, probe)
    points = fresh.selecting(candidates.draw(points.count, candidates.density(sizes), after: step))
    return true
  }
}
