import Arrays

extension UGRIDMesh {
  /// Reads the mesh of a file, ours or anybody's whose cells are intervals, triangles or tetrahedra.
  ///
  /// - Throws: `ExchangeError`: `noSuchName` where the file has no mesh, `unsupportedFormat` for other cells,
  ///   `corrupted` for numbers of nodes that do not exist.
  public init(reading source: any NetCDFSource) throws(ExchangeError) {
    let path = source.path
    guard
      let topology = source.schema.variables.first(where: {
        $0.attribute("cf_role")?.text == "mesh_topology"
      })
    else {
      throw ExchangeError(path: path, kind: .noSuchName, reason: "it has no mesh in the UGRID conventions")
    }
    guard let value = topology.attribute("topology_dimension")?.number, let dimension = Int(exactly: value),
      (1...3).contains(dimension)
    else { throw .corrupted(path, "the mesh '\(topology.name)' has no topology_dimension of 1 to 3") }

    axes = Self.words(topology, "node_coordinates")
    guard axes.count == dimension else {
      throw .unsupported(path, "the mesh has \(axes.count) coordinates in \(dimension) dimensions")
    }
    for axis in axes {
      let unit = source.schema.variable(axis)?.attribute("units")?.text ?? ""
      if !unit.isEmpty, unit != "1" { units[axis] = unit }
    }
    nodes = try Self.nodes(axes, source)
    let count = nodes.shape[0]
    let role = "\(Self.cellWord(dimension))_node_connectivity"
    guard let cells = try Self.table(Self.words(topology, role).first, count, source) else {
      throw ExchangeError(path: path, kind: .noSuchName, reason: "the mesh has no \(role)")
    }
    guard cells.shape[1] == dimension + 1 else {
      throw .unsupported(
        path, "cells with \(cells.shape[1]) nodes in \(dimension) dimensions are not read, only simplices")
    }
    self.cells = cells
    let facets = try Self.table(Self.words(topology, "boundary_node_connectivity").first, count, source)
    boundary = facets ?? NDArray(shape: [0, dimension])
    quadraticElements = try Self.table(
      Self.words(topology, "quadratic_element_node_connectivity").first, count, source)
    parts = try Self.parts(source, boundary.shape[0])
    do throws(ExchangeError) { try check(path) } catch { throw .corrupted(path, error.reason) }
  }

  /// The variables with a value at every node of the mesh, in the order of the file.
  public static func nodeFields(of source: any NetCDFSource) -> [String] {
    guard
      let topology = source.schema.variables.first(where: { $0.attribute("cf_role")?.text == "mesh_topology" }
      )
    else { return [] }
    return source.schema.variables.filter {
      $0.attribute("mesh")?.text == topology.name && $0.attribute("location")?.text == "node"
    }.map(\.name)
  }

  /// The variables that describe meshes: topologies, coordinates, tables, and what else is along their cells.
  ///
  /// What has a value at every node is none of them.
  public static func tables(of source: any NetCDFSource) -> Set<String> {
    let topologies = source.schema.variables.filter { $0.attribute("cf_role")?.text == "mesh_topology" }
    var names = Set(topologies.map(\.name))
    var lengths: Set<String> = []
    for topology in topologies {
      let coordinates = words(topology, "node_coordinates")
      names.formUnion(coordinates)
      let nodes = coordinates.compactMap { source.schema.variable($0)?.dimensions.first }
      for attribute in topology.attributes {
        let name = attribute.name
        guard name.hasSuffix("_connectivity") || name.hasSuffix("_coordinates") || name == "volume_shape_type"
        else { continue }
        let tables = words(topology, name)
        names.formUnion(tables)
        lengths.formUnion(tables.flatMap { source.schema.variable($0)?.dimensions ?? [] })
      }
      lengths.subtract(nodes)
    }
    for variable in source.schema.variables where variable.dimensions.contains(where: lengths.contains) {
      names.insert(variable.name)
    }
    return names
  }

  private static func words(_ variable: NetCDFVariable, _ attribute: String) -> [String] {
    (variable.attribute(attribute)?.text ?? "").split(whereSeparator: \.isWhitespace).map { String($0) }
  }

  private static func nodes(
    _ axes: [String], _ source: any NetCDFSource
  ) throws(ExchangeError) -> NDArray<Double> {
    var columns: [NDArray<Double>] = []
    for axis in axes { columns.append(try source.read(axis)) }
    guard let count = columns.first?.count, count > 0, columns.allSatisfy({ $0.shape == [count] }) else {
      throw .corrupted(source.path, "the coordinates \(axes.joined(separator: ", ")) do not belong together")
    }
    guard count < Int(Int32.max) else { throw .unsupported(source.path, "it has more than 2³¹ nodes") }
    return NDArray(shape: [count, axes.count]) { columns[$0 % axes.count][flat: $0 / axes.count] }
  }

  /// A table of node numbers from 0 on; `nil` where the mesh does not name one.
  private static func table(
    _ name: String?, _ nodeCount: Int, _ source: any NetCDFSource
  ) throws(ExchangeError) -> NDArray<Int32>? {
    guard let name else { return nil }
    let shape = try source.shape(of: name)
    guard shape.count == 2 else { throw .corrupted(source.path, "the table '\(name)' has shape \(shape)") }
    let start = try source.variable(name).attribute("start_index")?.number ?? 0
    let values = try source.readIntegers(name, start: [0, 0], count: shape)
    guard let first = Int64(exactly: start) else {
      throw .corrupted(source.path, "the table '\(name)' has the start_index \(start)")
    }
    var result = NDArray<Int32>(shape: shape)
    let isValid = result.withUnsafeMutableBuffer { target in
      values.withUnsafeBuffer { values in
        for (index, value) in values.enumerated() {
          let (number, overflow) = value.subtractingReportingOverflow(first)
          guard !overflow, number >= 0, number < nodeCount else { return false }
          target[index] = Int32(number)
        }
        return true
      }
    }
    guard isValid else {
      throw .corrupted(
        source.path, "the table '\(name)' has a node that does not exist, or cells of different kinds")
    }
    return result
  }

  private static func parts(
    _ source: any NetCDFSource, _ facetCount: Int
  ) throws(ExchangeError) -> [Part] {
    guard let variable = source.schema.variable(partsVariable),
      let names = variable.attribute("part_names")?.text, facetCount > 0
    else { return [] }
    let list = names.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    guard list.count <= partLimit, try source.shape(of: partsVariable) == [facetCount] else {
      throw .corrupted(source.path, "the boundary parts do not fit to the boundary")
    }
    let masks = try source.readIntegers(partsVariable, start: [0], count: [facetCount]).elements
    return list.enumerated().map { number, name in
      let mask = Int64(1) << Int64(number)
      return Part(name: name, facets: masks.indices.filter { masks[$0] & mask != 0 }.map { Int32($0) })
    }
  }
}
