/// Points of space–time, and how much each counts.
public struct PointCloud: Sendable, Equatable {
  /// Numbers of a point: those of space, then the time if there is one.
  public let dimension: Int
  /// Point after point.
  public var coordinates: [Double]
  /// What the squared residual of every point is multiplied by; empty where all count alike.
  public var weights: [Double]

  /// - Precondition: whole points, and as many weights or none.
  public init(dimension: Int, coordinates: [Double], weights: [Double] = []) {
    precondition(
      dimension >= 1 && coordinates.count % dimension == 0,
      "PointCloud: \(coordinates.count) numbers are no points of \(dimension) dimensions")
    precondition(
      weights.isEmpty || weights.count == coordinates.count / dimension,
      "PointCloud: \(weights.count) weights for \(coordinates.count / dimension) points")
    self.dimension = dimension
    self.coordinates = coordinates
    self.weights = weights
  }

  public var count: Int { coordinates.count / dimension }

  /// One of the points.
  public subscript(point: Int) -> ArraySlice<Double> {
    coordinates[point * dimension..<(point + 1) * dimension]
  }
}
