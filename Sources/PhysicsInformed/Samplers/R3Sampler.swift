public import Arrays
import Learning

/// Retains points of large residual, releases the others and samples new ones in their place.
///
/// After every step those stay whose fitness, the size of the residual, is above the mean of all; uniform points replace the rest.
/// Their number is constant, no candidates are looked at, and the cost is in proportion to it. Where the residual is the same
/// everywhere all points are new.
public struct R3SamplerKind: SamplerKind {
  public let name = "r3"
  public let summary = "keeps the points of above-average residual and draws the others anew, at every step"
  public let source =
    "Daw, Bu, Wang, Perdikaris, Karpatne, Mitigating propagation failures in PINNs using R3 sampling, ICML 2023"
  public let parameters = [MethodParameter.every(1)]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    R3Sampler(name, domain, seed, every: try values(settings).count("every"))
  }
}

private final class R3Sampler: Sampler {
  let name: String
  private let domain: SamplingDomain
  private let seed: UInt64
  private let every: Int

  init(_ name: String, _ domain: SamplingDomain, _ seed: UInt64, every: Int) {
    self.name = name
    self.domain = domain
    self.seed = seed
    self.every = every
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud {
    try DomainInterior(domain).uniformPoints(count, RandomStream(seed: seed, purpose: "uniform points"))
  }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    guard isDue(after: step, every: every) else { return false }
    try points.retain(
      DomainInterior(domain), RandomStream(seed: seed, purpose: "released points", step: step + 1)
    ) { abs(residuals[$0]) }
    return true
  }
}

extension PointCloud {
  /// Keeps points whose fitness is above the mean of all, in their places, and draws the others anew.
  ///
  /// - Parameter fitness: of a point; not of one that has been drawn.
  mutating func retain(
    _ interior: DomainInterior, _ stream: RandomStream, _ fitness: (Int) -> Double
  ) throws(SamplingError) {
    let threshold = (0..<count).reduce(0) { $0 + fitness($1) } / Double(count)
    let (count, dimension) = (count, dimension)
    let isComplete = coordinates.withUnsafeMutableBufferPointer { buffer in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { scratch in
        // Not "at most": a mean that is not a number is no reason to keep anything.
        for point in 0..<count where !(fitness(point) > threshold) {
          let target = buffer.baseAddress! + point * dimension
          guard interior.drawUniform(point, stream, into: target, scratch.baseAddress!) else { return false }
        }
        return true
      }
    }
    guard isComplete else { throw .emptyInterior(tries: DomainInterior.limit) }
  }
}
