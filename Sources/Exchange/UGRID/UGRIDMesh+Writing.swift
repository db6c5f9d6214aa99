import Arrays

extension UGRIDMesh {
  /// The global attribute that names the conventions.
  public static let conventions = NetCDFAttribute("Conventions", .text("CF-1.10 UGRID-1.0"))

  /// Adds dimensions, variables and the conventions to the layout of a file.
  ///
  /// - Throws: `mismatch` if the tables do not describe a mesh.
  public func define(in schema: inout NetCDFSchema, path: String) throws(ExchangeError) {
    try check(path)
    schema.attributes.removeAll { $0.name == "Conventions" }
    schema.attributes.insert(Self.conventions, at: 0)
    let cell = "mesh_\(Self.cellWord(dimension))"
    schema.dimensions += [
      NetCDFDimension(name: Self.nodeDimension, length: nodes.shape[0]),
      NetCDFDimension(name: cell, length: cells.shape[0]),
      NetCDFDimension(name: cell + "_node", length: cells.shape[1]),
    ]
    if boundary.shape[0] > 0 {
      schema.dimensions += [
        NetCDFDimension(name: "mesh_boundary", length: boundary.shape[0]),
        NetCDFDimension(name: "mesh_boundary_node", length: boundary.shape[1]),
      ]
    }
    if let quadraticElements {
      schema.dimensions += [
        NetCDFDimension(name: "mesh_quadratic_element", length: quadraticElements.shape[0]),
        NetCDFDimension(name: "mesh_quadratic_element_node", length: quadraticElements.shape[1]),
      ]
    }
    schema.variables += [topologyVariable]
    for axis in axes {
      schema.variables.append(
        .field(
          name: axis, dimensions: [Self.nodeDimension], units: units[axis],
          longName: "coordinate of the mesh's nodes"))
    }
    schema.variables += tableVariables(cell)
  }

  /// A variable with a value at every node, along the unlimited dimension `time` where it is a record.
  public func nodeVariable(
    name: String, isRecord: Bool, time: String = "time", units: String? = nil, longName: String? = nil
  ) -> NetCDFVariable {
    var variable = NetCDFVariable.field(
      name: name, dimensions: (isRecord ? [time] : []) + [Self.nodeDimension], units: units,
      longName: longName)
    variable.attributes += [
      NetCDFAttribute("mesh", .text(Self.name)), NetCDFAttribute("location", .text("node")),
      NetCDFAttribute("coordinates", .text(axes.joined(separator: " "))),
    ]
    return variable
  }

  /// Writes the tables to a file whose layout has them.
  public func write(to writer: NetCDFWriter) throws(ExchangeError) {
    try Self.write([0], to: Self.name, shape: [], writer)
    for (axis, name) in axes.enumerated() {
      let column = NDArray<Double>(shape: [nodes.shape[0]]) { nodes[flat: $0 * dimension + axis] }
      try writer.write(column, to: name)
    }
    try Self.write(cells, to: Self.cellVariable(dimension), writer)
    if dimension == 3 {
      let zeros = [Int64](repeating: 0, count: cells.shape[0])
      try Self.write(zeros, to: "mesh_volume_types", shape: [cells.shape[0]], writer)
    }
    if boundary.shape[0] > 0 {
      try Self.write(boundary, to: Self.boundaryVariable, writer)
      var masks = [Int64](repeating: 0, count: boundary.shape[0])
      for (number, part) in parts.enumerated() {
        for facet in part.facets { masks[Int(facet)] |= 1 << Int64(number) }
      }
      try Self.write(masks, to: Self.partsVariable, shape: [masks.count], writer)
    }
    if let quadraticElements { try Self.write(quadraticElements, to: Self.quadraticVariable, writer) }
  }

  // MARK: Layout

  private var topologyVariable: NetCDFVariable {
    var attributes = [
      NetCDFAttribute("cf_role", .text("mesh_topology")),
      NetCDFAttribute("topology_dimension", .integers([Int64(dimension)])),
      NetCDFAttribute("node_coordinates", .text(axes.joined(separator: " "))),
      NetCDFAttribute(
        "\(Self.cellWord(dimension))_node_connectivity", .text(Self.cellVariable(dimension))),
    ]
    if dimension == 3 { attributes.append(NetCDFAttribute("volume_shape_type", .text("mesh_volume_types"))) }
    if boundary.shape[0] > 0 {
      attributes.append(NetCDFAttribute("boundary_node_connectivity", .text(Self.boundaryVariable)))
    }
    if quadraticElements != nil {
      attributes.append(NetCDFAttribute("quadratic_element_node_connectivity", .text(Self.quadraticVariable)))
    }
    return NetCDFVariable(name: Self.name, dimensions: [], type: .int32, attributes: attributes)
  }

  private func tableVariables(_ cell: String) -> [NetCDFVariable] {
    func table(_ name: String, _ dimension: String, _ role: String) -> NetCDFVariable {
      NetCDFVariable(
        name: name, dimensions: [dimension, dimension + "_node"], type: .int32,
        attributes: [NetCDFAttribute("cf_role", .text(role)), NetCDFAttribute("start_index", .integers([0]))])
    }
    let word = Self.cellWord(dimension)
    var variables = [table(Self.cellVariable(dimension), cell, "\(word)_node_connectivity")]
    if dimension == 3 {
      variables.append(
        NetCDFVariable(
          name: "mesh_volume_types", dimensions: [cell], type: .int32,
          attributes: [
            NetCDFAttribute("cf_role", .text("volume_shape_type")),
            NetCDFAttribute("flag_values", .integers([0, 1, 2, 3])),
            NetCDFAttribute("flag_meanings", .text("tetrahedron pyramid wedge hexahedron")),
          ]))
    }
    if boundary.shape[0] > 0 {
      variables.append(table(Self.boundaryVariable, "mesh_boundary", "boundary_node_connectivity"))
      var masks = NetCDFVariable(name: Self.partsVariable, dimensions: ["mesh_boundary"], type: .int64)
      masks.attributes = [
        NetCDFAttribute("long_name", .text("parts of the boundary that a facet belongs to"))
      ]
      if !parts.isEmpty {
        masks.attributes += [
          NetCDFAttribute("flag_masks", .integers(parts.indices.map { 1 << Int64($0) })),
          NetCDFAttribute("flag_meanings", .text(parts.map { Self.word($0.name) }.joined(separator: " "))),
          NetCDFAttribute("part_names", .text(parts.map { Self.line($0.name) }.joined(separator: "\n"))),
        ]
      }
      variables.append(masks)
    }
    if quadraticElements != nil {
      variables.append(table(Self.quadraticVariable, "mesh_quadratic_element", "element_node_connectivity"))
    }
    return variables
  }

  /// A name as a word of CF's flag meanings.
  private static func word(_ name: String) -> String {
    let text = String(
      name.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 0x20 ? "_" : Character($0) })
    return text.isEmpty ? "_" : text
  }

  private static func line(_ name: String) -> String {
    String(name.unicodeScalars.map { $0 == "\n" || $0.value == 0 ? " " : Character($0) })
  }

  // MARK: Data

  private static func write(
    _ table: NDArray<Int32>, to name: String, _ writer: NetCDFWriter
  ) throws(ExchangeError) {
    try write(table.elements.map { Int64($0) }, to: name, shape: table.shape, writer)
  }

  private static func write(
    _ values: [Int64], to name: String, shape: [Int], _ writer: NetCDFWriter
  ) throws(ExchangeError) {
    let outcome: Result<Void, ExchangeError> = values.withUnsafeBufferPointer { buffer in
      do throws(ExchangeError) {
        return .success(try writer.write(buffer, to: name, start: shape.map { _ in 0 }, count: shape))
      } catch { return .failure(error) }
    }
    try outcome.get()
  }

  /// Throws if the shapes or the numbers of nodes are wrong.
  func check(_ path: String) throws(ExchangeError) {
    let count = nodes.shape.first ?? 0
    guard (1...3).contains(dimension), nodes.shape == [count, dimension], count > 0,
      cells.shape.count == 2, cells.shape[0] > 0, cells.shape[1] == dimension + 1,
      boundary.shape.count == 2, boundary.shape[1] == dimension
    else {
      throw .mismatch(
        path,
        "nodes \(nodes.shape), cells \(cells.shape), boundary \(boundary.shape) are no mesh of simplices")
    }
    let quadratic = dimension + 1 + dimension * (dimension + 1) / 2
    if let shape = quadraticElements?.shape {
      guard shape.count == 2, shape[0] > 0, shape[1] == quadratic else {
        throw .mismatch(path, "quadratic elements of shape \(shape) do not have \(quadratic) nodes each")
      }
    }
    for table in [cells, boundary, quadraticElements].compactMap({ $0 }) {
      guard table.withUnsafeBuffer({ $0.allSatisfy { $0 >= 0 && $0 < count } }) else {
        throw .mismatch(path, "the mesh refers to a node that does not exist")
      }
    }
    guard parts.count <= Self.partLimit else {
      throw .mismatch(path, "\(parts.count) boundary parts are more than the \(Self.partLimit) that fit")
    }
    for part in parts {
      guard part.facets.allSatisfy({ $0 >= 0 && $0 < boundary.shape[0] }) else {
        throw .mismatch(path, "the boundary part '\(part.name)' has a facet that does not exist")
      }
    }
  }
}
