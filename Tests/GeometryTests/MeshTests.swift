import Arrays
import Exchange
import Foundation
import Geometry
import TestSupport
import Testing

@Suite("Meshes")
struct MeshTests {
  static let boxes: [(lower: [Double], upper: [Double], cells: [Int])] = [
    ([0], [2], [5]), ([0, -1], [2, 1], [4, 3]), ([0, 0, 0], [1, 2, 3], [2, 3, 4]),
  ]

  @Test("Structured meshes of boxes have all their parts", arguments: boxes)
  func box(lower: [Double], upper: [Double], cells: [Int]) throws {
    let mesh = Mesh.box(lower, upper, cells: cells)
    let dimension = cells.count
    checkTables(mesh)
    #expect(mesh.elementCount == cells.reduce(1, *) * [1, 2, 6][dimension - 1])
    #expect(mesh.vertexCount == cells.reduce(1) { $0 * ($1 + 1) })
    #expect(eulerCharacteristic(mesh) == 1)
    #expect(abs(mesh.volume - zip(lower, upper).reduce(1) { $0 * ($1.1 - $1.0) }) < 1e-14)
    #expect(mesh.parts.count == 2 * dimension)
    #expect(mesh.facetParts.allSatisfy { $0 >= 0 })
    for axis in 0..<dimension {
      let across = (0..<dimension).reduce(1) { $1 == axis ? $0 : $0 * cells[$1] } * (dimension == 3 ? 2 : 1)
      #expect(try mesh.facets(of: Mesh.boxPartNames[axis].0).count == across)
      #expect(try mesh.facets(of: Mesh.boxPartNames[axis].1).count == across)
    }
    let nodes = mesh.nodes(order: 2)
    #expect(nodes.count == cells.reduce(1) { $0 * (2 * $1 + 1) })
  }

  @Test("Cells that are left out leave a hole with a boundary of its own")
  func cavity() throws {
    let mesh = Mesh.box([0, 0], [3, 3], cells: [6, 6]) { abs($0[0] - 1.5) > 0.5 || abs($0[1] - 1.5) > 0.5 }
    checkTables(mesh)
    #expect(eulerCharacteristic(mesh) == 0)
    #expect(try mesh.facets(outside: ["left", "right", "bottom", "top"]).count == 8)
  }

  @Test("Outward normals: the divergence theorem on every element's volume", arguments: boxes)
  func orientation(lower: [Double], upper: [Double], cells: [Int]) {
    let mesh = Mesh.box(lower, upper, cells: cells)
    guard mesh.dimension > 1 else { return }
    var flux = 0.0
    for facet in 0..<mesh.facetCount {
      let corners = (0..<mesh.dimension).map { local -> [Double] in
        let vertex = Int(mesh.facets.baseAddress[facet * mesh.dimension + local])
        return (0..<mesh.dimension).map { mesh.vertexCoordinates.baseAddress[vertex * mesh.dimension + $0] }
      }
      // ∫ x · n over the facet; x · n is constant on it.
      if mesh.dimension == 2 {
        let (a, b) = (corners[0], corners[1])
        flux += a[0] * (b[1] - a[1]) - a[1] * (b[0] - a[0])
      } else {
        let (a, b, c) = (corners[0], corners[1], corners[2])
        flux +=
          0.5
          * (a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2])
            + a[2] * (b[0] * c[1] - b[1] * c[0]))
      }
    }
    #expect(abs(flux / Double(mesh.dimension) - mesh.volume) < 1e-12)
  }

  @Test("Refinement keeps the volume, the parts and the shapes of elements", arguments: boxes)
  func refinement(lower: [Double], upper: [Double], cells: [Int]) throws {
    let coarse = Mesh.box(lower, upper, cells: cells)
    var mesh = coarse
    for _ in 0..<2 {
      mesh = mesh.refined()
      checkTables(mesh)
    }
    let dimension = cells.count
    #expect(mesh.elementCount == coarse.elementCount << (2 * dimension))
    #expect(abs(mesh.volume - coarse.volume) < 1e-12)
    #expect(mesh.elementVolumes.min()! > 0)
    #expect(abs(mesh.longestEdge - coarse.longestEdge / 4) < 1e-12)
    #expect(mesh.elementQualities.min()! > 0.6 * coarse.elementQualities.min()!)
    #expect(mesh.facetParts.allSatisfy { $0 >= 0 })
    let even = Mesh.box(lower, upper, cells: cells.map { 4 * $0 })
    for part in even.parts { #expect(try mesh.facets(of: part.name).count == part.facets.count) }
  }

  @Test(
    "Refinement onto the surface keeps order 4 of the area, and order 2 on straight edges", arguments: [1, 2])
  func refinementOntoSurface(order: Int) throws {
    var mesh = try Region(MeshingTests.fourDiscs).mesh(MeshingOptions(size: 0.1, order: order))
    let exact = 1 - 0.04 * Double.pi
    var errors = [(size: 1.0, error: abs(mesh.volume - exact))]
    for level in 1...3 {
      mesh = mesh.refined(onto: MeshingTests.fourDiscs)
      errors.append((pow(0.5, Double(level)), abs(mesh.volume - exact)))
      #expect(mesh.smallestJacobianRatio > 0.5)
    }
    checkTables(mesh)
    #expect(abs(fittedOrder(errors) - Double(2 * order)) < 0.2)
    #expect(try mesh.facets(of: "disc").count + mesh.facets(of: "outer").count == mesh.facetCount)
    // Without the shape the domain stays what it was.
    let frozen = try Region(MeshingTests.fourDiscs).mesh(MeshingOptions(size: 0.1, order: order))
    #expect(abs(frozen.refined().refined().volume - frozen.volume) < 1e-13)
  }

  @Test("A refined mesh of a sphere in a box stays on its surfaces")
  func refinementInSpace() throws {
    let shape = Shape.difference([
      .box([0, 0, 0], [1, 1, 1], name: "wall"), .sphere(center: [0.5, 0.5, 0.5], radius: 0.3, name: "ball"),
    ])
    let mesh = try Region(shape).mesh(MeshingOptions(size: 0.3))
    let fine = mesh.refined(onto: shape)
    checkTables(fine)
    let exact = 1 - 4 * .pi * 0.027 / 3
    #expect(abs(fine.volume - exact) < abs(mesh.volume - exact) / 8)
    #expect(fine.smallestJacobianRatio > 0.05)
    let nodes = fine.nodes(order: 2)
    for node in try nodes.nodes(onPart: "ball") {
      let point = (0..<3).map { nodes.coordinates.baseAddress[3 * Int(node) + $0] }
      #expect(abs(shape.signedDistance(to: point)) < 1e-14)
    }
  }

  @Test("Grading draws an L-shape's vertices into the corner and keeps its area")
  func grading() {
    let mesh = Mesh.box([-1, -1], [1, 1], cells: [16, 16]) { $0[0] < 0 || $0[1] > 0 }
    let graded = mesh.graded(towards: [0, 0], within: 1, exponent: 3)
    checkTables(graded)
    #expect(abs(graded.volume - 3) < 1e-13)
    #expect(graded.elementVolumes.min()! > 0)
    let smallest = graded.elementVolumes.min()!
    #expect(smallest < 3e-4 * mesh.elementVolumes.min()!)
  }

  @Test("Points are found where they lie", arguments: [1, 2, 3])
  func location(dimension: Int) throws {
    let mesh = Mesh.box(
      [Double](repeating: 0, count: dimension), [Double](repeating: 1, count: dimension),
      cells: [Int](repeating: 7, count: dimension)
    ).graded(towards: [Double](repeating: 0, count: dimension), within: 1, exponent: 4)
    let stream = RandomStream(seed: 1, purpose: "points in a mesh")
    let points = NDArray<Double>(shape: [500, dimension]) { pow(stream.uniforms(at: UInt64($0)).x, 2) }
    let places = MeshLocator(mesh).locate(points)
    #expect(places.outsideCount == 0)
    check(places, points, mesh)
    let outside = NDArray<Double>(shape: [1, dimension]) { _ in 1.5 }
    let nowhere = MeshLocator(mesh).locate(outside)
    #expect(nowhere.elements.buffer.allSatisfy { $0 == -1 })
    #expect(MeshLocator(mesh).locate(outside, outside: .nearest(within: 0.1)).outsideCount == 1)
    #expect(MeshLocator(mesh).locate(outside, outside: .nearest(within: 1)).outsideCount == 0)
  }

  /// Maps reference coordinates back, with the quadratic nodes.
  private func check(_ places: PointLocations, _ points: NDArray<Double>, _ mesh: Mesh) {
    let nodes = mesh.nodes(order: 2)
    let (dimension, width) = (mesh.dimension, nodes.nodesPerElement)
    let local =
      dimension == 1
      ? [(0, 1)] : [(0, 1), (1, 2), (2, 0)] + (dimension == 3 ? [(0, 3), (1, 3), (2, 3)] : [])
    for index in 0..<points.shape[0] where places.elements.baseAddress[index] >= 0 {
      let reference = (0..<dimension).map { places.reference.baseAddress[index * dimension + $0] }
      let weights = [1 - reference.reduce(0, +)] + reference
      let shapes = weights.map { $0 * (2 * $0 - 1) } + local.map { 4 * weights[$0.0] * weights[$0.1] }
      let row = nodes.elementNodes.baseAddress + Int(places.elements.baseAddress[index]) * width
      for axis in 0..<dimension {
        let value = (0..<width).reduce(0) {
          $0 + shapes[$1] * nodes.coordinates.baseAddress[Int(row[$1]) * dimension + axis]
        }
        #expect(abs(value - points[flat: index * dimension + axis]) < 1e-12)
      }
    }
  }

  @Test(
    "Points next to a curved boundary are found on curved elements and near straight ones", arguments: [1, 2])
  func curvedLocation(order: Int) throws {
    let mesh = try Region(MeshingTests.fourDiscs).mesh(MeshingOptions(size: 0.1, order: order))
    let locator = MeshLocator(mesh)
    let points = NDArray<Double>(shape: [2000, 2]) { index in
      let angle = 2 * Double.pi * Double(index / 2) / 2000
      return 0.3 + 0.1001 * (index % 2 == 0 ? cos(angle) : sin(angle))
    }
    let strict = locator.locate(points)
    let near = locator.locate(points, outside: .nearest(within: 0.02))
    #expect(near.outsideCount == 0)
    check(near, points, mesh)
    #expect(order == 1 ? strict.outsideCount == 0 : strict.outsideCount < 1000)
    // A coarse mesh of a disc misses the points between its chords and the circle.
    let disc = try Region(.disc(center: [0, 0], radius: 1)).mesh(MeshingOptions(size: 0.5, order: order))
    let rim = NDArray<Double>(shape: [1000, 2]) { index in
      let angle = 2 * Double.pi * Double(index / 2) / 1000
      return 0.9999 * (index % 2 == 0 ? cos(angle) : sin(angle))
    }
    let missed = MeshLocator(disc).locate(rim).outsideCount
    #expect(order == 1 ? missed > 500 : missed < 400)
    let found = MeshLocator(disc).locate(rim, outside: .nearest(within: 0.1))
    #expect(found.outsideCount == 0)
    check(found, rim, disc)
  }

  @Test("Tables that are no mesh are refused")
  func refused() {
    let points = NDArray<Double>(shape: [5, 2], [0, 0, 1, 0, 0, 1, 1, 1, 2, 2])
    func error(_ rows: [Int32], _ width: Int, dimension: Int = 2) -> GeometryError? {
      #expect(throws: GeometryError.self) {
        try Mesh(
          points: points, elements: NDArray(shape: [rows.count / width, width], rows), dimension: dimension)
      }
    }
    for (rows, width, reason) in [
      ([0, 1, 5], 3, "does not exist"), ([0, 1, -1], 3, "does not exist"), ([0, 1], 2, "shapes"),
      ([0, 3, 4], 3, "no volume"), ([0, 0, 1], 3, "no volume"),
      ([0, 1, 3, 0, 3, 2, 0, 3, 1], 3, "more than two"),
      ([0, 1, 2, 3, 3, 3, 1, 3, 2, 4, 4, 4], 6, "other points"),
    ] as [([Int32], Int, String)] {
      #expect(error(rows, width)?.description.contains(reason) == true)
    }
    #expect(error([0, 1, 2], 3, dimension: 4) == .unsupportedDimension(4))
    let bad = NDArray<Double>(shape: [3, 2], [0, 0, 1, 0, 0, .nan])
    let notFinite = #expect(throws: GeometryError.self) {
      try Mesh(points: bad, elements: NDArray(shape: [1, 3], [0, 1, 2]), dimension: 2)
    }
    #expect(notFinite == .notFinite(shape: "the mesh"))
  }

  @Test("Quadratic elements given the wrong way round keep their midpoints", arguments: [2, 3])
  func flippedQuadratic(dimension: Int) throws {
    let mesh = Mesh.box(
      [Double](repeating: 0, count: dimension), [Double](repeating: 1, count: dimension),
      cells: [Int](repeating: 2, count: dimension))
    let nodes = mesh.nodes(order: 2)
    let (width, swap) = (
      nodes.nodesPerElement, dimension == 2 ? [0, 2, 1, 5, 4, 3] : [0, 1, 3, 2, 4, 8, 7, 6, 5, 9]
    )
    let table = NDArray<Int32>(shape: [mesh.elementCount, width]) { index in
      nodes.elementNodes.baseAddress[index / width * width + swap[index % width]]
    }
    var points = NDArray<Double>(shape: [nodes.count, dimension], Array(nodes.coordinates.buffer))
    // Bend all edges a little, so that a midpoint in the wrong place would show.
    let stream = RandomStream(seed: 2, purpose: "bent edges")
    for index in (mesh.vertexCount * dimension)..<points.count {
      points[flat: index] += 0.02 * (stream.uniforms(at: UInt64(index)).x - 0.5)
    }
    let bent = try Mesh(points: points, elements: table, dimension: dimension)
    #expect(bent.smallestJacobianRatio > 0.3)
    #expect(bent.curvedElements.allSatisfy { $0 })
    checkTables(bent)
  }

  @Test("Opposite sides of a box match node by node, others do not", arguments: [1, 2])
  func periodicPairs(order: Int) throws {
    let mesh = Mesh.box([0, 0, 0], [1, 2, 1], cells: [3, 4, 5])
    let nodes = mesh.nodes(order: order)
    let pairs = try nodes.pairs(from: "bottom", to: "top", shiftedBy: [0, 2, 0])
    #expect(pairs.count == (order == 1 ? 24 : 77))
    for (first, second) in pairs {
      for axis in 0..<3 {
        let step =
          nodes.coordinates.baseAddress[3 * Int(second) + axis]
          - nodes.coordinates.baseAddress[3 * Int(first) + axis]
        #expect(abs(step - (axis == 1 ? 2 : 0)) < 1e-14)
      }
    }
    #expect(throws: GeometryError.self) { try nodes.pairs(from: "left", to: "top", shiftedBy: [0, 2, 0]) }
    #expect(throws: GeometryError.self) { try nodes.pairs(from: "left", to: "rigth", shiftedBy: [1, 0, 0]) }
    let error = #expect(throws: GeometryError.self) {
      try mesh.graded(towards: [1, 0, 0], within: 0.9, exponent: 2).nodes(order: order)
        .pairs(from: "bottom", to: "top", shiftedBy: [0, 2, 0])
    }
    #expect(error?.description.contains("no node at") == true)
  }

  @Test("A mesh made elsewhere takes the region's parts, or is refused")
  func fitting() throws {
    let step = Shape.difference([
      .box([0, 0], [4, 2], name: "channel"), .box([0, 1], [2, 2], name: "step"),
    ])
    let mesh = Mesh.box([0, 0], [4, 2], cells: [16, 8]) { $0[0] > 2 || $0[1] < 1 }
    let region = Region(step, parts: [BoundaryPart(name: "inlet", coordinate: 0, equals: 0)])
    let fitted = try region.fitting(mesh)
    #expect(fitted.parts.map(\.name) == ["inlet", "channel", "step"])
    #expect(fitted.parts.map(\.facets.count) == [4, 36, 12])
    #expect(abs(fitted.volume - 6) < 1e-14)
    for facet in 0..<fitted.facetCount {
      let local = fitted.localFacet(of: facet)
      let element = Int(fitted.facetElements.baseAddress[facet])
      let opposite = fitted.elements.baseAddress[3 * element + local]
      #expect(!(0..<2).contains { fitted.facets.baseAddress[2 * facet + $0] == opposite })
    }
    #expect(throws: GeometryError.self) { try region.fitting(Mesh.box([0, 0], [4, 2], cells: [16, 8])) }
    #expect(throws: GeometryError.self) {
      try region.fitting(Mesh.box([0, 0, 0], [4, 2, 1], cells: [4, 2, 1]))
    }
    #expect(throws: GeometryError.self) { try region.fitting(Mesh.box([0, 0], [1, 1], cells: [4, 4])) }
  }
}
