extension Shape {
  /// The shapes without operands, in reading order, each with the names around it.
  public var primitives: [Primitive] {
    var found: [Primitive] = []
    collect(names: [], into: &found)
    return found
  }

  private func collect(names: [String], into found: inout [Primitive]) {
    let names = (name.map { [$0] } ?? []) + names
    switch form {
    case .union(let shapes), .intersection(let shapes), .difference(let shapes):
      for shape in shapes { shape.collect(names: names, into: &found) }
    default: found.append(Primitive(shape: self, names: names))
    }
  }

  /// The names of boundary parts, in reading order, each once.
  public var names: [String] {
    var seen: Set<String> = []
    return primitives.flatMap(\.names).filter { seen.insert($0).inserted }
  }

  /// The distance to the boundary, negative inside.
  ///
  /// Exact for primitives. For combinations it is the minimum or maximum over the operands: its sign is right,
  /// and its size is at most the distance (a lower bound, exact outside of unions).
  public func signedDistance(to point: [Double]) -> Double {
    precondition(
      point.count == dimension, "Shape: a point of \(point.count) numbers in \(dimension) dimensions")
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: point.count) { scratch in
      signedDistance(point, scratch.baseAddress!)
    }
  }

  /// The same without a check; `scratch` holds as many numbers as the point.
  package func signedDistance(
    _ point: UnsafePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
  ) -> Double {
    switch form {
    case .union(let shapes):
      return shapes.reduce(.infinity) { min($0, $1.signedDistance(point, scratch)) }
    case .intersection(let shapes):
      return shapes.reduce(-.infinity) { max($0, $1.signedDistance(point, scratch)) }
    case .difference(let shapes):
      let first = shapes[0].signedDistance(point, scratch)
      return shapes.dropFirst().reduce(first) { max($0, -$1.signedDistance(point, scratch)) }
    default:
      return Primitive(shape: self, names: []).nearestBoundaryPoint(to: point, into: scratch)
    }
  }

  /// Whether a point lies in the shape or on its boundary.
  public func contains(_ point: [Double]) -> Bool { signedDistance(to: point) <= 0 }

  /// A box that holds the shape; the smallest one for primitives and their unions.
  public var boundingBox: (lower: [Double], upper: [Double]) {
    switch form {
    case .box(let lower, let upper): return (lower, upper)
    case .ball(let center, let radius): return (center.map { $0 - radius }, center.map { $0 + radius })
    case .ellipse(let center, let semiAxes, let angle):
      return Self.ellipseBox(center, semiAxes, angle)
    case .polygon(let vertices):
      let axes = 0..<2
      return (
        axes.map { axis in vertices.reduce(.infinity) { min($0, $1[axis]) } },
        axes.map { axis in vertices.reduce(-.infinity) { max($0, $1[axis]) } }
      )
    case .cylinder(let start, let end, let radius): return Self.cylinderBox(start, end, radius)
    case .union(let shapes):
      return shapes.dropFirst().reduce(shapes[0].boundingBox) { box, shape in
        let other = shape.boundingBox
        return (zip(box.lower, other.lower).map(min), zip(box.upper, other.upper).map(max))
      }
    case .intersection(let shapes):
      return shapes.dropFirst().reduce(shapes[0].boundingBox) { box, shape in
        let other = shape.boundingBox
        return (zip(box.lower, other.lower).map(max), zip(box.upper, other.upper).map(min))
      }
    case .difference(let shapes): return shapes[0].boundingBox
    }
  }
}
