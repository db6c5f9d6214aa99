import Arrays
import Foundation
import Geometry
import Testing

@Suite("Shapes")
struct ShapeTests {
  /// Primitives with points of their boundary, dense enough to measure distances by.
  static let primitives: [Shape] = [
    .box([-1, 0], [2, 1]), .disc(center: [1, -1], radius: 0.7),
    .ellipse(center: [0.5, 0.2], semiAxes: [2, 0.3], angle: 0.6),
    .ellipse(center: [0, 0], semiAxes: [0.4, 1.1]), .ellipse(center: [0, 0], semiAxes: [1, 1], angle: 2),
    .polygon([[0, 0], [2, 0], [2, 2], [1, 0.5], [0, 2]]),
    .box([0, 0, 0], [1, 2, 0.5]), .sphere(center: [0, 1, 0], radius: 1.2),
    .cylinder(from: [0, 0, 0], to: [1, 1, 0.5], radius: 0.4),
    .box([1], [3]), .box([0, 0, 0, 0], [1, 1, 1, 1]), .sphere(center: [0, 0, 0, 0, 0], radius: 1),
  ]

  /// A point for each trial, in twice the bounding box.
  private func point(_ shape: Shape, _ trial: Int, _ stream: RandomStream) -> [Double] {
    let box = shape.boundingBox
    return (0..<shape.dimension).map { axis in
      let share = stream.uniforms(at: UInt64(trial * 8 + axis)).x
      return box.lower[axis] + (2 * share - 0.5) * (box.upper[axis] - box.lower[axis])
    }
  }

  @Test("The signed distance is a distance: slope 1 along the way to a boundary point", arguments: primitives)
  func distance(shape: Shape) {
    let stream = RandomStream(seed: 3, purpose: "points around a shape")
    let primitive = shape.primitives[0]
    var inside = 0
    for trial in 0..<2000 {
      let point = point(shape, trial, stream)
      var nearest = point
      let distance = primitive.nearestBoundaryPoint(to: point, into: &nearest)
      let way = zip(point, nearest).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(abs(way - abs(distance)) < 1e-12)
      #expect(abs(shape.signedDistance(to: nearest)) < 1e-12, "the nearest point is on the boundary")
      #expect(shape.contains(point) == (distance <= 0))
      if distance < 0 { inside += 1 }
      // No other point's distance differs by more than the way between them.
      let other = self.point(shape, trial + 5000, stream)
      let between = zip(point, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(abs(shape.signedDistance(to: other) - distance) <= between * (1 + 1e-12) + 1e-12)
    }
    #expect(inside > 5)
  }

  static let measured: [(shape: Shape, content: Double)] = [
    (primitives[0], 3), (primitives[1], 0.49 * .pi), (primitives[2], 0.6 * .pi), (primitives[3], 0.44 * .pi),
    (primitives[5], 2.5), (primitives[6], 1), (primitives[8], 0.16 * .pi * 1.5),
    (
      .difference([.box([0, 0], [2, 2]), .disc(center: [1, 1], radius: 0.5), .box([1, 1], [3, 3])]),
      3 - 0.1875 * .pi
    ),
    (.intersection([.disc(center: [0, 0], radius: 1), .box([0, 0], [1, 1])]), .pi / 4),
  ]

  @Test("Contents by counting points agree with formulas", arguments: measured.indices)
  func content(number: Int) {
    let (shape, exact) = Self.measured[number]
    let stream = RandomStream(seed: 5, purpose: "points around a shape")
    let trials = 40_000
    let inside = (0..<trials).count { shape.contains(point(shape, $0, stream)) }
    let box = shape.boundingBox
    let whole = zip(box.lower, box.upper).reduce(1) { $0 * 2 * ($1.1 - $1.0) }
    let share = exact / whole
    let deviation = whole * (share * (1 - share) / Double(trials)).squareRoot()
    #expect(abs(Double(inside) / Double(trials) * whole - exact) < 4 * deviation)
  }

  @Test("Points on an ellipse are found from any distance to the last bits")
  func ellipse() {
    let shape = Shape.ellipse(center: [0, 0], semiAxes: [1000, 1])
    for (point, expected) in [
      ([0.0, 0.0], -1.0), ([2000, 0], 1000), ([0, 5], 4), ([1000, 0], 0), ([0, 1], 0),
      ([0, -1e-12], -1 + 1e-12),
    ] {
      #expect(abs(shape.signedDistance(to: point) - expected) < 1e-12 * max(1, abs(expected)))
    }
  }

  @Test("Mistakes are named, all of them")
  func mistakes() {
    func first(_ shape: Shape) -> GeometryError? { shape.mistakes.first }
    #expect(first(.box([0, 0], [1, 1])) == nil)
    #expect(first(.box([0, 0], [1])) == .mixedDimensions(shape: "the box", first: 2, second: 1))
    #expect(
      first(.box([0, 1], [1, 1]))
        == .degenerate(shape: "the box", reason: "along axis 2 it goes from 1.0 to 1.0"))
    #expect(first(.box([], [])) == .degenerate(shape: "the box", reason: "its corners are missing"))
    #expect(first(.box([0, .nan], [1, 1], name: "b")) == .notFinite(shape: "the box 'b'"))
    #expect(
      first(.disc(center: [0, 0], radius: 0))
        == .notPositive(shape: "the disc", quantity: "radius", value: 0))
    #expect(
      first(.ellipse(center: [0, 0], semiAxes: [1, -2]))
        == .notPositive(shape: "the ellipse", quantity: "semi-axis", value: -2))
    #expect(
      first(.ellipse(center: [0, 0, 0], semiAxes: [1, 2]))
        == .mixedDimensions(shape: "the ellipse", first: 2, second: 3))
    #expect(first(.polygon([[0, 0], [1, 1]])) == .tooFewVertices(shape: "the polygon", count: 2))
    #expect(
      first(.polygon([[0, 0], [1, 1], [2, 2]]))
        == .degenerate(shape: "the polygon", reason: "its vertices lie on one line"))
    #expect(
      first(.cylinder(from: [0, 0, 0], to: [0, 0, 0], radius: 1))?.description.contains("length") == true)
    #expect(first(.union([])) == .noOperands(shape: "the union"))
    #expect(
      first(.union([.box([0, 0], [1, 1]), .sphere(center: [0, 0, 0], radius: 1)]))
        == .mixedDimensions(shape: "the union", first: 2, second: 3))
    let several = Shape.difference([
      .disc(center: [0, 0], radius: -1), .polygon([[0, 0]]), .box([0, 0], [.infinity, 1]),
    ])
    #expect(several.mistakes.count == 3)
    var deep = Shape.box([0, 0], [1, 1])
    for _ in 0..<100 { deep = .union([deep]) }
    #expect(first(deep) == .tooDeep(limit: Shape.depthLimit))
  }

  @Test(
    "Polygons that meet themselves name both edges",
    arguments: [
      ([[0.0, 0], [1, 1], [1, 0], [0, 1]], 1, 3),
      ([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]], 1, 3),
      ([[0, 0], [2, 0], [1, 0], [1, 1]], 1, 2),
      ([[0, 0], [1, 0], [1, 0], [0, 1]], 2, 3),
      ([[0, 0], [4, 0], [4, 4], [2, -1], [0, 4]], 1, 3),
      ([[0, 0], [2, 0], [2, 2], [0, 2], [2, 1], [3, 1]], 2, 4),
    ])
  func crossings(vertices: [[Double]], firstEdge: Int, secondEdge: Int) {
    #expect(
      Shape.polygon(vertices).mistakes == [
        .selfIntersecting(shape: "the polygon", firstEdge: firstEdge, secondEdge: secondEdge)
      ])
    // Nor does it help to walk it the other way round.
    #expect(!Shape.polygon(vertices.reversed()).mistakes.isEmpty)
  }

  @Test("A polygon of many edges is checked")
  func longPolygon() {
    let vertices = (0..<20_000).map { index in
      let angle = 2 * Double.pi * Double(index) / 20_000
      let radius = 1 + 0.2 * sin(40 * angle)
      return [radius * cos(angle), radius * sin(angle)]
    }
    #expect(Shape.polygon(vertices).mistakes.isEmpty)
    var crossed = vertices
    crossed.swapAt(10_000, 10_001)
    #expect(!Shape.polygon(crossed).mistakes.isEmpty)
  }

  @Test("Names go from the outside in")
  func names() {
    let shape = Shape.difference(
      [
        .box([0, 0], [1, 1]),
        .union([.disc(center: [0, 0], radius: 1, name: "a"), .disc(center: [1, 0], radius: 1)], name: "b"),
      ])
    #expect(shape.names == ["a", "b"])
    #expect(shape.primitives.map(\.names) == [[], ["a", "b"], ["b"]])
  }
}
