public import Arrays
import Learning

/// Points of a Latin hypercube; on a shape, those of a larger one that lie in it.
public struct LatinHypercubeSamplerKind: SamplerKind {
  public let name = "latin-hypercube"
  public let summary = "random points that fill every axis evenly"
  public let source = "McKay, Beckman, Conover, Technometrics 21 (1979)"
  public let parameters = [MethodParameter.everyOrNever]

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let every = try values(settings).count("every", from: 0)
    return RedrawingSampler(name, every: every) { count, epoch throws(SamplingError) in
      let stream = RandomStream(seed: seed, purpose: "latin-hypercube points", step: epoch)
      let interior = try DomainInterior(domain)
      let size = interior.isBox ? count : try Self.size(count, interior, stream)
      // They are in random order: the first of those inside are as good as any.
      return try interior.points(
        count, of: LatinHypercube(dimension: domain.dimension, count: size, stream))
    }
  }

  /// How many points a hypercube has to have that enough of them are inside.
  private static func size(
    _ count: Int, _ interior: DomainInterior, _ stream: RandomStream
  ) throws(SamplingError) -> Int {
    var size = count
    while true {
      let hypercube = LatinHypercube(dimension: interior.dimension, count: size, stream)
      let inside = interior.count(of: hypercube, size)
      if inside >= count { return size }
      guard inside > 0 || size < DomainInterior.limit else { throw .emptyInterior(tries: size) }
      let needed = Double(size) * Double(count) / Double(max(1, inside))
      size = inside > 0 ? Int(needed * 1.02) + 8 : 16 * size
    }
  }
}

extension DomainInterior {
  /// How many of the first points of a sequence lie in the domain.
  fileprivate func count(of sequence: some PointSequence, _ size: Int) -> Int {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * dimension) { scratch in
      let point = scratch.baseAddress!
      return (0..<size).count { index in
        sequence.write(index, into: point)
        return place(point, point + dimension)
      }
    }
  }
}
