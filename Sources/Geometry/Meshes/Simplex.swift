/// Local numbering within a simplex of each dimension.
enum Simplex {
  /// Vertices of the local edges.
  static func edges(_ dimension: Int) -> [(Int, Int)] {
    switch dimension {
    case 1: [(0, 1)]
    case 2: [(0, 1), (1, 2), (2, 0)]
    default: [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]
    }
  }

  static func edgeCount(_ dimension: Int) -> Int { dimension * (dimension + 1) / 2 }

  /// Vertices of the local facets, facet i opposite vertex i, seen from outside in positive order.
  static func facets(_ dimension: Int) -> [[Int]] {
    switch dimension {
    case 1: [[1], [0]]
    case 2: [[1, 2], [2, 0], [0, 1]]
    default: [[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]]
    }
  }

  /// Local edges of the local facets, in the order of the facet's vertices.
  static func facetEdges(_ dimension: Int) -> [[Int]] {
    let edges = edges(dimension)
    func edge(_ a: Int, _ b: Int) -> Int { edges.firstIndex { $0 == (a, b) || $0 == (b, a) }! }
    return facets(dimension).map { facet in
      switch facet.count {
      case 1: []
      case 2: [edge(facet[0], facet[1])]
      default: (0..<3).map { edge(facet[$0], facet[($0 + 1) % 3]) }
      }
    }
  }

  /// Where each local edge goes when the last two vertices change places.
  static func edgesAfterFlip(_ dimension: Int) -> [Int] {
    switch dimension {
    case 1: [0]
    case 2: [2, 1, 0]
    default: [0, 4, 3, 2, 1, 5]
    }
  }
}
