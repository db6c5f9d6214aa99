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
}
