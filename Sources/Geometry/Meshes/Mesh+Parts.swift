import Arrays

extension Mesh {
  /// The facets of a named part, ascending.
  ///
  /// - Throws: `unknownPart`, with the names there are.
  public func facets(of name: String) throws(GeometryError) -> [Int32] {
    guard let part = parts.first(where: { $0.name == name }) else {
      throw .unknownPart(name: name, known: parts.map(\.name))
    }
    return part.facets
  }

  /// The boundary facets on none of the named parts, ascending.
  ///
  /// - Throws: `unknownPart`.
  public func facets(outside names: [String]) throws(GeometryError) -> [Int32] {
    var isTaken = [Bool](repeating: false, count: facetCount)
    for name in names { for facet in try facets(of: name) { isTaken[Int(facet)] = true } }
    return isTaken.indices.filter { !isTaken[$0] }.map { Int32($0) }
  }

  /// For each boundary facet the number of the first part that has it, or −1.
  public var facetParts: [Int32] {
    var result = [Int32](repeating: -1, count: facetCount)
    for (number, part) in parts.enumerated().reversed() {
      for facet in part.facets { result[Int(facet)] = Int32(number) }
    }
    return result
  }

  /// Which local facet of its element a boundary facet is: the number of the vertex opposite to it.
  public func localFacet(of facet: Int) -> Int {
    let width = dimension + 1
    let row = Int(facetElements.baseAddress[facet]) * width
    for local in 0..<width where neighbours.baseAddress[row + local] == -1 - Int32(facet) { return local }
    preconditionFailure("Mesh: boundary facet \(facet) is not in its element")
  }
}

extension MeshNodes {
  /// Pairs the nodes of two parts that a translation carries onto each other, as periodic conditions need.
  ///
  /// - Returns: For every node of the first part, ascending, the node of the second one at the shifted place.
  /// - Throws: `unknownPart`, and `badMesh` if the nodes do not match.
  public func pairs(
    from first: String, to second: String, shiftedBy shift: [Double]
  ) throws(GeometryError) -> [(first: Int32, second: Int32)] {
    precondition(shift.count == mesh.dimension, "MeshNodes: a shift of \(shift.count) numbers")
    let sources = try nodes(onPart: first)
    let targets = try nodes(onPart: second)
    let box = mesh.boundingBox
    let tolerance = 1e-9 * zip(box.lower, box.upper).reduce(0) { max($0, $1.1 - $1.0) }
    // Sorted along one axis, candidates are few: those whose coordinate there agrees.
    let axis = shift.indices.max { abs(shift[$0]) > abs(shift[$1]) } ?? 0
    func coordinate(_ node: Int32, _ axis: Int) -> Double {
      coordinates.baseAddress[Int(node) * mesh.dimension + axis]
    }
    let sorted = targets.sorted { (coordinate($0, axis), $0) < (coordinate($1, axis), $1) }
    var result: [(first: Int32, second: Int32)] = []
    for source in sources {
      let wanted = (0..<mesh.dimension).map { coordinate(source, $0) + shift[$0] }
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if coordinate(sorted[middle], axis) < wanted[axis] - tolerance {
          low = middle + 1
        } else {
          high = middle
        }
      }
      let match = sorted[low...].prefix { coordinate($0, axis) <= wanted[axis] + tolerance }.first { node in
        (0..<mesh.dimension).allSatisfy { abs(coordinate(node, $0) - wanted[$0]) <= tolerance }
      }
      guard let match else {
        throw .badMesh(reason: "part '\(second)' has no node at \(wanted), where '\(first)' is to meet it")
      }
      result.append((source, match))
    }
    guard sources.count == targets.count else {
      throw .badMesh(reason: "'\(first)' has \(sources.count) nodes, and '\(second)' \(targets.count)")
    }
    return result
  }
}
