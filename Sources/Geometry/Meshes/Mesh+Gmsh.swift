public import Exchange
import Arrays

extension Mesh {
  /// The mesh in a Gmsh file, with its physical groups of boundary elements as parts.
  ///
  /// Groups without a name are called by their number. Boundary elements inside the domain are left out.
  ///
  /// - Throws: `wrongDimension` if the file's elements have fewer or more dimensions, `badMesh` for elements
  ///   that are no simplices of order 1 or 2, or of both orders, and what `init(points:elements:)` throws.
  public convenience init(_ file: GmshFile, dimension: Int) throws(GeometryError) {
    guard (1...3).contains(dimension) else { throw .unsupportedDimension(dimension) }
    guard file.dimension == dimension else {
      throw .wrongDimension(path: file.path, found: file.dimension, expected: dimension)
    }
    let blocks = file.blocks.filter { $0.kind.dimension == dimension }
    let width = blocks[0].kind.nodeCount
    for block in blocks {
      guard block.kind.simplexOrder != nil, block.kind.nodeCount == width else {
        throw .badMesh(
          reason: "\(file.path) has elements that are not all triangles or tetrahedra of one order")
      }
    }
    var rows: [Int32] = []
    // Version 2.2 repeats an element for each of its groups.
    let mayRepeat = file.version == "2.2" && Set(blocks.map(\.groups)).count > 1
    var seen: Set<[Int32]> = []
    for block in blocks {
      block.nodes.withUnsafeBuffer { nodes in
        for start in stride(from: 0, to: nodes.count, by: width) {
          let row = nodes[start..<(start + width)]
          if mayRepeat, !seen.insert(row.prefix(dimension + 1).sorted()).inserted { continue }
          rows.append(contentsOf: row)
          // Gmsh numbers the last two edges of a tetrahedron the other way round.
          if width == 10 { rows.swapAt(rows.count - 1, rows.count - 2) }
        }
      }
    }
    let table = NDArray(shape: [rows.count / width, width], rows)
    let facets = FacetGroups(file, dimension)
    let mesh = try Mesh(points: file.coordinates, elements: table, dimension: dimension)
    self.init(
      mesh.topology, vertexCoordinates: mesh.vertexCoordinates, edgeMidpoints: mesh.edgeMidpoints,
      parts: facets.parts(of: mesh))
  }
}

/// The physical groups of boundary elements in a file.
private struct FacetGroups {
  /// Corner coordinates of each group's elements, as bit patterns.
  private var corners: [(name: String, facets: Set<[[UInt64]]>)] = []
  private let dimension: Int

  init(_ file: GmshFile, _ dimension: Int) {
    self.dimension = dimension
    var found: [Int: Set<[[UInt64]]>] = [:]
    for block in file.blocks
    where block.kind.dimension == dimension - 1 && block.kind.simplexOrder != nil && !block.groups.isEmpty {
      let width = block.kind.nodeCount
      var facets: Set<[[UInt64]]> = []
      for row in 0..<block.nodes.shape[0] {
        facets.insert(
          Self.key(
            (0..<dimension).map { local in
              let point = Int(block.nodes[flat: row * width + local])
              return (0..<dimension).map { file.coordinates[flat: 3 * point + $0] }
            }))
      }
      for group in block.groups { found[group, default: []].formUnion(facets) }
    }
    for group in found.keys.sorted() {
      let name = file.groupNames.first { $0.dimension == dimension - 1 && $0.group == group }?.name
      corners.append((name ?? String(group), found[group]!))
    }
  }

  private static func key(_ points: [[Double]]) -> [[UInt64]] {
    points.map { $0.map { ($0 + 0).bitPattern } }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  func parts(of mesh: Mesh) -> [Mesh.Part] {
    guard !corners.isEmpty else { return [] }
    let keys = (0..<mesh.facetCount).map { facet in
      Self.key(
        (0..<dimension).map { local in
          let vertex = Int(mesh.facets.baseAddress[facet * dimension + local])
          return (0..<dimension).map { mesh.vertexCoordinates.baseAddress[vertex * dimension + $0] }
        })
    }
    return corners.map { name, facets in
      Mesh.Part(name: name, facets: keys.indices.filter { facets.contains(keys[$0]) }.map { Int32($0) })
    }
  }
}
