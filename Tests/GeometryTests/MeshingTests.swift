import Arrays
import Exchange
import Foundation
import Geometry
import TestSupport
import Testing

@Suite("Meshing by Gmsh")
struct MeshingTests {
  static let fourDiscs = Shape.difference(
    [.box([-0.5, -0.5], [0.5, 0.5], name: "outer")]
      + [(-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)].map {
        .disc(center: [$0.0, $0.1], radius: 0.1, name: "disc")
      })

  @Test(
    "The area of a square without four discs converges with order 4 on curved elements, 2 on straight ones")
  func area() throws {
    let exact = 1 - 4 * Double.pi * 0.01
    for (order, expected) in [(1, 2.0), (2, 4.0)] {
      let errors = try [0.1, 0.05, 0.025].map { size in
        let mesh = try Region(Self.fourDiscs).mesh(MeshingOptions(size: size, order: order))
        let parts = try (mesh.facets(of: "outer"), mesh.facets(of: "disc"))
        #expect(parts.0.count + parts.1.count == mesh.facetCount)
        #expect(Set(parts.0).isDisjoint(with: parts.1))
        return (size: size, error: abs(mesh.volume - exact))
      }
      #expect(abs(fittedOrder(errors) - expected) < 0.4)
      #expect(errors[2].error < (order == 1 ? 2e-3 : 2e-6))
    }
  }

  /// Shapes with what is known about them: measure, Euler characteristic, names.
  static let cases: [(name: String, shape: Shape, measure: Double, characteristic: Int, size: Double)] = [
    ("four discs", fourDiscs, 1 - 0.04 * .pi, -3, 0.08),
    ("lid-driven cavity", .box([0, 0], [1, 1]), 1, 1, 0.1),
    (
      "backward step", .difference([.box([0, 0], [4, 2]), .box([0, 1], [2, 2])]), 6, 1, 0.2
    ),
    (
      "overlapping boxes",
      .union([.box([0, 0], [1, 1], name: "a"), .box([0.5, 0.5], [2, 2], name: "b")]), 3, 1, 0.15
    ),
    (
      "polygon with a hole",
      .difference([
        .polygon([[0, 0], [2, 0], [2, 2], [1, 3], [0, 2]], name: "house"),
        .polygon([[1.5, 0.5], [0.5, 0.5], [0.5, 1.5], [1.5, 1.5]], name: "window"),
      ]), 4, 0, 0.2
    ),
    (
      "lens", .intersection([.disc(center: [0, 0], radius: 1), .disc(center: [1, 0], radius: 1)]),
      2 * .pi / 3 - 3.0.squareRoot() / 2, 1, 0.1
    ),
    (
      "two pieces", .union([.disc(center: [0, 0], radius: 1), .disc(center: [3, 0], radius: 1)]), 2 * .pi, 2,
      0.2
    ),
    ("turned ellipse", .ellipse(center: [1, 2], semiAxes: [0.3, 0.8], angle: 0.7), 0.24 * .pi, 1, 0.05),
    (
      "sphere in a box",
      .difference([
        .box([0, 0, 0], [1, 1, 1], name: "wall"),
        .sphere(center: [0.5, 0.5, 0.5], radius: 0.3, name: "ball"),
      ]), 1 - 4 * .pi * 0.027 / 3, 2, 0.15
    ),
    (
      "cylinder through a box",
      .difference([
        .box([0, 0, 0], [1, 1, 1]),
        .cylinder(from: [0.5, 0.5, -1], to: [0.5, 0.5, 2], radius: 0.25, name: "pipe"),
      ]), 1 - .pi / 16, 0, 0.2
    ),
  ]

  @Test("Meshes fill their shape, hang together and know their boundary", arguments: cases.indices)
  func sound(number: Int) throws {
    let (name, shape, measure, characteristic, size) = Self.cases[number]
    let mesh = try Region(shape).mesh(MeshingOptions(size: size))
    #expect(mesh.geometricOrder == 2)
    #expect(abs(mesh.volume - measure) < 4e-4 * measure, "\(name)")
    #expect(mesh.elementVolumes.allSatisfy { $0 > 0 })
    #expect(mesh.smallestJacobianRatio > 0.05)
    #expect(mesh.elementQualities.allSatisfy { $0 > 0.15 })
    #expect(eulerCharacteristic(mesh) == characteristic, "\(name)")
    checkTables(mesh)
    let surfaces = try #require(mesh.facetSurfaces)
    let primitives = shape.primitives
    // Every boundary node lies on the surface of its facet, to the last bits.
    let nodes = mesh.nodes(order: 2)
    for facet in 0..<mesh.facetCount {
      let primitive = primitives[Int(surfaces[facet])]
      for local in 0..<nodes.nodesPerFacet {
        let node = Int(nodes.facetNodes.baseAddress[facet * nodes.nodesPerFacet + local])
        let point = (0..<mesh.dimension).map { nodes.coordinates.baseAddress[node * mesh.dimension + $0] }
        #expect(abs(primitive.shape.signedDistance(to: point)) < 1e-14)
        #expect(abs(shape.signedDistance(to: point)) < 1e-14)
      }
    }
    #expect(mesh.parts.map(\.name) == shape.names)
    #expect(mesh.parts.allSatisfy { !$0.facets.isEmpty })
  }

  @Test("The same problem gives the same mesh")
  func deterministic() throws {
    let options = MeshingOptions(size: 0.1, partSizes: ["disc": 0.03])
    let meshes = try (0..<2).map { _ in try Region(Self.fourDiscs).mesh(options) }
    #expect(meshes[0].vertexCoordinates.buffer.elementsEqual(meshes[1].vertexCoordinates.buffer))
    #expect(meshes[0].elements.buffer.elementsEqual(meshes[1].elements.buffer))
    #expect(meshes[0].parts == meshes[1].parts)
  }

  @Test("Conditions name parts; names of the shape and of its pieces both hold", arguments: [1, 2])
  func parts(order: Int) throws {
    let shape = Shape.difference(
      [
        .box([0, 0], [1, 1]),
        .union([
          .disc(center: [0.3, 0.3], radius: 0.1, name: "hole"), .disc(center: [0.7, 0.6], radius: 0.1),
        ]),
      ])
    var named = shape
    if case .difference(var shapes) = shape.form {
      shapes[1].name = "holes"
      named = .difference(shapes)
    }
    let region = Region(
      named,
      parts: [
        BoundaryPart(name: "left", coordinate: 0, equals: 0),
        BoundaryPart(name: "right", coordinate: 0, equals: 1),
        BoundaryPart(name: "inlet", [.coordinate(0, equals: 0), .coordinate(1, atMost: 0.5)]),
        BoundaryPart(name: "nothing", coordinate: 0, equals: 0.25),
      ])
    let mesh = try region.mesh(MeshingOptions(size: 0.1, order: order))
    #expect(mesh.parts.map(\.name) == ["left", "right", "inlet", "nothing", "hole", "holes"])
    #expect(try mesh.facets(of: "left").count == 10 && mesh.facets(of: "inlet").count == 5)
    #expect(try mesh.facets(of: "nothing").isEmpty)
    let (hole, holes) = try (mesh.facets(of: "hole"), mesh.facets(of: "holes"))
    #expect(Set(hole).isSubset(of: holes) && hole.count < holes.count)
    #expect(try mesh.facets(outside: ["left", "right", "holes"]).count == 20)
    let onLeft = try mesh.nodes(order: 2).nodes(onPart: "left")
    #expect(onLeft.count == 21)
    let error = #expect(throws: GeometryError.self) { try mesh.facets(of: "lft") }
    #expect(error == .unknownPart(name: "lft", known: mesh.parts.map(\.name)))
    #expect(error?.description.contains("left") == true)
  }

  @Test("Elements shrink towards refined parts and points")
  func sizes() throws {
    func edges(_ mesh: Mesh, near: (Double, Double), within radius: Double) -> [Double] {
      (0..<mesh.edgeCount).compactMap { edge in
        let ends = (0..<2).map { end in
          (0..<2).map {
            mesh.vertexCoordinates.baseAddress[2 * Int(mesh.edges.baseAddress[2 * edge + end]) + $0]
          }
        }
        guard ends.allSatisfy({ hypot($0[0] - near.0, $0[1] - near.1) < radius }) else { return nil }
        return hypot(ends[0][0] - ends[1][0], ends[0][1] - ends[1][1])
      }
    }
    let region = Region(.box([0, 0], [1, 1]), parts: [BoundaryPart(name: "left", coordinate: 0, equals: 0)])
    let refined = try region.mesh(MeshingOptions(size: 0.1, partSizes: ["left": 0.01]))
    let nodes = refined.nodes(order: 1)
    #expect(abs(try nodes.nodes(onPart: "left").count - 101) <= 3)
    #expect(edges(refined, near: (1, 0.5), within: 0.3).max()! > 0.08)

    let graded = try region.mesh(
      MeshingOptions(size: 0.1, gradings: [.init(point: [0, 0], radius: 1, exponent: 3)]))
    let nearest = edges(graded, near: (0, 0), within: 0.01)
    #expect(!nearest.isEmpty && nearest.max()! < 0.01)
    #expect(graded.elementCount < 2000)
    #expect(graded.elementQualities.min()! > 0.4)
    let error = #expect(throws: GeometryError.self) {
      try region.mesh(MeshingOptions(size: 0.1, partSizes: ["lft": 0.1]))
    }
    #expect(error == .unknownPart(name: "lft", known: ["left"]))
  }

  @Test("Shapes of any size and place are meshed alike", arguments: [1e-9, 1.0, 1e12])
  func scales(unit: Double) throws {
    let center = [1e3 * unit, -2e3 * unit]
    let shape = Shape.difference([
      .box(center.map { $0 - unit }, center.map { $0 + unit }, name: "box"),
      .disc(center: center, radius: 0.5 * unit, name: "disc"),
    ])
    let mesh = try Region(shape).mesh(MeshingOptions(size: 0.2 * unit))
    #expect(abs(mesh.volume / (unit * unit) - (4 - .pi / 4)) < 1e-4)
    #expect(mesh.parts.allSatisfy { $0.facets.count > 15 })
    let box = mesh.boundingBox
    #expect(box.lower == center.map { $0 - unit } && box.upper == center.map { $0 + unit })
  }

  @Test(
    "A name is only a name",
    arguments: [
      "\"; SystemCall \"touch PLACE\"; //", "x\nSystemCall(\"touch PLACE\");", "$(touch PLACE)",
      "'; touch PLACE; '", "`touch PLACE`", "}; Exit; {", "\u{0}", " ",
    ])
  func hostileNames(text: String) throws {
    let mark = FileManager.default.temporaryDirectory.appendingPathComponent("parseval-mark-\(UUID())").path
    let name = text.replacing("PLACE", with: mark)
    let region = Region(
      .difference([.box([0, 0], [1, 1], name: name), .disc(center: [0.5, 0.5], radius: 0.2)], name: name),
      parts: [BoundaryPart(name: name + name, coordinate: 0, equals: 0)])
    let mesh = try region.mesh(MeshingOptions(size: 0.3, partSizes: [name: 0.2]))
    #expect(!FileManager.default.fileExists(atPath: mark))
    #expect(try mesh.facets(of: name).count == mesh.facetCount)
    #expect(try mesh.facets(of: name + name).count >= 4)
  }

  @Test(
    "Shapes of which nothing is left",
    arguments: [
      Shape.difference([.disc(center: [0, 0], radius: 1), .box([-2, -2], [2, 2])]),
      .intersection([.disc(center: [0, 0], radius: 1), .disc(center: [3, 0], radius: 1)]),
      .intersection([
        .union([.disc(center: [0, 0], radius: 1), .box([0, 0], [1, 1])]),
        .difference([.disc(center: [0, 0], radius: 1), .box([-2, -2], [2, 2])]),
      ]),
      .intersection([.sphere(center: [0, 0, 0], radius: 1), .box([2, 0, 0], [3, 1, 1])]),
      .intersection([.box([0, 0], [1, 1]), .box([1, 0], [2, 1])]),
    ])
  func nothing(shape: Shape) throws {
    let error = #expect(throws: GeometryError.self) { try Region(shape).mesh(MeshingOptions(size: 0.3)) }
    #expect(error == .empty(shape: shape.description))
  }

  @Test("Taking away nothing and joining with nothing change nothing")
  func neutral() throws {
    let nothing = Shape.intersection([.box([5, 5], [6, 6]), .box([8, 8], [9, 9])])
    for shape in [
      Shape.difference([.box([0, 0], [1, 1]), nothing]), .union([nothing, .box([0, 0], [1, 1])]),
      .union([.box([0, 0], [1, 1]), nothing]),
    ] {
      #expect(abs(try Region(shape).mesh(MeshingOptions(size: 0.3)).volume - 1) < 1e-14)
    }
  }

  @Test("A missing, failing, slow or unwanted Gmsh is an error of its own kind")
  func program() throws {
    let region = Region(.box([0, 0, 0], [1, 1, 1]))
    func error(_ options: MeshingOptions) -> GeometryError? {
      #expect(throws: GeometryError.self) { try region.mesh(options) }
    }
    let missing = error(MeshingOptions(size: 0.5, program: "/nowhere/gmsh"))
    #expect(missing == .gmshMissing(searched: "/nowhere/gmsh"))
    #expect(missing?.description.contains("apt-get install gmsh") == true)
    #expect(
      error(MeshingOptions(size: 0.5, program: "/bin/false")) == .gmshFailed(message: "it ended with code 1"))
    #expect(
      error(MeshingOptions(size: 0.5, program: "/bin/true")) == .gmshFailed(message: "it wrote no mesh"))
    #expect(error(MeshingOptions(size: 0.02, timeLimit: 0.05)) == .timedOut(seconds: 0.05))
    #expect(error(MeshingOptions(size: 0.02, shouldStop: { true })) == .cancelled)
    if case .badSize = error(MeshingOptions(size: 1e-6)) {} else { Issue.record("a mesh too large is tried") }
    if case .badSize = error(MeshingOptions(size: -1)) {} else { Issue.record("a negative size is tried") }
    let line = #expect(throws: GeometryError.self) {
      try Region(.box([0], [1])).mesh(MeshingOptions(size: 0.1))
    }
    #expect(line == .unsupportedDimension(1))
  }

  @Test("No temporary folder stays behind")
  func cleansUp() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parseval-clean-\(UUID())")
      .path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = folder + "/gmsh"
    try "#!/bin/sh\ndirname \"$1\" > \(folder)/where\nexit 3\n".write(
      toFile: script, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let error = #expect(throws: GeometryError.self) {
      try Region(.box([0, 0], [1, 1])).mesh(MeshingOptions(size: 0.1, program: script))
    }
    #expect(error == .gmshFailed(message: "it ended with code 3"))
    let place = try String(contentsOfFile: folder + "/where", encoding: .utf8).split(separator: "\n")[0]
    #expect(place.contains("parseval-mesh-") && !FileManager.default.fileExists(atPath: String(place)))
  }

  /// Combinations that Gmsh's kernel gets wrong when it joins the faces of a union.
  static let treacherous: [Shape] = [
    .union([
      .disc(center: [0.15207899584309392, -0.7514261168200449], radius: 0.9232371048018855),
      .disc(center: [0.998631807217879, -0.125], radius: 0.625),
      .difference([
        .disc(center: [0, -0.75], radius: 0.6064401997503609),
        .disc(center: [-0.044790947118828806, 0.9849231641654403], radius: 0.5),
      ]),
    ]),
    .union([
      .box([0, 0], [1, 1]), .box([0, 0], [1, 1]), .disc(center: [0.5, 0.5], radius: 0.25),
      .disc(center: [0.5, 0.5], radius: 0.6),
    ]),
    .difference([
      .intersection([.box([0, 0], [1, 1]), .box([3, 3], [4, 4])]), .box([0, 0], [2, 2]),
      .disc(center: [0, 0], radius: 1),
    ]),
  ]

  private static let combinationCount =
    ProcessInfo.processInfo.environment["PARSEVAL_LONG_TESTS"] == nil ? 24 : 600

  @Test("Random combinations of shapes fill what they should", arguments: 0..<combinationCount)
  func combinations(number: Int) throws {
    let stream = RandomStream(seed: 12, purpose: "shapes", sample: number)
    let shape = number < Self.treacherous.count ? Self.treacherous[number] : Self.combination(stream)
    let box = shape.boundingBox
    let sides = zip(box.lower, box.upper).map { max(0, $1 - $0) }
    let count = 20_000
    let inside = (0..<count).count { trial in
      let share = stream.uniforms(at: UInt64(1000 + trial))
      return shape.contains([box.lower[0] + share.x * sides[0], box.lower[1] + share.y * sides[1]])
    }
    let (whole, share) = (sides[0] * sides[1], Double(inside) / Double(count))
    do throws(GeometryError) {
      let mesh = try Region(shape).mesh(MeshingOptions(size: 0.15))
      checkTables(mesh)
      let deviation = whole * (share * (1 - share) / Double(count)).squareRoot()
      #expect(abs(mesh.volume - whole * share) < 4 * deviation + 2e-3 * whole)
    } catch {
      #expect(error == .empty(shape: shape.description) && inside == 0, "\(error)")
    }
  }

  /// Two combinations of two simple shapes.
  private static func combination(_ stream: RandomStream) -> Shape {
    var position: UInt64 = 0
    func number(_ range: ClosedRange<Double>) -> Double {
      position += 1
      return range.lowerBound + stream.uniforms(at: position).x * (range.upperBound - range.lowerBound)
    }
    func simple() -> Shape {
      let center = [number(-1...1), number(-1...1)]
      switch Int(number(0...3.99)) {
      case 0:
        let half = [number(0.1...0.8), number(0.1...0.8)]
        return .box(zip(center, half).map { $0 - $1 }, zip(center, half).map { $0 + $1 })
      case 1: return .disc(center: center, radius: number(0.2...1))
      case 2:
        return .ellipse(center: center, semiAxes: [number(0.2...1), number(0.2...1)], angle: number(0...3))
      default:
        let corners = 3 + Int(number(0...4))
        return .polygon(
          (0..<corners).map { corner in
            let (angle, radius) = (2 * Double.pi * Double(corner) / Double(corners), number(0.2...1))
            return [center[0] + radius * cos(angle), center[1] + radius * sin(angle)]
          })
      }
    }
    func combined(_ shapes: [Shape]) -> Shape {
      let kinds: [([Shape]) -> Shape] = [
        { .union($0) }, { .difference($0) }, { .intersection($0) }, { .union($0) },
      ]
      return kinds[Int(number(0...3.99))](shapes)
    }
    return combined([combined([simple(), simple()]), combined([simple(), simple()])])
  }
}
