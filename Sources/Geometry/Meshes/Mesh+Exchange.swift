public import Arrays
public import Exchange

extension MeshNodes {
  /// The nodes × dimensions, copied.
  public var points: NDArray<Double> {
    NDArray(shape: [count, mesh.dimension], coordinates.buffer)
  }

  /// The mesh as tables for a NetCDF file, with these nodes.
  ///
  /// Quadratic elements are cut into 2, 4 or 8 linear cells, which other programs can draw, and kept beside.
  ///
  /// - Parameter axes: The names of the coordinates.
  public func ugrid(axes: [String]) -> UGRIDMesh {
    precondition(axes.count == mesh.dimension, "MeshNodes: \(axes.count) names of coordinates")
    let elements = NDArray(shape: [mesh.elementCount, nodesPerElement], elementNodes.buffer)
    return UGRIDMesh(
      axes: axes, nodes: points, cells: linearCells, boundary: linearFacets,
      parts: mesh.parts.map { part in
        .init(name: part.name, facets: part.facets.flatMap { facet in linearFacetNumbers(facet) })
      },
      quadraticElements: order == 2 ? elements : nil)
  }

  /// The mesh as a VTK grid, with these nodes: quadratic cells for order 2, curved where the mesh is.
  public func vtkGrid(
    pointFields: [VTKUnstructuredGrid.Field] = [], cellFields: [VTKUnstructuredGrid.Field] = []
  ) -> VTKUnstructuredGrid {
    let kinds: [VTKUnstructuredGrid.CellKind] =
      order == 1
      ? [.line, .triangle, .tetrahedron] : [.quadraticLine, .quadraticTriangle, .quadraticTetrahedron]
    return VTKUnstructuredGrid(
      points: points, cellKind: kinds[mesh.dimension - 1],
      cells: NDArray(shape: [mesh.elementCount, nodesPerElement], elementNodes.buffer),
      pointFields: pointFields, cellFields: cellFields)
  }

  private func cut(
    _ table: AlignedStorage<Int32>, _ width: Int, _ rows: Int, into pieces: [[Int]]
  ) -> NDArray<Int32> {
    let corners = pieces[0].count
    let places = pieces.flatMap { $0 }
    return NDArray(shape: [rows * pieces.count, corners]) { index in
      table.baseAddress[index / places.count * width + places[index % places.count]]
    }
  }

  private var linearCells: NDArray<Int32> {
    let pieces: [[Int]] =
      switch (order, mesh.dimension) {
      case (1, let dimension): [Array(0...dimension)]
      case (_, 1): [[0, 2], [2, 1]]
      case (_, 2): [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]]
      default:
        [
          [0, 4, 6, 7], [4, 1, 5, 8], [6, 5, 2, 9], [7, 8, 9, 3], [4, 9, 5, 6], [4, 9, 8, 5], [4, 9, 7, 8],
          [4, 9, 6, 7],
        ]
      }
    return cut(elementNodes, nodesPerElement, mesh.elementCount, into: pieces)
  }

  /// How a quadratic facet falls into linear ones.
  private var facetPieces: [[Int]] {
    switch (order, mesh.dimension) {
    case (1, let dimension): [Array(0..<dimension)]
    case (_, 1): [[0]]
    case (_, 2): [[0, 2], [2, 1]]
    default: [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]]
    }
  }

  private var linearFacets: NDArray<Int32> {
    cut(facetNodes, nodesPerFacet, mesh.facetCount, into: facetPieces)
  }

  private func linearFacetNumbers(_ facet: Int32) -> [Int32] {
    let count = Int32(facetPieces.count)
    return (0..<count).map { facet * count + $0 }
  }
}

extension Mesh {
  /// The mesh in a NetCDF file's tables, vertices, edges and elements numbered as they were when written.
  ///
  /// - Throws: `wrongDimension`, and what `init(points:elements:)` throws.
  public convenience init(
    _ tables: UGRIDMesh, dimension: Int, path: String
  ) throws(GeometryError) {
    guard tables.dimension == dimension else {
      throw .wrongDimension(path: path, found: tables.dimension, expected: dimension)
    }
    let mesh = try Mesh(
      points: tables.nodes, elements: tables.quadraticElements ?? tables.cells, dimension: dimension,
      keepingOrder: true)
    // Values at the file's nodes belong to the mesh's nodes of the same number, or the file is not ours.
    let nodes = mesh.nodes(order: tables.quadraticElements == nil ? 1 : 2)
    let isKept = (tables.quadraticElements ?? tables.cells).withUnsafeBuffer { table in
      nodes.count == tables.nodes.shape[0] && nodes.hasSameNodes(as: table)
    }
    guard isKept else { throw .badMesh(reason: "nodes of \(path) belong to no cell or are out of order") }
    let numbers = nodes.facetsByNodes
    let parts = tables.parts.map { part in
      let found = part.facets.compactMap { facet in
        numbers[(0..<dimension).map { tables.boundary[flat: Int(facet) * dimension + $0] }.sorted()]
      }
      return Part(name: part.name, facets: Set(found).sorted())
    }
    self.init(
      mesh.topology, vertexCoordinates: mesh.vertexCoordinates, edgeMidpoints: mesh.edgeMidpoints,
      parts: parts)
  }
}

extension MeshNodes {
  /// Whether a table of elements has the same nodes in every row, in any order.
  fileprivate func hasSameNodes(as table: UnsafeBufferPointer<Int32>) -> Bool {
    let width = nodesPerElement
    guard table.count == elementNodes.count else { return false }
    return (0..<mesh.elementCount).allSatisfy { element in
      let rows = (element * width)..<((element + 1) * width)
      return elementNodes.buffer[rows].elementsEqual(table[rows])
        || elementNodes.buffer[rows].sorted() == table[rows].sorted()
    }
  }

  /// The number of the boundary facet that each linear facet is, or is a piece of, by its sorted nodes.
  fileprivate var facetsByNodes: [[Int32]: Int32] {
    let pieces = facetPieces
    var result: [[Int32]: Int32] = [:]
    for facet in 0..<mesh.facetCount {
      let row = facetNodes.baseAddress + facet * nodesPerFacet
      for piece in pieces { result[piece.map { row[$0] }.sorted()] = Int32(facet) }
    }
    return result
  }
}
