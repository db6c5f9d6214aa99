public import Arrays
import Glibc

/// The centers of the cells of a grid.
///
/// Cells have the same length along all axes of space; of time there are as many as of a space axis of mean length. The finest grid
/// that has no more points in the domain than are asked for: there may be fewer.
public struct GridSamplerKind: SamplerKind {
  public let name = "grid"
  public let summary = "centers of equal cells, at most as many as asked for, that stay where they are"
  public let source =
    "Wu, Zhu, Tan, Kartha, Lu, A comprehensive study of non-adaptive and residual-based adaptive sampling, CMAME 403 (2023)"
  public let parameters: [MethodParameter] = []

  public init() {}

  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    _ = try values(settings)
    return RedrawingSampler(name, every: 0) { count, _ throws(SamplingError) in
      try Self.points(count, of: domain)
    }
  }

  private static func points(_ count: Int, of domain: SamplingDomain) throws(SamplingError) -> PointCloud {
    precondition(count >= 1, "Sampler: \(count) points are none")
    let interior = try DomainInterior(domain)
    let lengths = scaledLengths(interior, domain)
    let volume = lengths.reduce(1) { $1 > 0 ? $0 * $1 : $0 }
    let axes = Double(max(1, lengths.count { $0 > 0 }))
    // Where the shape is the whole box, cells of this size would be right.
    var spacing = pow(volume / Double(count), 1 / axes) * 2
    var best: [Double] = []
    for _ in 0..<400 {
      guard let found = cells(interior, lengths.map { max(1, Int($0 / spacing + 1e-9)) }, atMost: count)
      else { break }
      if found.count > best.count { best = found }
      if best.count == count * interior.dimension { break }
      spacing *= found.isEmpty ? 0.7 : 0.98
    }
    guard !best.isEmpty else { throw .emptyInterior(tries: DomainInterior.limit) }
    return PointCloud(dimension: interior.dimension, coordinates: best)
  }

  /// The lengths of the axes, that of time as the geometric mean of the others.
  private static func scaledLengths(_ interior: DomainInterior, _ domain: SamplingDomain) -> [Double] {
    var lengths = interior.bounds.map { $0.upperBound - $0.lowerBound }
    guard domain.hasTime, lengths[lengths.count - 1] > 0 else { return lengths }
    let space = lengths.dropLast().filter { $0 > 0 }
    lengths[lengths.count - 1] =
      space.isEmpty ? 1 : exp(space.reduce(0) { $0 + log($1) } / Double(space.count))
    return lengths
  }

  /// The centers of cells in the domain, if they are not too many.
  private static func cells(
    _ interior: DomainInterior, _ counts: [Int], atMost limit: Int
  ) -> [Double]? {
    let total = counts.reduce(1.0) { $0 * Double($1) }
    guard total <= Double(max(DomainInterior.limit, limit)), !(interior.isBox && total > Double(limit)) else {
      return nil
    }
    var result: [Double] = []
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * counts.count) { scratch in
      let point = scratch.baseAddress!
      for cell in 0..<Int(total) {
        var rest = cell
        for axis in counts.indices.reversed() {
          point[axis] = (Double(rest % counts[axis]) + 0.5) / Double(counts[axis])
          rest /= counts[axis]
        }
        guard interior.place(point, point + counts.count) else { continue }
        if result.count == limit * counts.count { return nil }
        for axis in counts.indices { result.append(point[axis]) }
      }
      return result
    }
  }
}
