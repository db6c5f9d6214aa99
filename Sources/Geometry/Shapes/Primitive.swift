/// A shape without operands, with the names its boundary answers to.
public struct Primitive: Sendable, Hashable {
  /// A valid shape without operands.
  public let shape: Shape
  /// The name of the shape and of the combinations around it, innermost first.
  public let names: [String]

  /// Writes the point of the primitive's boundary that is nearest to `point`, and returns the signed distance.
  ///
  /// Negative inside. Both pointers hold as many numbers as the shape has dimensions. Nothing is allocated.
  @discardableResult
  package func nearestBoundaryPoint(
    to point: UnsafePointer<Double>, into nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    switch shape.form {
    case .box(let lower, let upper): Self.box(lower, upper, point, nearest)
    case .ball(let center, let radius): Self.ball(center, radius, point, nearest)
    case .ellipse(let center, let semiAxes, let angle):
      Self.ellipse(center, semiAxes, angle, point, nearest)
    case .polygon(let vertices): Self.polygon(vertices, point, nearest)
    case .cylinder(let start, let end, let radius): Self.cylinder(start, end, radius, point, nearest)
    case .union, .intersection, .difference: preconditionFailure("Primitive: \(shape) has operands")
    }
  }

  private static func box(
    _ lower: [Double], _ upper: [Double], _ point: UnsafePointer<Double>,
    _ nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    var outside = 0.0
    var (depth, face, value) = (Double.infinity, 0, 0.0)
    for axis in lower.indices {
      nearest[axis] = min(max(point[axis], lower[axis]), upper[axis])
      outside += (point[axis] - nearest[axis]) * (point[axis] - nearest[axis])
      for end in [lower[axis], upper[axis]] where abs(point[axis] - end) < depth {
        (depth, face, value) = (abs(point[axis] - end), axis, end)
      }
    }
    guard outside == 0 else { return outside.squareRoot() }
    nearest[face] = value
    return -depth
  }

  private static func ball(
    _ center: [Double], _ radius: Double, _ point: UnsafePointer<Double>,
    _ nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    var square = 0.0
    for axis in center.indices { square += (point[axis] - center[axis]) * (point[axis] - center[axis]) }
    let distance = square.squareRoot()
    for axis in center.indices {
      let direction = distance > 0 ? (point[axis] - center[axis]) / distance : (axis == 0 ? 1 : 0)
      nearest[axis] = center[axis] + radius * direction
    }
    return distance - radius
  }

  private static func polygon(
    _ vertices: [[Double]], _ point: UnsafePointer<Double>, _ nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    var best = Double.infinity
    var isInside = false
    var (ax, ay) = (vertices[vertices.count - 1][0], vertices[vertices.count - 1][1])
    for vertex in vertices {
      let (bx, by) = (vertex[0], vertex[1])
      let (ux, uy) = (bx - ax, by - ay)
      let along = ((point[0] - ax) * ux + (point[1] - ay) * uy) / (ux * ux + uy * uy)
      let share = min(max(along, 0), 1)
      let (x, y) = (ax + share * ux, ay + share * uy)
      let square = (point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y)
      if square < best { (best, nearest[0], nearest[1]) = (square, x, y) }
      // A ray to the right crosses an odd number of edges if it starts inside.
      if (ay > point[1]) != (by > point[1]), point[0] < ax + (point[1] - ay) / uy * ux { isInside.toggle() }
      (ax, ay) = (bx, by)
    }
    return isInside ? -best.squareRoot() : best.squareRoot()
  }

  private static func cylinder(
    _ start: [Double], _ end: [Double], _ radius: Double, _ point: UnsafePointer<Double>,
    _ nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    let base = SIMD3(start[0], start[1], start[2])
    var axis = SIMD3(end[0], end[1], end[2]) - base
    let length = (axis * axis).sum().squareRoot()
    axis /= length
    let offset = SIMD3(point[0], point[1], point[2]) - base
    let height = (offset * axis).sum()
    let outward = offset - height * axis
    let distance = (outward * outward).sum().squareRoot()
    let direction = distance > 0 ? outward / distance : perpendicular(to: axis)
    // In the half-plane through the axis and the point, a cylinder is the rectangle height × radius.
    let radial = distance - radius
    let axial = max(-height, height - length)
    var (h, r) = (min(max(height, 0), length), min(distance, radius))
    if radial <= 0 && axial <= 0 {
      if radial >= axial { r = radius } else { h = height < length - height ? 0 : length }
    }
    let result = base + h * axis + r * direction
    for index in 0..<3 { nearest[index] = result[index] }
    if radial <= 0 && axial <= 0 { return max(radial, axial) }
    return (max(radial, 0) * max(radial, 0) + max(axial, 0) * max(axial, 0)).squareRoot()
  }

  private static func perpendicular(to axis: SIMD3<Double>) -> SIMD3<Double> {
    let other = abs(axis.x) < 0.6 ? SIMD3<Double>(1, 0, 0) : SIMD3<Double>(0, 1, 0)
    let result = other - (other * axis).sum() * axis
    return result / (result * result).sum().squareRoot()
  }
}
