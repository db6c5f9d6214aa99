import Arrays

/// A boundary facet as a quadratic piece of curve or surface.
struct QuadraticFacet {
  private let vertexCount: Int
  private let numbers: [Int32]
  private let points: [SIMD3<Double>]
  /// Ends of the edges among the facet's vertices.
  private let edges: [(Int, Int)]

  init(_ nodes: MeshNodes, _ facet: Int) {
    let (width, dimension) = (nodes.nodesPerFacet, nodes.mesh.dimension)
    vertexCount = dimension
    numbers = (0..<width).map { nodes.facetNodes.baseAddress[facet * width + $0] }
    points = numbers.map { ElementMap.point(nodes.coordinates.baseAddress, Int($0), dimension) }
    edges = dimension == 1 ? [] : dimension == 2 ? [(0, 1)] : [(0, 1), (1, 2), (2, 0)]
  }

  var isCurved: Bool {
    edges.enumerated().contains { local, ends in
      points[vertexCount + local] != 0.5 * (points[ends.0] + points[ends.1])
    }
  }

  /// The point half-way, in the facet's coordinates, between two of its nodes.
  func middle(_ first: Int32, _ second: Int32) -> SIMD3<Double> {
    var weights = SIMD3<Double>.zero
    for number in [first, second] {
      guard let local = numbers.firstIndex(of: number) else {
        preconditionFailure("QuadraticFacet: node \(number) is not one of \(numbers)")
      }
      if local < vertexCount {
        weights[local] += 0.5
      } else {
        weights[edges[local - vertexCount].0] += 0.25
        weights[edges[local - vertexCount].1] += 0.25
      }
    }
    var result = SIMD3<Double>.zero
    for vertex in 0..<vertexCount { result += weights[vertex] * (2 * weights[vertex] - 1) * points[vertex] }
    for (local, (a, b)) in edges.enumerated() {
      result += 4 * weights[a] * weights[b] * points[vertexCount + local]
    }
    return result
  }
}
