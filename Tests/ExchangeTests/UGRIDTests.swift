import Arrays
import Exchange
import Foundation
import Testing

@Suite("NetCDF: unstructured meshes")
struct UGRIDTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// One simplex with all its facets, and parts that overlap.
  static func mesh(_ dimension: Int, isQuadratic: Bool = false) -> UGRIDMesh {
    let corners = dimension + 1
    let count = corners + (isQuadratic ? dimension * corners / 2 : 0)
    return UGRIDMesh(
      axes: Array(["x", "y", "z"].prefix(dimension)),
      nodes: NDArray(shape: [count, dimension]) {
        $0 / dimension == $0 % dimension + 1 ? 1 : 0.125 * Double($0)
      },
      cells: NDArray(shape: [1, corners]) { Int32($0) },
      boundary: NDArray(shape: [corners, dimension]) { index in
        let (facet, local) = (index / dimension, index % dimension)
        return Int32(local < facet ? local : local + 1)
      },
      parts: [
        .init(name: "left wall", facets: [0]), .init(name: "ünamed", facets: [0, 1]),
        .init(name: "", facets: []),
      ],
      quadraticElements: isQuadratic ? NDArray(shape: [1, count]) { Int32($0) } : nil)
  }

  private func write(_ mesh: UGRIDMesh, records: Int) throws {
    var schema = NetCDFSchema(
      dimensions: [.unlimited(name: "time")], variables: [.coordinate(name: "time", units: "s", axis: "T")])
    try mesh.define(in: &schema, path: folder("a.nc"))
    schema.variables += [
      mesh.nodeVariable(name: "u", isRecord: true, units: "K", longName: "temperature"),
      mesh.nodeVariable(name: "a", isRecord: false),
    ]
    let writer = try NetCDFWriter(path: folder("a.nc"), schema: schema)
    try mesh.write(to: writer)
    let count = mesh.nodes.shape[0]
    try writer.write(NDArray(shape: [count]) { Double($0) }, to: "a")
    for record in 0..<records {
      try writer.append([
        "time": NDArray(shape: [], [Double(record)]),
        "u": NDArray(shape: [count]) { Double(record) + Double($0) / 8 },
      ])
    }
    try writer.close()
  }

  @Test("What is written is read again", arguments: [1, 2, 3], [false, true])
  func roundTrip(dimension: Int, isQuadratic: Bool) throws {
    var mesh = Self.mesh(dimension, isQuadratic: isQuadratic)
    mesh.units = ["x": "m"]
    try write(mesh, records: 2)
    let source = try NetCDF.open(folder("a.nc"), isolation: .inProcess)
    #expect(try UGRIDMesh(reading: source) == mesh)
    #expect(UGRIDMesh.nodeFields(of: source) == ["u", "a"])
    let others: Set = ["time", "u", "a"]
    #expect(UGRIDMesh.tables(of: source) == Set(source.schema.variables.map(\.name)).subtracting(others))
    #expect(try source.read("u", record: 1)[flat: 1] == 1.125)
    #expect(source.schema.attribute("Conventions") == .text("CF-1.10 UGRID-1.0"))
  }

  @Test("A mesh without a boundary or parts is written too")
  func bare() throws {
    var mesh = Self.mesh(2)
    mesh.parts = []
    try write(mesh, records: 0)
    #expect(try UGRIDMesh(reading: NetCDFReader(path: folder("a.nc"))) == mesh)
    mesh.boundary = NDArray(shape: [0, 2])
    try write(mesh, records: 0)
    #expect(try UGRIDMesh(reading: NetCDFReader(path: folder("a.nc"))) == mesh)
  }

  @Test("Tables that do not fit are refused")
  func refused() throws {
    func fails(_ change: (inout UGRIDMesh) -> Void) {
      var mesh = Self.mesh(2)
      change(&mesh)
      var schema = NetCDFSchema()
      let error = #expect(throws: ExchangeError.self) { try mesh.define(in: &schema, path: "a.nc") }
      #expect(error?.kind == .mismatch)
      #expect(schema == NetCDFSchema())
    }
    fails { $0.cells = NDArray(shape: [1, 3], [0, 1, 3]) }
    fails { $0.cells = NDArray(shape: [1, 4]) }
    fails { $0.axes = ["x"] }
    fails { $0.boundary = NDArray(shape: [1, 2], [0, -1]) }
    fails { $0.parts = [.init(name: "a", facets: [3])] }
    fails { $0.quadraticElements = NDArray(shape: [1, 3]) }
    fails { $0.parts = (0..<63).map { .init(name: "\($0)", facets: []) } }
  }

  @Test("Files of others: numbers from 1, and what is not read is said")
  func foreign() throws {
    guard let ncgen = program("ncgen") else { return }
    func source(_ cells: String, width: Int = 3, extra: String = "") throws -> any NetCDFSource {
      let text = """
        netcdf a { dimensions: n = 4 ; f = 2 ; k = \(width) ;
        variables: int m ; m:cf_role = "mesh_topology" ; m:topology_dimension = 2 ;
        m:node_coordinates = "lon lat" ; m:face_node_connectivity = "faces" ; \(extra)
        double lon(n), lat(n), h(n) ; h:mesh = "m" ; h:location = "node" ;
        int faces(f, k) ; faces:start_index = 1 ; faces:_FillValue = -1 ;
        data: lon = 0, 1, 1, 0 ; lat = 0, 0, 1, 1 ; h = 1, 2, 3, 4 ; faces = \(cells) ; }
        """
      try put(Array(text.utf8), to: folder("a.cdl"))
      try #require(try run(ncgen, ["-k", "nc3", "-o", folder("f.nc"), folder("a.cdl")]).code == 0)
      return try NetCDF.open(folder("f.nc"), isolation: .inProcess)
    }
    let mesh = try UGRIDMesh(reading: source("1, 2, 3, 1, 3, 4"))
    #expect(mesh.cells.elements == [0, 1, 2, 0, 2, 3])
    #expect(mesh.axes == ["lon", "lat"] && mesh.boundary.shape == [0, 2] && mesh.parts.isEmpty)
    #expect(UGRIDMesh.nodeFields(of: try source("1, 2, 3, 1, 3, 4")) == ["h"])
    func refusal(_ source: any NetCDFSource) -> ExchangeError.Kind? {
      #expect(throws: ExchangeError.self) { try UGRIDMesh(reading: source) }?.kind
    }
    #expect(refusal(try source("1, 2, 3, 0, 3, 4")) == .corrupted)
    #expect(refusal(try source("1, 2, 3, 1, 3, 5")) == .corrupted)
    #expect(refusal(try source("1, 2, 3, 4, 1, 2, 3, _", width: 4)) == .corrupted)
    #expect(refusal(try source("1, 2, 3, 4, 1, 2, 3, 4", width: 4)) == .unsupportedFormat)

    #expect(
      refusal(try source("1, 2, 3, 1, 3, 4", extra: "m:boundary_node_connectivity = \"none\" ;"))
        == .noSuchName)
    try SampleFile.write(folder("grid.nc"), records: 1)
    #expect(refusal(try NetCDFReader(path: folder("grid.nc"))) == .noSuchName)
  }

  @Test("Damaged files are read or refused, and no crash follows")
  func damaged() throws {
    try write(Self.mesh(3, isQuadratic: true), records: 1)
    let seed = try bytes(of: folder("a.nc"))
    let stream = RandomStream(seed: 9, purpose: "mutated UGRID")
    var accepted = 0
    for trial in 0..<3000 {
      var file = seed
      let first = stream.words(at: UInt64(4 * trial))
      for change in 0..<(1 + Int(first.x % 3)) {
        let words = stream.words(at: UInt64(4 * trial + 1 + change))
        file[Int(words.x) % file.count] = UInt8(truncatingIfNeeded: words.y)
      }
      try put(file, to: folder("m.nc"))
      do throws(ExchangeError) {
        let mesh = try UGRIDMesh(
          reading: try NetCDF.open(folder("m.nc"), isolation: .inProcess, memoryLimit: 1 << 20))
        let count = mesh.nodes.shape[0]
        #expect(mesh.cells.elements.allSatisfy { $0 >= 0 && $0 < count })
        accepted += 1
      } catch { #expect(!error.reason.isEmpty) }
    }
    #expect(accepted > 100 && accepted < 2900)
  }

  @Test("ncdump reads the files", .enabled(if: program("ncdump") != nil, "needs ncdump"), arguments: [2, 3])
  func ncdump(dimension: Int) throws {
    try write(Self.mesh(dimension, isQuadratic: true), records: 1)
    let (code, text) = try run(#require(program("ncdump")), [folder("a.nc")])
    #expect(code == 0)
    let cell = dimension == 2 ? "face" : "volume"
    #expect(text.contains("mesh:\(cell)_node_connectivity = \"mesh_\(cell)_nodes\""))
    #expect(text.contains("mesh:topology_dimension = \(dimension)"))
    #expect(text.contains("u:location = \"node\"") && text.contains("u(time, mesh_node)"))
    #expect(text.contains("flag_meanings = \"left_wall ünamed _\""))
  }

  @Test(
    "xarray and, where it is there, xugrid open the files",
    .enabled(if: pythonWithXarray != nil, "needs a python3 that can import xarray"))
  func xarray() throws {
    try write(Self.mesh(2, isQuadratic: true), records: 2)
    let script = """
      import sys, xarray
      d = xarray.open_dataset(sys.argv[1], decode_times=False)
      assert d.u.dims == ('time', 'mesh_node') and set(d.u.coords) >= {'x', 'y', 'time'}
      assert d.mesh.attrs['cf_role'] == 'mesh_topology' and d.mesh_face_nodes.values.tolist() == [[0, 1, 2]]
      try:
        import xugrid
        g = xugrid.UgridDataset(d)
        assert g.grid.n_face == 1 and g.grid.n_node == 6 and g['u'].ugrid.grid is not None
      except ImportError: pass
      print('fine', float(d.u[1, 1]))
      """
    let (code, text) = try run(#require(pythonWithXarray), ["-c", script, folder("a.nc")])
    #expect(code == 0)
    #expect(text == "fine 1.125\n")
  }
}

/// A Python interpreter with xarray: the one named by `PARSEVAL_PYTHON`, or `python3`.
private let pythonWithXarray: String? = {
  let named = ProcessInfo.processInfo.environment["PARSEVAL_PYTHON"]
  guard let python = named ?? program("python3") else { return nil }
  guard let (code, _) = try? run(python, ["-c", "import xarray"]), code == 0 else { return nil }
  return python
}()
