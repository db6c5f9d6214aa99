import Arrays

extension Mesh {
  /// The mesh with every edge halved: each element becomes 2, 4 or 8.
  ///
  /// Vertices keep their numbers, and the midpoint of edge e becomes vertex `vertexCount + e`; the elements
  /// that element k becomes are numbered from 2^d k. The octahedron inside a tetrahedron is cut along its
  /// shortest diagonal. Parts and surfaces are inherited.
  ///
  /// - Parameter shape: Where given, new boundary points are moved onto the surfaces that the mesh was made
  ///   for; otherwise they stay on the old mesh's boundary.
  public func refined(onto shape: Shape? = nil) -> Mesh {
    let nodes = nodes(order: 2)
    let points = AlignedStorage<Double>(count: nodes.coordinates.count)
    points.baseAddress.update(from: nodes.coordinates.baseAddress, count: points.count)
    let surfaces = SurfaceProjection(shape, facetSurfaces, dimension)
    if let surfaces { surfaces.moveMidpoints(of: nodes, in: points) }
    let children = childElements(nodes)
    Self.turnPositive(children, points, dimension)
    do {
      let topology = try MeshTopology(
        dimension: dimension, vertexCount: nodes.count, elements: children)
      let parents = parentFacets(nodes, topology)
      return Mesh(
        topology, vertexCoordinates: points,
        edgeMidpoints: edgeMidpoints.map { _ in
          refinedMidpoints(nodes, topology, points, parents, surfaces)
        },
        parts: inherited(parents), facetSurfaces: facetSurfaces.map { old in parents.map { old[Int($0)] } })
    } catch {
      preconditionFailure("Mesh.refined: \(error)")
    }
  }

  private func childElements(_ nodes: MeshNodes) -> AlignedStorage<Int32> {
    let (width, count) = (dimension + 1, 1 << dimension)
    let result = AlignedStorage<Int32>(count: elementCount * count * width)
    for element in 0..<elementCount {
      let row = nodes.elementNodes.baseAddress + element * nodes.nodesPerElement
      let children: [[Int]] =
        switch dimension {
        case 1: [[0, 2], [2, 1]]
        case 2: [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]]
        default: Self.tetrahedra[shortestDiagonal(row, nodes.coordinates.baseAddress)]
        }
      for (child, corners) in children.enumerated() {
        for (local, corner) in corners.enumerated() {
          result.baseAddress[(element * count + child) * width + local] = row[corner]
        }
      }
    }
    return result
  }

  /// The nodes 4 to 9 of a tetrahedron are the middles of (0,1) (1,2) (2,0) (0,3) (1,3) (2,3).
  ///
  /// For each diagonal of the octahedron of these nodes: the four corners, then the four pieces around it.
  private static let tetrahedra: [[[Int]]] = [
    (4, 9, [6, 5, 8, 7]), (6, 8, [4, 5, 9, 7]), (7, 5, [4, 8, 9, 6]),
  ].map { first, second, ring in
    [[0, 4, 6, 7], [4, 1, 5, 8], [6, 5, 2, 9], [7, 8, 9, 3]]
      + (0..<4).map { [first, second, ring[$0], ring[($0 + 1) % 4]] }
  }

  private func shortestDiagonal(_ row: UnsafePointer<Int32>, _ points: UnsafePointer<Double>) -> Int {
    func square(_ a: Int, _ b: Int) -> Double {
      let step = ElementMap.point(points, Int(row[a]), 3) - ElementMap.point(points, Int(row[b]), 3)
      return (step * step).sum()
    }
    let lengths = (square(4, 9), square(6, 8), square(7, 5))
    // Of lengths that are equal up to rounding the first counts, so that the choice is the same everywhere.
    let limit = min(lengths.0, lengths.1, lengths.2) * (1 + 1e-10)
    return lengths.0 <= limit ? 0 : lengths.1 <= limit ? 1 : 2
  }

  private static func turnPositive(
    _ elements: AlignedStorage<Int32>, _ points: AlignedStorage<Double>, _ dimension: Int
  ) {
    for element in 0..<(elements.count / (dimension + 1)) {
      let row = elements.baseAddress + element * (dimension + 1)
      if affineMeasure(row, points.baseAddress, dimension).volume < 0 {
        (row[dimension - 1], row[dimension]) = (row[dimension], row[dimension - 1])
      }
    }
  }

  /// The boundary facet of this mesh that each of the finer mesh's lies in.
  private func parentFacets(_ nodes: MeshNodes, _ finer: MeshTopology) -> [Int32] {
    let width = nodes.nodesPerFacet
    return (0..<finer.facetElements.count).map { facet in
      let parent = Int(finer.facetElements.baseAddress[facet]) >> dimension
      let candidates = (0...dimension).map { neighbours.baseAddress[parent * (dimension + 1) + $0] }
      for candidate in candidates where candidate < 0 {
        let row = nodes.facetNodes.baseAddress + Int(-1 - candidate) * width
        let isInside = (0..<dimension).allSatisfy { local in
          (0..<width).contains { row[$0] == finer.facets.baseAddress[facet * dimension + local] }
        }
        if isInside { return -1 - candidate }
      }
      preconditionFailure("Mesh.refined: boundary facet \(facet) has no parent")
    }
  }

  private func inherited(_ parents: [Int32]) -> [Part] {
    var isInPart = [Bool](repeating: false, count: facetCount)
    return parts.map { part in
      for facet in part.facets { isInPart[Int(facet)] = true }
      let facets = parents.indices.filter { isInPart[Int(parents[$0])] }.map { Int32($0) }
      for facet in part.facets { isInPart[Int(facet)] = false }
      return Part(name: part.name, facets: facets)
    }
  }

  /// Middles of the finer mesh's edges: straight inside, on the curved boundary along its quadratic pieces.
  private func refinedMidpoints(
    _ nodes: MeshNodes, _ finer: MeshTopology, _ points: AlignedStorage<Double>, _ parents: [Int32],
    _ surfaces: SurfaceProjection?
  ) -> AlignedStorage<Double> {
    let result = AlignedStorage<Double>(count: finer.edges.count / 2 * dimension)
    for edge in 0..<(finer.edges.count / 2) {
      for axis in 0..<dimension {
        let ends = (0..<2).map { Int(finer.edges.baseAddress[2 * edge + $0]) * dimension + axis }
        result.baseAddress[edge * dimension + axis] =
          0.5 * (points.baseAddress[ends[0]] + points.baseAddress[ends[1]])
      }
    }
    let edgesPerFacet = parents.isEmpty ? 0 : finer.facetEdges.count / parents.count
    for (facet, parent) in parents.enumerated() {
      let piece = QuadraticFacet(nodes, Int(parent))
      guard piece.isCurved else { continue }
      for local in 0..<edgesPerFacet {
        let edge = Int(finer.facetEdges.baseAddress[facet * edgesPerFacet + local])
        let middle = piece.middle(finer.edges.baseAddress[2 * edge], finer.edges.baseAddress[2 * edge + 1])
        for axis in 0..<dimension { result.baseAddress[edge * dimension + axis] = middle[axis] }
      }
    }
    surfaces?.moveMidpoints(of: finer, parents: parents, vertices: points, midpoints: result)
    return result
  }
}
