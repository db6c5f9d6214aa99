import Arrays
import Foundation
import Geometry
import Testing

@Suite("Points on boundaries") struct BoundaryPointTests {
  private static let count = 4000
  private let stream = RandomStream(seed: 11, purpose: "points on a boundary")

  static let shapes: [Shape] =
    ShapeTests.primitives + [
      .difference([.box([0, 0], [2, 2]), .disc(center: [1, 1], radius: 0.5, name: "hole")]),
      .intersection([.disc(center: [0, 0], radius: 1), .box([0, 0], [2, 2])]),
      .union([.disc(center: [0, 0], radius: 1), .disc(center: [1, 0], radius: 1)]),
      .union([.box([0, 0], [1, 1]), .box([1, 0], [2, 1])]),
      .difference([.box([0, 0], [2, 2]), .box([1, 1], [2, 2])]),
      .intersection([.box([0, 0], [1, 1]), .box([0, -1], [1, 3])]),
      .difference([
        .box([0, 0, 0], [2, 2, 1]), .cylinder(from: [1, 1, -1], to: [1, 1, 2], radius: 0.5),
        .sphere(center: [2, 2, 1], radius: 0.4),
      ]),
    ]

  @Test("Points lie on the boundary, normals are units and lead out", arguments: shapes.indices)
  func lieOnBoundary(_ number: Int) throws {
    let shape = Self.shapes[number]
    let points = try shape.boundaryPoints(1000, stream: stream)
    #expect(points.count == 1000)
    for point in 0..<points.count {
      let (place, normal) = (Array(points[point]), Array(points.normal(point)))
      #expect(abs(shape.signedDistance(to: place)) <= 1e-12)
      #expect(abs(normal.reduce(0) { $0 + $1 * $1 } - 1) <= 1e-12)
      #expect(shape.signedDistance(to: zip(place, normal).map { $0 + 1e-6 * $1 }) > 0)
      #expect(shape.signedDistance(to: zip(place, normal).map { $0 - 1e-6 * $1 }) < 0)
    }
    let again = try shape.boundaryPoints(10, stream: stream)
    #expect(Array(points.coordinates.prefix(again.coordinates.count)) == again.coordinates)
  }

  @Test func normalsOfCurvesAreExact() throws {
    let disc = try Shape.disc(center: [1, -1], radius: 0.7).boundaryPoints(100, stream: stream)
    for point in 0..<disc.count {
      let (place, normal) = (Array(disc[point]), Array(disc.normal(point)))
      #expect(abs(0.7 * normal[0] - (place[0] - 1)) < 1e-14 && abs(0.7 * normal[1] - (place[1] + 1)) < 1e-14)
    }
    let (a, b) = (2.0, 0.3)
    let ellipse = try Shape.ellipse(center: [0, 0], semiAxes: [a, b]).boundaryPoints(100, stream: stream)
    for point in 0..<ellipse.count {
      let (place, normal) = (Array(ellipse[point]), Array(ellipse.normal(point)))
      #expect(abs(normal[0] * place[1] / (b * b) - normal[1] * place[0] / (a * a)) < 1e-12)
    }
  }

  /// Parts of boundaries that all have the same length or area: a function tells which part a point lies in.
  struct Partition: Sendable {
    var shape: Shape
    var parts: Int
    var part: @Sendable ([Double]) -> Int
  }

  private static func turn(_ y: Double, _ x: Double, _ parts: Int) -> Int {
    min(parts - 1, Int((atan2(y, x) / (2 * .pi) + 0.5) * Double(parts)))
  }

  /// Which of so many equally long arcs of an ellipse a point lies on, from a fine polygon.
  private static func arc(_ a: Double, _ b: Double, _ parts: Int) -> @Sendable ([Double]) -> Int {
    let steps = 100_000
    var sums = [0.0]
    for k in 0..<steps {
      let phase = 2 * Double.pi * (Double(k) + 0.5) / Double(steps)
      sums.append(sums[k] + hypot(a * sin(phase), b * cos(phase)))
    }
    let lengths = sums.map { $0 / sums[steps] }
    return { point in
      var phase = atan2(point[1] / b, point[0] / a) / (2 * .pi)
      if phase < 0 { phase += 1 }
      return min(parts - 1, Int(lengths[min(steps, Int(phase * Double(steps)))] * Double(parts)))
    }
  }

  static let partitions: [Partition] = [
    Partition(shape: .disc(center: [0, 0], radius: 3), parts: 20) { turn($0[1], $0[0], 20) },
    Partition(shape: .ellipse(center: [0, 0], semiAxes: [2, 0.3]), parts: 16, part: arc(2, 0.3, 16)),
    Partition(shape: .box([0, 0], [3, 1]), parts: 8) { point in
      point[1] == 0
        ? min(2, Int(point[0])) : point[1] == 1 ? 3 + min(2, Int(point[0])) : point[0] == 0 ? 6 : 7
    },
    // Equal slices of a sphere have equal areas.
    Partition(shape: .sphere(center: [0, 0, 0], radius: 1), parts: 40) { point in
      min(9, Int((point[2] + 1) * 5)) * 4 + turn(point[1], point[0], 4)
    },
    // Two caps of 1 π and a mantle of 4 π.
    Partition(shape: .cylinder(from: [0, 0, 0], to: [0, 0, 2], radius: 1), parts: 12) { point in
      if point[2] == 0 || point[2] == 2 {
        let isOuter = point[0] * point[0] + point[1] * point[1] > 0.5
        return (point[2] == 0 ? 0 : 2) + (isOuter ? 1 : 0)
      }
      return 4 + min(7, Int(point[2] * 4))
    },
    // Each disc keeps two thirds of its circle.
    Partition(
      shape: .union([.disc(center: [0, 0], radius: 1), .disc(center: [1, 0], radius: 1)]), parts: 8
    ) { point in
      let isFirst = point[0] < 0.5
      let angle = isFirst ? atan2(point[1], -point[0]) : atan2(point[1], point[0] - 1)
      return (isFirst ? 0 : 4) + min(3, Int((angle / (4 * .pi / 3) + 0.5) * 4))
    },
    // Sides that coincide count once.
    Partition(shape: .intersection([.box([0, 0], [1, 1]), .box([0, -1], [1, 3])]), parts: 4) { point in
      point[0] == 0 ? 0 : point[0] == 1 ? 1 : point[1] == 0 ? 2 : 3
    },
    // An L of length 8.
    Partition(shape: .difference([.box([0, 0], [2, 2]), .box([1, 1], [2, 2])]), parts: 8) { point in
      if point[0] == 0 { return min(1, Int(point[1])) }
      if point[1] == 0 { return 2 + min(1, Int(point[0])) }
      return point[0] == 2 ? 4 : point[1] == 2 ? 5 : point[0] == 1 ? 6 : 7
    },
  ]

  @Test("As many points as a part of the boundary is long or large", arguments: partitions.indices)
  func densityIsEven(_ number: Int) throws {
    let partition = Self.partitions[number]
    let points = try partition.shape.boundaryPoints(Self.count, stream: stream)
    var found = [Int](repeating: 0, count: partition.parts)
    for point in 0..<points.count { found[partition.part(Array(points[point]))] += 1 }
    let expected = Double(Self.count) / Double(partition.parts)
    let square = found.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    let freedom = Double(partition.parts - 1)
    // Mean and four standard deviations of the χ² distribution.
    #expect(square < freedom + 4 * (2 * freedom).squareRoot(), "\(found)")
  }

  @Test func namedPartsAreRespected() throws {
    let shape = Shape.difference(
      [.box([0, 0], [2, 2]), .disc(center: [1, 1], radius: 0.5, name: "hole")], name: "body")
    let region = Region(shape, parts: [BoundaryPart(name: "left", coordinate: 0, equals: 0)])
    let hole = try region.boundaryPoints(200, on: BoundarySelection(part: "hole"), stream: stream)
    let left = try region.boundaryPoints(200, on: BoundarySelection(part: "left"), stream: stream)
    let rest = try region.boundaryPoints(
      200, on: BoundarySelection(part: "body", excluding: ["left", "hole"]), stream: stream)
    for point in 0..<200 {
      #expect(abs(hypot(hole[point].first! - 1, hole[point].last! - 1) - 0.5) < 1e-12)
      let inward = zip(hole[point], hole.normal(point)).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
      #expect(abs(inward + 0.5) < 1e-12, "out of the body is into the hole")
      #expect(left[point].first == 0 && Array(left.normal(point)) == [-1, 0])
      #expect(rest[point].first! > 0 && hypot(rest[point].first! - 1, rest[point].last! - 1) > 0.99)
    }
    let part = BoundaryPart(name: "low", [.coordinate(1, atMost: 0.5)])
    let low = try Region(shape, parts: [part]).boundaryPoints(
      200, on: BoundarySelection(part: "low"), stream: stream)
    #expect((0..<200).allSatisfy { low[$0].last! <= 0.5 + 1e-8 })
  }

  @Test func partsWithoutPointsAreRefused() {
    let region = Region(
      .disc(center: [0, 0], radius: 1), parts: [BoundaryPart(name: "edge", coordinate: 0, equals: 5)])
    let missing = #expect(throws: GeometryError.self) {
      _ = try region.boundaryPoints(3, on: BoundarySelection(part: "edge"), stream: stream)
    }
    #expect(missing == .noBoundary(part: "'edge'"))
    let unknown = #expect(throws: GeometryError.self) {
      _ = try region.boundaryPoints(3, on: BoundarySelection(part: "age"), stream: stream)
    }
    #expect(unknown == .unknownPart(name: "age", known: ["edge"]))
  }

  @Test func facesOfBoxes() {
    let bounds = [0.0...2, -1.0...1, 3.0...4]
    let points = BoundaryPoints.uniform(
      500, on: Face(axis: 1, side: .upper), of: bounds, stream: stream)
    for point in 0..<500 {
      let place = Array(points[point])
      #expect(place[1] == 1 && bounds[0].contains(place[0]) && bounds[2].contains(place[2]))
      #expect(Array(points.normal(point)) == [0, 1, 0])
    }
    let mean = (0..<500).reduce(0) { $0 + points[$1].first! } / 500
    #expect(abs(mean - 1) < 4 * 2 / 12.0.squareRoot() / 500.0.squareRoot())
  }
}
