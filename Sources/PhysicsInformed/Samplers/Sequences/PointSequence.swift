import Arrays

/// Points of the unit cube, one after another, that fill it more evenly than random ones.
protocol PointSequence: Sendable {
  /// Writes a point's coordinates.
  func write(_ index: Int, into point: UnsafeMutablePointer<Double>)
}

extension DomainInterior {
  /// The first points of a sequence that lie in the domain.
  func points(_ count: Int, of sequence: some PointSequence) throws(SamplingError) -> PointCloud {
    var index = 0
    return try points(count) { _, target, scratch in
      for _ in 0..<Self.limit {
        sequence.write(index, into: target)
        index += 1
        if place(target, scratch) { return true }
      }
      return false
    }
  }
}

extension RedrawingSampler {
  /// Points of a sequence, of a new one at every draw.
  ///
  /// - Parameter sequence: of a stream that belongs to the draw.
  static func sequence(
    _ name: String, every: Int, _ domain: SamplingDomain, _ seed: UInt64,
    _ sequence: @escaping (RandomStream) -> some PointSequence
  ) -> RedrawingSampler {
    RedrawingSampler(name, every: every) { count, epoch throws(SamplingError) in
      let stream = RandomStream(seed: seed, purpose: "\(name) points", step: epoch)
      return try DomainInterior(domain).points(count, of: sequence(stream))
    }
  }
}
