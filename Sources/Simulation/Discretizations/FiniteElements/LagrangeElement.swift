/// Lagrange polynomials of order 1 or 2 on the reference simplex: vertices first, then edges, in the order of `Mesh`.
package struct LagrangeElement: Sendable {
  package let dimension: Int
  package let order: Int
  /// Pairs of vertices, in the order of the mesh's local edges; on facets, of their own edges.
  private let edges: [(Int, Int)]

  package init(dimension: Int, order: Int) {
    self.dimension = dimension
    self.order = order
    edges =
      switch dimension {
      case 0: []
      case 1: [(0, 1)]
      case 2: [(0, 1), (1, 2), (2, 0)]
      default: [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]
      }
  }

  package var count: Int { dimension + 1 + (order == 2 ? edges.count : 0) }

  /// The values of all functions at a point.
  package func values(_ point: [Double]) -> [Double] {
    let λ = [1 - point.reduce(0, +)] + point
    guard order == 2 else { return λ }
    return λ.map { $0 * (2 * $0 - 1) } + edges.map { 4 * λ[$0.0] * λ[$0.1] }
  }

  /// The derivatives of all functions along the reference coordinates, functions × dimension.
  package func gradients(_ point: [Double]) -> [Double] {
    let λ = [1 - point.reduce(0, +)] + point
    func slope(_ corner: Int, _ axis: Int) -> Double { corner == 0 ? -1 : corner == axis + 1 ? 1 : 0 }
    var result: [Double] = []
    for corner in 0...dimension {
      for axis in 0..<dimension {
        result.append((order == 2 ? 4 * λ[corner] - 1 : 1) * slope(corner, axis))
      }
    }
    guard order == 2 else { return result }
    for (a, b) in edges {
      for axis in 0..<dimension { result.append(4 * (slope(a, axis) * λ[b] + λ[a] * slope(b, axis))) }
    }
    return result
  }
}

/// The functions of an element at all points of a rule.
struct TabulatedElement {
  let count: Int
  /// Points × functions.
  let values: [Double]
  /// Points × functions × dimension, along reference coordinates.
  let gradients: [Double]

  init(_ element: LagrangeElement, at points: [[Double]]) {
    count = element.count
    values = points.flatMap { element.values($0) }
    gradients = points.flatMap { element.gradients($0) }
  }
}
