import Arrays
import Exchange
import Foundation
import Testing

/// Pictures and exports of solutions on meshes.
@Suite struct MeshOutputTests {
  /// A plate with a hole, in triangles that Gmsh makes.
  static let plate = """
    problem: plate
    title: A plate with a hole
    domain:
      geometry:
        difference:
          - {box: [[0, 0], [2, 1]], name: edge}
          - {disc: {center: [0.5, 0.5], radius: 0.25}, name: hole}
    unknowns: [u]
    equations: [-lap(u) = 1]
    boundary:
      - {on: edge, dirichlet: {u: 0}}
      - {on: hole, dirichlet: {u: 1}}
    discretization: {elements: P2, size: 0.15}
    units: {x: m, y: m, u: K}

    """

  /// Heat in a square that cools down.
  static let heat = """
    problem: heat
    domain: {x: [0, 1], y: [0, 1], t: [0, 0.02]}
    unknowns: [u]
    equations: [dt(u) = lap(u)]
    boundary: [{on: all, dirichlet: {u: 0}}]
    initial: {u: sin(pi*x)*sin(pi*y)}
    discretization: {x: 8, y: 8, method: finite-element}
    output: {every: 0.01}
    units: {t: s}

    """

  private func header(_ tool: Tool, _ file: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: tool.path(file))).prefix(3000), as: UTF8.self)
  }

  @Test func aGeometryIsSolvedDrawnAndExported() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.plate, to: "plate.yaml")
    let solved = try tool.run(
      "solve", "plate.yaml", "--no-estimate", "--plot", "a.svg", "--keep-script", "--vtk", "v", "--npy", "n",
      "--format", "json")
    #expect(solved.status == 0, "\(solved.errors)")
    #expect(try Document(solved.output).text("outcome") == "completed")
    let svg = try String(contentsOfFile: tool.path("a.svg"), encoding: .utf8)
    for text in ["A plate with a hole", "x (m)", "y (m)", "u (K)"] {
      #expect(svg.contains("<text>\(text)</text>"), "\(text)")
    }
    let outline = try String(contentsOfFile: tool.path("a.svg.gnuplot/outline-1.dat"), encoding: .utf8)
    #expect(outline.split(separator: "\n\n").count == 2)

    let grid = try header(tool, "v/plate_00000.vtu")
    let counts = try #require(grid.firstMatch(of: /NumberOfPoints="(\d+)" NumberOfCells="(\d+)"/))
    let (points, cells) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
    #expect(grid.contains(#"Name="u""#))
    #expect(try String(contentsOfFile: tool.path("v/plate.pvd"), encoding: .utf8).contains("plate_00000.vtu"))
    // The file's cells are quadratic, and each of them is four triangles of the mesh.
    #expect(try header(tool, "n/mesh_nodes.npy").contains("(\(points), 2)"))
    #expect(
      try header(tool, "n/mesh_cells.npy").contains(
        "'<i4', 'fortran_order': False, 'shape': (\(4 * cells), 3)"))
    #expect(try header(tool, "n/mesh_quadratic_elements.npy").contains("(\(cells), 6)"))
    #expect(try header(tool, "n/u.npy").contains("(\(points),)"))
    #expect(cells > 100)

    let missing = try tool.run("plot", "plate.nc", "--field", "mesh_face_nodes")
    #expect(missing.status == 65)
    #expect(
      missing.errors.contains("there is no field 'mesh_face_nodes'") && missing.errors.contains("it has u"))
    #expect(try tool.digest("plate.nc").count == 64)
  }

  @Test func aFieldOnAMeshMoves() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    #expect(try tool.run("solve", "heat.yaml", "--no-estimate", "--vtk", "v", "--npy", "n").status == 0)
    #expect(
      try String(contentsOfFile: tool.path("v/heat.pvd"), encoding: .utf8).contains(#"timestep="0.02""#))
    for file in ["v/heat_00000.vtu", "v/heat_00001.vtu", "v/heat_00002.vtu", "n/t.npy"] {
      #expect(tool.exists(file), "\(file)")
    }
    for arguments in [["a.png"], ["a.gif"], ["a.svg", "--field", "u", "--time", "0.01"]] {
      let drawn = try tool.finish(try tool.start(["plot", "heat.nc", "-o"] + arguments))
      #expect(drawn.status == 0, "\(drawn.errors)")
      #expect(tool.exists(arguments[0]))
    }
    #expect(try String(contentsOfFile: tool.path("a.svg"), encoding: .utf8).contains("t = 0.01 s"))
    let late = try tool.run("plot", "heat.nc", "--time", "3")
    #expect(late.status == 65 && late.errors.contains("no record at time 3"))
  }

  @Test func aFileOfOthersHasFieldsOnNodesAndCells() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let mesh = UGRIDMesh(
      axes: ["lon", "lat"], nodes: NDArray(shape: [4, 2], [0.0, 0, 1, 0, 1, 1, 0, 1]),
      cells: NDArray(shape: [2, 3], [0, 1, 2, 0, 2, 3]), boundary: NDArray(shape: [0, 2]), parts: [])
    var schema = NetCDFSchema(
      dimensions: [.unlimited(name: "time")], variables: [.coordinate(name: "time", units: "s", axis: "T")])
    try mesh.define(in: &schema, path: "a.nc")
    var area = NetCDFVariable.field(name: "area", dimensions: ["mesh_face"])
    area.attributes += [NetCDFAttribute("mesh", .text("mesh")), NetCDFAttribute("location", .text("face"))]
    schema.variables += [
      mesh.nodeVariable(name: "depth", isRecord: false, units: "m"),
      mesh.nodeVariable(name: "h", isRecord: true),
      area, .field(name: "energy", dimensions: ["time"]),
    ]
    let writer = try NetCDFWriter(path: tool.path("a.nc"), schema: schema)
    try mesh.write(to: writer)
    try writer.write(NDArray(shape: [4], [1.0, 2, 3, 4]), to: "depth")
    try writer.write(NDArray(shape: [2], [0.5, 0.5]), to: "area")
    for record in 0..<3 {
      try writer.append([
        "time": NDArray(shape: [], [Double(record)]), "energy": NDArray(shape: [], [1]),
        "h": NDArray(shape: [4]) { Double($0 * record) },
      ])
    }
    try writer.close()

    #expect(try tool.run("plot", "a.nc", "-o", "all.png").status == 0)
    #expect(try tool.run("plot", "a.nc", "-o", "all.gif", "--field", "h").status == 0)
    #expect(try tool.run("plot", "a.nc", "-o", "energy.svg", "--field", "energy").status == 0)
    let onCells = try tool.run("plot", "a.nc", "--field", "area")
    #expect(onCells.status == 65 && onCells.errors.contains("'area' has its values on each face of the mesh"))
    let table = try tool.run("plot", "a.nc", "--field", "lon")
    #expect(table.status == 65 && table.errors.contains("it has depth, h, energy"), "\(table.errors)")
  }
}
