public import Arrays

/// Points on a boundary with the normals there.
public struct BoundaryPoints: Sendable, Equatable {
  /// Numbers of a point.
  public let dimension: Int
  /// Point after point.
  public let coordinates: [Double]
  /// The unit normal at every point, which points out of the domain.
  public let normals: [Double]

  /// - Precondition: whole points, and a normal for each.
  public init(dimension: Int, coordinates: [Double], normals: [Double]) {
    precondition(
      dimension >= 1 && coordinates.count % dimension == 0 && normals.count == coordinates.count,
      "BoundaryPoints: \(coordinates.count) and \(normals.count) numbers are no points of \(dimension) dimensions"
    )
    self.dimension = dimension
    self.coordinates = coordinates
    self.normals = normals
  }

  public var count: Int { coordinates.count / dimension }

  /// One of the points.
  public subscript(point: Int) -> ArraySlice<Double> {
    coordinates[point * dimension..<(point + 1) * dimension]
  }

  /// The normal at one of the points.
  public func normal(_ point: Int) -> ArraySlice<Double> {
    normals[point * dimension..<(point + 1) * dimension]
  }
}

/// Which part of a boundary is meant.
public struct BoundarySelection: Sendable, Hashable {
  /// The name of the part; the whole boundary if `nil`.
  public var part: String?
  /// Names of parts that are left out: those that come first where parts overlap.
  public var excluded: [String]

  public init(part: String? = nil, excluding excluded: [String] = []) {
    self.part = part
    self.excluded = excluded
  }

  /// The whole boundary.
  public static let all = BoundarySelection()

  /// What messages call it.
  var description: String {
    (part.map { "'\($0)'" } ?? "the boundary")
      + (excluded.isEmpty ? "" : " without " + excluded.map { "'\($0)'" }.joined(separator: ", "))
  }
}

extension BoundaryPoints {
  /// Points on a face of a box, uniformly distributed.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - face: one end of one axis.
  ///   - bounds: the ends of the box along every axis.
  ///   - stream: every point has its own numbers of it.
  public static func uniform(
    _ count: Int, on face: Face, of bounds: [ClosedRange<Double>], stream: RandomStream
  ) -> BoundaryPoints {
    precondition(
      bounds.indices.contains(face.axis), "BoundaryPoints: axis \(face.axis) of \(bounds.count)")
    var coordinates: [Double] = []
    var normals: [Double] = []
    coordinates.reserveCapacity(count * bounds.count)
    normals.reserveCapacity(count * bounds.count)
    for point in 0..<count {
      var numbers = RandomNumbers(stream, of: point)
      for (axis, range) in bounds.enumerated() {
        let isFixed = axis == face.axis
        let end = face.side == .lower ? range.lowerBound : range.upperBound
        coordinates.append(isFixed ? end : range.point(at: numbers.uniform()))
        normals.append(isFixed ? (face.side == .lower ? -1 : 1) : 0)
      }
    }
    return BoundaryPoints(dimension: bounds.count, coordinates: coordinates, normals: normals)
  }
}

extension ClosedRange<Double> {
  /// The number at a share of the way from the lower end to the upper one.
  package func point(at share: Double) -> Double {
    Swift.min(lowerBound + share * (upperBound - lowerBound), upperBound)
  }
}
