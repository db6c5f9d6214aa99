public import Arrays

/// The nodes of Lagrange elements of order 1 or 2 on a mesh.
///
/// Order 1: nodes are the mesh's vertices. Order 2: vertices first, then one node in the middle of each edge, so
/// that node `vertexCount + e` belongs to edge e. Within an element its vertices come first, then its edges, in
/// the mesh's local order. Do not write through the storages: some are the mesh's own.
public struct MeshNodes: Sendable {
  public let mesh: Mesh
  /// The polynomial order, 1 or 2.
  public let order: Int
  /// Nodes × dimensions.
  public let coordinates: AlignedStorage<Double>
  /// Elements × `nodesPerElement`.
  public let elementNodes: AlignedStorage<Int32>
  /// Boundary facets × `nodesPerFacet`: vertices, then edges, in the facet's order.
  public let facetNodes: AlignedStorage<Int32>

  public var count: Int { coordinates.count / mesh.dimension }
  public var nodesPerElement: Int { elementNodes.count / mesh.elementCount }
  public var nodesPerFacet: Int { mesh.facetCount == 0 ? 0 : facetNodes.count / mesh.facetCount }

  /// The nodes on some boundary facets, ascending, each once.
  public func nodes(onFacets facets: [Int32]) -> [Int32] {
    var isMarked = [Bool](repeating: false, count: count)
    let width = nodesPerFacet
    for facet in facets {
      for local in 0..<width { isMarked[Int(facetNodes.baseAddress[Int(facet) * width + local])] = true }
    }
    return isMarked.indices.filter { isMarked[$0] }.map { Int32($0) }
  }

  /// The nodes on a named part of the boundary, its ends included, ascending, each once.
  ///
  /// - Throws: `unknownPart`.
  public func nodes(onPart name: String) throws(GeometryError) -> [Int32] {
    nodes(onFacets: try mesh.facets(of: name))
  }
}

extension Mesh {
  /// The nodes of Lagrange elements of order 1 or 2.
  ///
  /// For order 1 nothing is copied. For order 2 on a curved mesh the edge nodes are its midpoints.
  public func nodes(order: Int) -> MeshNodes {
    precondition(order == 1 || order == 2, "Mesh: nodes of order \(order) are not made, only 1 and 2")
    guard order == 2 else {
      return MeshNodes(
        mesh: self, order: 1, coordinates: vertexCoordinates, elementNodes: elements, facetNodes: facets)
    }
    let edgesPerFacet = facetCount == 0 ? 0 : facetEdges.count / facetCount
    return MeshNodes(
      mesh: self, order: 2, coordinates: quadraticCoordinates,
      elementNodes: joined(elements, dimension + 1, elementEdges, Simplex.edgeCount(dimension), elementCount),
      facetNodes: joined(facets, dimension, facetEdges, edgesPerFacet, facetCount))
  }

  private var quadraticCoordinates: AlignedStorage<Double> {
    let result = AlignedStorage<Double>(count: (vertexCount + edgeCount) * dimension)
    result.baseAddress.update(from: vertexCoordinates.baseAddress, count: vertexCoordinates.count)
    let tail = result.baseAddress + vertexCoordinates.count
    if let edgeMidpoints {
      tail.update(from: edgeMidpoints.baseAddress, count: edgeMidpoints.count)
      return result
    }
    for edge in 0..<edgeCount {
      let a = vertexCoordinates.baseAddress + Int(edges.baseAddress[2 * edge]) * dimension
      let b = vertexCoordinates.baseAddress + Int(edges.baseAddress[2 * edge + 1]) * dimension
      for axis in 0..<dimension { tail[edge * dimension + axis] = 0.5 * (a[axis] + b[axis]) }
    }
    return result
  }

  /// Rows of vertices followed by rows of edges, edges counted on from the vertices.
  private func joined(
    _ vertices: AlignedStorage<Int32>, _ width: Int, _ edges: AlignedStorage<Int32>, _ edgeWidth: Int,
    _ rows: Int
  ) -> AlignedStorage<Int32> {
    let result = AlignedStorage<Int32>(count: rows * (width + edgeWidth))
    let shift = Int32(vertexCount)
    for row in 0..<rows {
      let target = result.baseAddress + row * (width + edgeWidth)
      for local in 0..<width { target[local] = vertices.baseAddress[row * width + local] }
      for local in 0..<edgeWidth {
        target[width + local] = edges.baseAddress[row * edgeWidth + local] + shift
      }
    }
    return result
  }
}
