import Arrays
import Exchange
import Foundation
import Geometry
import Testing

@Suite("Meshes in files")
struct MeshExchangeTests {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("meshes-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func agree(_ first: Mesh, _ second: Mesh) -> Bool {
    first.vertexCoordinates.buffer.elementsEqual(second.vertexCoordinates.buffer)
      && first.elements.buffer.elementsEqual(second.elements.buffer)
      && first.edges.buffer.elementsEqual(second.edges.buffer)
      && first.facets.buffer.elementsEqual(second.facets.buffer) && first.parts == second.parts
  }

  @Test(
    "A mesh written to NetCDF comes back with the same numbers", arguments: [2, 3], [1, 2])
  func netCDF(dimension: Int, order: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shape =
      dimension == 2
      ? MeshingTests.fourDiscs
      : .difference([
        .box([0, 0, 0], [1, 1, 1], name: "wall"), .sphere(center: [0, 0, 0], radius: 0.5, name: "ball"),
      ])
    let region = Region(
      shape, parts: [BoundaryPart(name: "a b", coordinate: 0, equals: dimension == 2 ? 0.5 : 1)])
    let mesh = try region.mesh(MeshingOptions(size: 0.2, order: order)).refined(onto: shape)
    let tables = mesh.nodes(order: order).ugrid(axes: Array(["x", "y", "z"].prefix(dimension)))
    // The linear cells are positively oriented pieces of the whole.
    let pieces = try Mesh(
      points: tables.nodes, elements: tables.cells, dimension: dimension, keepingOrder: true)
    #expect(pieces.elements.buffer.elementsEqual(tables.cells.elements))
    #expect(abs(pieces.volume - mesh.volume) < 0.02 * mesh.volume)
    #expect(pieces.facetCount == tables.boundary.shape[0])
    checkTables(pieces)

    var schema = NetCDFSchema()
    try tables.define(in: &schema, path: folder + "/a.nc")
    let writer = try NetCDFWriter(path: folder + "/a.nc", schema: schema)
    try tables.write(to: writer)
    try writer.close()
    let read = try UGRIDMesh(reading: NetCDF.open(folder + "/a.nc", isolation: .inProcess))
    #expect(read == tables)
    let again = try Mesh(read, dimension: dimension, path: "a.nc")
    #expect(agree(again, mesh))
    #expect(again.geometricOrder == order)
    if let midpoints = mesh.edgeMidpoints, let others = again.edgeMidpoints {
      #expect(midpoints.buffer.elementsEqual(others.buffer))
    }
    let error = #expect(throws: GeometryError.self) { try Mesh(read, dimension: 5 - dimension, path: "a.nc") }
    #expect(error == .wrongDimension(path: "a.nc", found: dimension, expected: 5 - dimension))
  }

  @Test("Files whose nodes are not the mesh's are refused")
  func foreignNodes() throws {
    let tables = Mesh.box([0, 0], [1, 1], cells: [2, 2]).nodes(order: 2).ugrid(axes: ["x", "y"])
    var other = tables
    other.quadraticElements = NDArray(shape: tables.quadraticElements!.shape) { index in
      let node = tables.quadraticElements![flat: index]
      return node == 9 ? 10 : node == 10 ? 9 : node
    }
    #expect(throws: GeometryError.self) { try Mesh(other, dimension: 2, path: "a.nc") }
    var unused = Mesh.box([0, 0], [1, 1], cells: [1, 1]).nodes(order: 1).ugrid(axes: ["x", "y"])
    unused.nodes = NDArray(shape: [5, 2], unused.nodes.elements + [3, 3])
    #expect(throws: GeometryError.self) { try Mesh(unused, dimension: 2, path: "a.nc") }
  }

  @Test("VTK files hold the curved elements", arguments: [1, 2])
  func vtk(order: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let mesh = try Region(MeshingTests.fourDiscs).mesh(MeshingOptions(size: 0.2))
    let nodes = mesh.nodes(order: order)
    let grid = nodes.vtkGrid(
      pointFields: [("x", NDArray(shape: [nodes.count]) { nodes.coordinates.baseAddress[2 * $0] })],
      cellFields: [("quality", NDArray(shape: [mesh.elementCount], mesh.elementQualities))])
    #expect(grid.cellKind == (order == 1 ? .triangle : .quadraticTriangle))
    #expect(throws: Never.self) { try grid.write(to: folder + "/a.vtu") }
  }

  /// Two triangles, or one quadrilateral, with the left side as a group, in the old format.
  private func file(_ elements: [String], version: String = "2.2") throws -> GmshFile {
    let text = """
      $MeshFormat
      \(version) 0 8
      $EndMeshFormat
      $PhysicalNames
      2
      1 7 "left side"
      2 7 "not this"
      $EndPhysicalNames
      $Nodes
      5
      1 0 0 0
      2 1 0 0
      3 1 1 0
      4 0 1 0
      9 7 7 7
      $EndNodes
      $Elements
      \(elements.count)
      \(elements.joined(separator: "\n"))
      $EndElements
      """
    return try GmshFile(bytes: Array(text.utf8), path: "a.msh")
  }

  @Test("A mesh from a Gmsh file has its physical groups as parts and no orphans")
  func gmsh() throws {
    // A triangle twice, for two groups; a side without a name; a line inside.
    let mesh = try Mesh(
      file([
        "1 1 2 7 1 1 4", "2 1 2 8 1 2 3", "3 1 2 8 1 1 3", "4 2 2 1 1 1 3 2", "5 2 2 1 1 1 3 4",
        "6 2 2 2 1 1 3 4",
      ]), dimension: 2)
    checkTables(mesh)
    #expect(mesh.vertexCount == 4 && mesh.elementCount == 2 && mesh.volume == 1)
    #expect(mesh.parts.map(\.name) == ["left side", "8"])
    #expect(try mesh.facets(of: "left side").count == 1 && mesh.facets(of: "8").count == 1)
    let facet = Int(try mesh.facets(of: "left side")[0])
    for local in 0..<2 {
      #expect(mesh.vertexCoordinates.baseAddress[2 * Int(mesh.facets.baseAddress[2 * facet + local])] == 0)
    }
    // Parts of a problem file apply to such a mesh as well.
    let region = Region(.box([0, 0], [1, 1]), parts: [BoundaryPart(name: "top", coordinate: 1, equals: 1)])
    #expect(region.boundaryParts(of: mesh, nil).map(\.facets.count) == [1])
  }

  @Test("A mesh of another dimension or of other elements is refused")
  func refused() throws {
    let good = try file(["4 2 2 1 1 1 2 3", "5 2 2 1 1 1 3 4"])
    let dimension = #expect(throws: GeometryError.self) { try Mesh(good, dimension: 3) }
    #expect(dimension == .wrongDimension(path: "a.msh", found: 2, expected: 3))
    #expect(dimension?.description == "a.msh: the mesh has 2 dimensions, and the problem 3")
    let quadrilateral = try file(["1 3 2 1 1 1 2 3 4"])
    let mixed = try file(["4 2 2 1 1 1 2 3", "5 9 2 1 1 1 3 4 1 2 9"])
    for file in [quadrilateral, mixed] {
      let error = #expect(throws: GeometryError.self) { try Mesh(file, dimension: 2) }
      #expect(error?.description.contains("not all triangles") == true)
    }
  }
}
