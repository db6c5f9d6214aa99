import Arrays
public import Geometry

/// Points of space–time on a boundary, with the normals in space.
public struct BoundaryCloud: Sendable, Equatable {
  public let points: PointCloud
  /// The unit normal at every point, out of the domain: the numbers of space, point after point.
  public let normals: [Double]
}

extension SamplingDomain {
  /// Uniform points on a face of the box in space, at uniform times.
  ///
  /// The shape, if there is one, is not looked at.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - face: one end of an axis of space.
  ///   - step: tells draws apart that follow each other.
  public func points(_ count: Int, on face: Face, seed: UInt64, step: Int = 0) -> BoundaryCloud {
    precondition(
      face.axis < spaceDimension, "SamplingDomain: axis \(face.axis) of \(spaceDimension) of space")
    let stream = RandomStream(seed: seed, purpose: "points on a face", step: step)
    let space = BoundaryPoints.uniform(
      count, on: face, of: Array(bounds.prefix(spaceDimension)), stream: stream)
    return spread(space, seed, step)
  }

  /// Uniform points on the boundary of the shape, or of the box where there is none, at uniform times.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - selection: which part of the boundary.
  ///   - parts: named parts beside those that the shape has.
  ///   - step: tells draws apart that follow each other.
  /// - Throws: `SamplingError.emptyBoundary` for a part that does not exist or has no points.
  public func boundaryPoints(
    _ count: Int, on selection: BoundarySelection = .all, parts: [BoundaryPart] = [], seed: UInt64,
    step: Int = 0
  ) throws(SamplingError) -> BoundaryCloud {
    let space = bounds.prefix(spaceDimension)
    let region = Region(shape ?? .box(space.map(\.lowerBound), space.map(\.upperBound)), parts: parts)
    let stream = RandomStream(seed: seed, purpose: "points on the boundary", step: step)
    do throws(GeometryError) {
      return spread(try region.boundaryPoints(count, on: selection, stream: stream), seed, step)
    } catch {
      throw .emptyBoundary(error.description)
    }
  }

  /// The same part of space at one time, as an initial condition needs it.
  ///
  /// - Precondition: there is a time.
  public func slice(at moment: Double) -> SamplingDomain {
    precondition(hasTime, "SamplingDomain: a slice needs a time")
    return SamplingDomain(bounds: bounds.dropLast() + [moment...moment], shape: shape, hasTime: true)
  }

  /// Gives points of space uniform times.
  private func spread(_ space: BoundaryPoints, _ seed: UInt64, _ step: Int) -> BoundaryCloud {
    guard let time else {
      return BoundaryCloud(
        points: PointCloud(dimension: dimension, coordinates: space.coordinates), normals: space.normals)
    }
    let stream = RandomStream(seed: seed, purpose: "times of points on the boundary", step: step)
    let coordinates = (0..<space.count).flatMap { point in
      space[point] + [time.point(at: stream.uniforms(at: UInt64(point)).x)]
    }
    return BoundaryCloud(
      points: PointCloud(dimension: dimension, coordinates: coordinates), normals: space.normals)
  }
}
