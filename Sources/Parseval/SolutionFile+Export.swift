public import Exchange
import Glibc
import Plotting

extension SolutionFile {
  /// Writes every coordinate and every field as `NAME.npy`, time first, then space.
  ///
  /// Of a mesh, `mesh_nodes.npy` has the nodes × dimensions, `mesh_cells.npy` the numbers of each cell's nodes,
  /// and `mesh_quadratic_elements.npy` those of the quadratic elements that the cells are pieces of.
  ///
  /// The folder is made if it does not exist.
  /// - Returns: the files, in the order written.
  @discardableResult
  public func writeNumPy(to folder: String) throws(ExchangeError) -> [String] {
    try makeFolder(folder)
    var files: [String] = []
    let coordinates = source.schema.dimensions.map(\.name).filter { source.schema.variable($0) != nil }
    for name in coordinates + fields.map(\.name) {
      let path = "\(folder)/\(name).npy"
      try NumPyFile.write(try source.read(name), to: path)
      files.append(path)
    }
    guard !meshFields.isEmpty else { return files }
    let mesh = try UGRIDMesh(reading: source)
    try NumPyFile.write(mesh.nodes, to: "\(folder)/mesh_nodes.npy")
    files.append("\(folder)/mesh_nodes.npy")
    for (name, table) in [("cells", mesh.cells), ("quadratic_elements", mesh.quadraticElements)] {
      guard let table else { continue }
      try NumPyFile.write(table, to: "\(folder)/mesh_\(name).npy")
      files.append("\(folder)/mesh_\(name).npy")
    }
    return files
  }

  /// Writes one file per record with all fields over space, and a `.pvd` file that lists them.
  ///
  /// Fields on a tensor grid go to `.vti` files. Those on a mesh go to `.vtu` files, whose cells are quadratic
  /// where the file has such elements; if a file has both kinds, these are written. The folder is made if it does not exist.
  /// - Returns: the path of the `.pvd` file.
  @discardableResult
  public func writeVTK(to folder: String, name: String) throws -> String {
    try makeFolder(folder)
    guard meshFields.isEmpty else { return try writeUnstructuredGrids(to: folder, name: name) }
    let series = try fields.map { try self.series($0.name) }.filter { $0.dimension > 0 }
    guard let first = series.first else {
      throw ExchangeError(path: source.path, kind: .mismatch, reason: "there is no field over a grid")
    }
    let origin = first.axes.map { $0.coordinates.first ?? 0 }
    let spacing = first.axes.map { $0.coordinates.count > 1 ? $0.coordinates[1] - $0.coordinates[0] : 1 }
    return try writeCollection(to: folder, name: name, ending: "vti", times: first.times) { index, path in
      try VTKImage(
        origin: origin, spacing: spacing, fields: try series.map { ($0.name, try $0.snapshot(index)) }
      ).write(to: path)
    }
  }

  private func writeUnstructuredGrids(to folder: String, name: String) throws -> String {
    let mesh = try UGRIDMesh(reading: source)
    let kinds: [VTKUnstructuredGrid.CellKind] =
      mesh.quadraticElements == nil
      ? [.line, .triangle, .tetrahedron] : [.quadraticLine, .quadraticTriangle, .quadraticTetrahedron]
    var grid = VTKUnstructuredGrid(
      points: mesh.nodes, cellKind: kinds[mesh.dimension - 1], cells: mesh.quadraticElements ?? mesh.cells)
    let variables = fields.filter { meshFields.contains($0.name) }
    let isMoving = variables.contains { $0.dimensions.first == timeName }
    return try writeCollection(
      to: folder, name: name, ending: "vtu", times: isMoving ? times : []
    ) { index, path in
      grid.pointFields = try variables.map { variable in
        let isRecord = variable.dimensions.first == timeName
        return (
          variable.name,
          isRecord ? try source.read(variable.name, record: index) : try source.read(variable.name)
        )
      }
      try grid.write(to: path)
    }
  }

  /// Writes a file per time, or one where there are none, and the list of them.
  ///
  /// - Returns: the path of the list.
  private func writeCollection(
    to folder: String, name: String, ending: String, times: [Double], write: (Int, String) throws -> Void
  ) throws -> String {
    var collection = VTKCollection()
    for index in 0..<max(times.count, 1) {
      let digits = String(index)
      let file = name + "_" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + "." + ending
      try write(index, "\(folder)/\(file)")
      collection.entries.append(VTKCollection.Entry(time: times.isEmpty ? 0 : times[index], file: file))
    }
    try collection.write(to: "\(folder)/\(name).pvd")
    return "\(folder)/\(name).pvd"
  }
}

private func makeFolder(_ path: String) throws(ExchangeError) {
  guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
  throw ExchangeError(
    path: path, kind: .notPermitted, reason: "the folder cannot be made: \(String(cString: strerror(errno)))")
}
