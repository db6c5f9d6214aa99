import Foundation
import Geometry
import PhysicsInformed
import Testing

@Suite("Points on boundaries in space and time") struct BoundaryCloudTests {
  @Test func timesAreUniform() throws {
    let shape = Shape.difference([.box([0, 0], [2, 2]), .disc(center: [1, 1], radius: 0.5, name: "hole")])
    let domain = SamplingDomain(bounds: [0...2, 0...2, 3...5], shape: shape, hasTime: true)
    let cloud = try domain.boundaryPoints(2000, on: BoundarySelection(part: "hole"), seed: 1)
    #expect(cloud.points.dimension == 3 && cloud.points.count == 2000 && cloud.normals.count == 4000)
    var slices = [Int](repeating: 0, count: 10)
    for point in 0..<2000 {
      let place = Array(cloud.points[point])
      #expect(abs(hypot(place[0] - 1, place[1] - 1) - 0.5) < 1e-12 && (3...5).contains(place[2]))
      slices[min(9, Int((place[2] - 3) * 5))] += 1
    }
    let square = slices.reduce(0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
    #expect(square < 9 + 4 * 18.0.squareRoot())
    let again = try domain.boundaryPoints(2000, on: BoundarySelection(part: "hole"), seed: 1)
    let next = try domain.boundaryPoints(2000, on: BoundarySelection(part: "hole"), seed: 1, step: 1)
    #expect(again == cloud && next != cloud)
  }

  @Test func boxesHaveBoundariesAndFaces() throws {
    let domain = SamplingDomain(bounds: [0...2, -1...1], hasTime: false)
    let all = try domain.boundaryPoints(100, seed: 2)
    for point in 0..<100 {
      let place = Array(all.points[point])
      #expect(place[0] == 0 || place[0] == 2 || place[1] == -1 || place[1] == 1)
    }
    let named = try domain.boundaryPoints(
      100, on: BoundarySelection(part: "right"),
      parts: [BoundaryPart(name: "right", coordinate: 0, equals: 2)], seed: 2)
    #expect((0..<100).allSatisfy { named.points[$0].first == 2 })
    let face = domain.points(100, on: Face(axis: 1, side: .lower), seed: 2)
    #expect((0..<100).allSatisfy { face.points[$0].last == -1 })
    #expect(face.normals == Array(repeating: [0, -1], count: 100).flatMap { $0 })
  }

  @Test func missingPartsAreNamed() {
    let domain = SamplingDomain(bounds: [0...2, -1...1], hasTime: false)
    let error = #expect(throws: SamplingError.self) {
      _ = try domain.boundaryPoints(1, on: BoundarySelection(part: "wall"), seed: 0)
    }
    #expect(error?.description.contains("'wall'") == true)
  }
}
