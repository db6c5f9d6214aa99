public import Arrays

extension Region {
  /// Points on the boundary, uniformly distributed over its length or area, with the normals out of the region.
  ///
  /// Drawn on the boundaries of the primitives and kept where the region's own boundary is: on one side, a ten-millionth of the
  /// region's size away, is the region, on the other it is not. Where surfaces coincide only one has points. Point k depends on
  /// the stream, k and the selection.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - selection: which part; those of the region, then the names within its shape.
  ///   - stream: every point has its own numbers of it.
  /// - Throws: what `Shape.validate` throws, `unknownPart`, and `noBoundary` if the part has no point among a million.
  public func boundaryPoints(
    _ count: Int, on selection: BoundarySelection = .all, stream: RandomStream
  ) throws(GeometryError) -> BoundaryPoints {
    let sampler = try BoundarySampler(self, selection, stream)
    let dimension = shape.dimension
    var coordinates = [Double](repeating: 0, count: count * dimension)
    var normals = coordinates
    var missing = false
    coordinates.withUnsafeMutableBufferPointer { coordinates in
      normals.withUnsafeMutableBufferPointer { normals in
        guard let points = coordinates.baseAddress, let directions = normals.baseAddress else { return }
        for point in 0..<count where !missing {
          missing = !sampler.draw(
            point, into: points + point * dimension, normal: directions + point * dimension)
        }
      }
    }
    guard !missing else { throw .noBoundary(part: selection.description) }
    return BoundaryPoints(dimension: dimension, coordinates: coordinates, normals: normals)
  }
}

extension Shape {
  /// See `Region.boundaryPoints(_:on:stream:)`.
  public func boundaryPoints(
    _ count: Int, on selection: BoundarySelection = .all, stream: RandomStream
  ) throws(GeometryError) -> BoundaryPoints {
    try Region(self).boundaryPoints(count, on: selection, stream: stream)
  }
}
