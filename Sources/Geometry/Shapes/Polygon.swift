/// The vertices of a polygon in the plane, for questions about its edges.
struct Polygon {
  private let points: [SIMD2<Double>]

  init(_ vertices: [[Double]]) { points = vertices.map { SIMD2($0[0], $0[1]) } }

  private func end(_ edge: Int) -> SIMD2<Double> { points[edge + 1 == points.count ? 0 : edge + 1] }

  private static func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }

  /// The area, positive for vertices in counter-clockwise order (relative to the first one, for accuracy).
  var signedArea: Double {
    points.indices.reduce(0) { $0 + 0.5 * Self.cross(points[$1] - points[0], end($1) - points[0]) }
  }

  /// Whether all vertices lie on one line, up to rounding.
  var isFlat: Bool {
    guard let far = points.max(by: { distanceSquared($0, points[0]) < distanceSquared($1, points[0]) }) else {
      return true
    }
    let along = far - points[0]
    let length = (along * along).sum()
    return points.allSatisfy { abs(Self.cross(along, $0 - points[0])) <= 1e-14 * length }
  }

  private func distanceSquared(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { ((a - b) * (a - b)).sum() }

  /// Two edges that have a point in common beyond the vertex of neighbours, numbered from 0.
  ///
  /// Edges are compared in the order of their leftmost points: n log n comparisons and those of edges that
  /// overlap horizontally.
  var crossing: (Int, Int)? {
    let count = points.count
    for edge in 0..<count where points[edge] == end(edge) { return (edge, (edge + 1) % count) }
    let order = points.indices.sorted { min(points[$0].x, end($0).x) < min(points[$1].x, end($1).x) }
    var found: (Int, Int)?
    for (position, edge) in order.enumerated() {
      let right = max(points[edge].x, end(edge).x)
      for other in order[(position + 1)...] {
        if min(points[other].x, end(other).x) > right { break }
        let pair = edge < other ? (edge, other) : (other, edge)
        guard meet(pair.0, pair.1) else { continue }
        if found == nil || pair < found! { found = pair }
      }
    }
    return found
  }

  private func meet(_ first: Int, _ second: Int) -> Bool {
    let (a, b, c, d) = (points[first], end(first), points[second], end(second))
    let areNeighbours = second == first + 1 || (first == 0 && second == points.count - 1)
    if areNeighbours {
      // They share a vertex; more in common means that one folds back onto the other.
      let (shared, before, after) = second == first + 1 ? (b, a, d) : (a, b, c)
      let (u, v) = (before - shared, after - shared)
      return Self.cross(u, v) == 0 && (u * v).sum() > 0
    }
    let (abc, abd) = (Self.cross(b - a, c - a), Self.cross(b - a, d - a))
    let (cda, cdb) = (Self.cross(d - c, a - c), Self.cross(d - c, b - c))
    if abc * abd < 0 && cda * cdb < 0 { return true }
    func holds(_ start: SIMD2<Double>, _ end: SIMD2<Double>, _ area: Double, _ point: SIMD2<Double>) -> Bool {
      area == 0 && min(start.x, end.x) <= point.x && point.x <= max(start.x, end.x)
        && min(start.y, end.y) <= point.y && point.y <= max(start.y, end.y)
    }
    return holds(a, b, abc, c) || holds(a, b, abd, d) || holds(c, d, cda, a) || holds(c, d, cdb, b)
  }
}
