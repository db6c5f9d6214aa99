import Arrays
import Geometry

/// Takes points of the unit cube to the smallest box around a domain, and tells which of them lie in it.
struct DomainInterior: Sendable {
  /// The tries that one point may take.
  static let limit = 1 << 20

  /// The ends of the coordinates, as tight as the shape lets them be.
  let bounds: [ClosedRange<Double>]
  private let shape: Shape?

  /// - Throws: `SamplingError.emptyInterior` for a shape that is outside of the bounds.
  init(_ domain: SamplingDomain) throws(SamplingError) {
    shape = domain.shape
    var bounds = domain.bounds
    if let box = domain.shape?.boundingBox {
      for axis in 0..<domain.spaceDimension {
        let lower = max(bounds[axis].lowerBound, box.lower[axis])
        let upper = min(bounds[axis].upperBound, box.upper[axis])
        guard lower <= upper else { throw .emptyInterior(tries: 0) }
        bounds[axis] = lower...upper
      }
    }
    self.bounds = bounds
  }

  var dimension: Int { bounds.count }
  /// Whether every point of the box lies in the domain.
  var isBox: Bool { shape == nil }

  /// Moves a point of the unit cube into the box.
  ///
  /// - Parameter scratch: as many numbers as the point.
  /// - Returns: whether it lies inside of the shape, not on its boundary.
  func place(
    _ point: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    for axis in bounds.indices { point[axis] = bounds[axis].point(at: point[axis]) }
    return shape.map { $0.signedDistance(point, scratch) < 0 } ?? true
  }

  /// Writes a uniformly distributed point; allocates nothing.
  ///
  /// - Parameters:
  ///   - number: the point's, which has its own numbers of the stream.
  ///   - scratch: as many numbers as the point.
  /// - Returns: whether one of the tries was inside.
  func drawUniform(
    _ number: Int, _ stream: RandomStream, into point: UnsafeMutablePointer<Double>,
    _ scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    var numbers = RandomNumbers(stream, of: number)
    for _ in 0..<Self.limit {
      for axis in bounds.indices { point[axis] = numbers.uniform() }
      if place(point, scratch) { return true }
    }
    return false
  }

  /// Uniformly distributed points.
  func uniformPoints(_ count: Int, _ stream: RandomStream) throws(SamplingError) -> PointCloud {
    try points(count) { point, target, scratch in drawUniform(point, stream, into: target, scratch) }
  }

  /// Points that are drawn one after another.
  ///
  /// - Parameter draw: writes a point, given its number, and says whether there is one.
  func points(
    _ count: Int,
    _ draw: (Int, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Bool
  ) throws(SamplingError) -> PointCloud {
    precondition(count >= 1, "Sampler: \(count) points are none")
    var coordinates = [Double](repeating: 0, count: count * dimension)
    let isComplete = coordinates.withUnsafeMutableBufferPointer { buffer in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { scratch in
        (0..<count).allSatisfy { draw($0, buffer.baseAddress! + $0 * dimension, scratch.baseAddress!) }
      }
    }
    guard isComplete else { throw .emptyInterior(tries: Self.limit) }
    return PointCloud(dimension: dimension, coordinates: coordinates)
  }
}
