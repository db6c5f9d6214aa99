import Glibc

/// A piece of a primitive's boundary that points are drawn on.
///
/// Pieces are drawn in proportion to their `bound`, and so many of the points on each count that their density is the same on all.
struct SurfacePiece: Sendable {
  private enum Form {
    case face(lower: [Double], upper: [Double], axis: Int, sign: Double)
    case sphere(center: [Double], radius: Double)
    case ellipse(center: [Double], semiAxes: [Double], angle: Double)
    case edge(start: SIMD2<Double>, way: SIMD2<Double>, sign: Double)
    case mantle(base: SIMD3<Double>, way: SIMD3<Double>, radius: Double)
    case cap(center: SIMD3<Double>, normal: SIMD3<Double>, radius: Double)
  }
  private let form: Form
  /// The length or area of the piece, or what it is below; the number of points in one dimension.
  let bound: Double

  /// The pieces of the boundary of a valid shape without operands.
  static func pieces(of shape: Shape) -> [SurfacePiece] {
    switch shape.form {
    case .box(let lower, let upper):
      return lower.indices.flatMap { axis -> [SurfacePiece] in
        let area = lower.indices.reduce(1) { $1 == axis ? $0 : $0 * (upper[$1] - lower[$1]) }
        return [-1, 1].map { sign in
          SurfacePiece(form: .face(lower: lower, upper: upper, axis: axis, sign: sign), bound: area)
        }
      }
    case .ball(let center, let radius):
      let half = 0.5 * Double(center.count)
      let area = 2 * pow(.pi, half) * pow(radius, 2 * half - 1) / tgamma(half)
      return [SurfacePiece(form: .sphere(center: center, radius: radius), bound: area)]
    case .ellipse(let center, let semiAxes, let angle):
      let bound = 2 * .pi * max(semiAxes[0], semiAxes[1])
      return [SurfacePiece(form: .ellipse(center: center, semiAxes: semiAxes, angle: angle), bound: bound)]
    case .polygon(let vertices): return edges(vertices)
    case .cylinder(let start, let end, let radius): return cylinder(start, end, radius)
    case .union, .intersection, .difference: preconditionFailure("SurfacePiece: \(shape) has operands")
    }
  }

  private static func edges(_ vertices: [[Double]]) -> [SurfacePiece] {
    let sign = Polygon(vertices).signedArea > 0 ? 1.0 : -1
    return vertices.indices.map { vertex in
      let next = vertices[vertex + 1 == vertices.count ? 0 : vertex + 1]
      let start = SIMD2(vertices[vertex][0], vertices[vertex][1])
      let way = SIMD2(next[0], next[1]) - start
      return SurfacePiece(
        form: .edge(start: start, way: way, sign: sign), bound: (way * way).sum().squareRoot())
    }
  }

  private static func cylinder(_ start: [Double], _ end: [Double], _ radius: Double) -> [SurfacePiece] {
    let base = SIMD3(start[0], start[1], start[2])
    let top = SIMD3(end[0], end[1], end[2])
    let way = top - base
    let length = (way * way).sum().squareRoot()
    let disc = Double.pi * radius * radius
    return [
      SurfacePiece(form: .mantle(base: base, way: way, radius: radius), bound: 2 * .pi * radius * length),
      SurfacePiece(form: .cap(center: base, normal: -way / length, radius: radius), bound: disc),
      SurfacePiece(form: .cap(center: top, normal: way / length, radius: radius), bound: disc),
    ]
  }

  /// Writes a point of the piece and the unit normal that points out of the primitive.
  ///
  /// - Returns: whether the point counts; else another one of another piece is to be drawn.
  func draw(
    _ numbers: inout RandomNumbers, _ point: UnsafeMutablePointer<Double>,
    _ normal: UnsafeMutablePointer<Double>
  ) -> Bool {
    switch form {
    case .face(let lower, let upper, let axis, let sign):
      for other in lower.indices {
        point[other] = (lower[other]...upper[other]).point(at: numbers.uniform())
        normal[other] = 0
      }
      point[axis] = sign < 0 ? lower[axis] : upper[axis]
      normal[axis] = sign
    case .sphere(let center, let radius):
      Self.direction(center.count, &numbers, normal)
      for axis in center.indices { point[axis] = center[axis] + radius * normal[axis] }
    case .ellipse(let center, let semiAxes, let angle):
      return Self.ellipse(center, semiAxes, angle, &numbers, point, normal)
    case .edge(let start, let way, let sign):
      let place = start + numbers.uniform() * way
      let length = (way * way).sum().squareRoot()
      (point[0], point[1]) = (place.x, place.y)
      (normal[0], normal[1]) = (sign * way.y / length, -sign * way.x / length)
    case .mantle(let base, let way, let radius):
      let direction = Self.around(way, numbers.uniform())
      Self.write(base + numbers.uniform() * way + radius * direction, point)
      Self.write(direction, normal)
    case .cap(let center, let outward, let radius):
      let direction = Self.around(outward, numbers.uniform())
      Self.write(center + radius * numbers.uniform().squareRoot() * direction, point)
      Self.write(outward, normal)
    }
    return true
  }

  /// A uniform direction: normal numbers have none that they prefer.
  private static func direction(
    _ dimension: Int, _ numbers: inout RandomNumbers, _ direction: UnsafeMutablePointer<Double>
  ) {
    var square = 0.0
    for axis in 0..<dimension {
      direction[axis] = numbers.normal()
      square += direction[axis] * direction[axis]
    }
    for axis in 0..<dimension { direction[axis] /= square.squareRoot() }
  }

  /// Angles are uniform; arcs are longer where the speed along them is higher, and more of their points count.
  private static func ellipse(
    _ center: [Double], _ semiAxes: [Double], _ angle: Double, _ numbers: inout RandomNumbers,
    _ point: UnsafeMutablePointer<Double>, _ normal: UnsafeMutablePointer<Double>
  ) -> Bool {
    let (a, b) = (semiAxes[0], semiAxes[1])
    let phase = 2 * .pi * numbers.uniform()
    let share = numbers.uniform()
    let (x, y) = (cos(phase), sin(phase))
    let speed = hypot(a * y, b * x)
    guard share * max(a, b) <= speed else { return false }
    let (c, s) = (cos(angle), sin(angle))
    point[0] = center[0] + c * a * x - s * b * y
    point[1] = center[1] + s * a * x + c * b * y
    normal[0] = (c * b * x - s * a * y) / speed
    normal[1] = (s * b * x + c * a * y) / speed
    return true
  }

  /// The unit vector across an axis at a share of the turn around it.
  private static func around(_ axis: SIMD3<Double>, _ share: Double) -> SIMD3<Double> {
    let unit = axis / (axis * axis).sum().squareRoot()
    let other = abs(unit.x) < 0.6 ? SIMD3<Double>(1, 0, 0) : SIMD3<Double>(0, 1, 0)
    var first = other - (other * unit).sum() * unit
    first /= (first * first).sum().squareRoot()
    let second = SIMD3(
      unit.y * first.z - unit.z * first.y, unit.z * first.x - unit.x * first.z,
      unit.x * first.y - unit.y * first.x)
    let turn = 2 * .pi * share
    return cos(turn) * first + sin(turn) * second
  }

  private static func write(_ vector: SIMD3<Double>, _ target: UnsafeMutablePointer<Double>) {
    for axis in 0..<3 { target[axis] = vector[axis] }
  }
}
