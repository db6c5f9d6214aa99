package import Arrays
package import Geometry

/// The quadrature points of all elements of a mesh: coordinates, weights, inverse Jacobians.
package struct ElementGeometry {
  package let mesh: Mesh
  package let rule: SimplexQuadrature
  /// Points in all: elements × points of the rule.
  package let count: Int
  /// One array per axis.
  package let coordinates: [AlignedStorage<Double>]
  /// The rule's weights times the determinant.
  package let weights: AlignedStorage<Double>
  /// Points × dimension × dimension: ∂ξ_r/∂x_a at `r * dimension + a`.
  package let inverses: AlignedStorage<Double>

  package init(_ mesh: Mesh) {
    self.mesh = mesh
    let dimension = mesh.dimension
    rule = SimplexQuadrature(dimension: dimension)
    let nodes = mesh.nodes(order: mesh.geometricOrder)
    let table = TabulatedElement(
      LagrangeElement(dimension: dimension, order: mesh.geometricOrder), at: rule.points)
    count = mesh.elementCount * rule.count
    coordinates = (0..<dimension).map { [count] _ in AlignedStorage(count: count) }
    weights = AlignedStorage(count: count)
    inverses = AlignedStorage(count: count * dimension * dimension)
    var jacobian = [Double](repeating: 0, count: dimension * dimension)
    for element in 0..<mesh.elementCount {
      let own = nodes.elementNodes.baseAddress + element * nodes.nodesPerElement
      for q in 0..<rule.count {
        let point = element * rule.count + q
        for k in jacobian.indices { jacobian[k] = 0 }
        for axis in 0..<dimension { coordinates[axis].baseAddress[point] = 0 }
        for a in 0..<table.count {
          let x = nodes.coordinates.baseAddress + Int(own[a]) * dimension
          for axis in 0..<dimension {
            coordinates[axis].baseAddress[point] += table.values[q * table.count + a] * x[axis]
            for r in 0..<dimension {
              jacobian[axis * dimension + r] +=
                x[axis] * table.gradients[(q * table.count + a) * dimension + r]
            }
          }
        }
        let determinant = Self.invert(
          jacobian, dimension, into: inverses.baseAddress + point * dimension * dimension)
        weights.baseAddress[point] = rule.weights[q] * determinant
      }
    }
  }

  /// Inverts a small matrix given by rows and returns its determinant.
  static func invert(
    _ m: [Double], _ dimension: Int, into inverse: UnsafeMutablePointer<Double>
  ) -> Double {
    switch dimension {
    case 1:
      inverse[0] = 1 / m[0]
      return m[0]
    case 2:
      let determinant = m[0] * m[3] - m[1] * m[2]
      (inverse[0], inverse[1]) = (m[3] / determinant, -m[1] / determinant)
      (inverse[2], inverse[3]) = (-m[2] / determinant, m[0] / determinant)
      return determinant
    default:
      func cofactor(_ row: Int, _ column: Int) -> Double {
        let (r1, r2) = ((row + 1) % 3, (row + 2) % 3)
        let (c1, c2) = ((column + 1) % 3, (column + 2) % 3)
        return m[r1 * 3 + c1] * m[r2 * 3 + c2] - m[r1 * 3 + c2] * m[r2 * 3 + c1]
      }
      let determinant = m[0] * cofactor(0, 0) + m[1] * cofactor(0, 1) + m[2] * cofactor(0, 2)
      for row in 0..<3 {
        for column in 0..<3 { inverse[row * 3 + column] = cofactor(column, row) / determinant }
      }
      return determinant
    }
  }
}

/// The quadrature points of some boundary facets: coordinates, weights, outward normals.
struct FacetGeometry {
  let facets: [Int32]
  let rule: SimplexQuadrature
  let count: Int
  let coordinates: [AlignedStorage<Double>]
  let weights: AlignedStorage<Double>
  /// One array per axis.
  let normals: [AlignedStorage<Double>]

  init(_ mesh: Mesh, facets: [Int32]) {
    self.facets = facets
    let dimension = mesh.dimension
    rule = SimplexQuadrature(dimension: dimension - 1)
    count = facets.count * rule.count
    let nodes = mesh.nodes(order: mesh.geometricOrder)
    let table = TabulatedElement(
      LagrangeElement(dimension: dimension - 1, order: mesh.geometricOrder), at: rule.points)
    coordinates = (0..<dimension).map { [count] _ in AlignedStorage(count: count) }
    normals = (0..<dimension).map { [count] _ in AlignedStorage(count: count) }
    weights = AlignedStorage(count: count)
    for (number, facet) in facets.enumerated() {
      let own = nodes.facetNodes.baseAddress + Int(facet) * nodes.nodesPerFacet
      for q in 0..<rule.count {
        let point = number * rule.count + q
        var tangents = [[Double]](
          repeating: [Double](repeating: 0, count: dimension), count: dimension - 1)
        for a in 0..<table.count {
          let x = nodes.coordinates.baseAddress + Int(own[a]) * dimension
          for axis in 0..<dimension {
            coordinates[axis].baseAddress[point] += table.values[q * table.count + a] * x[axis]
            for r in tangents.indices {
              tangents[r][axis] += x[axis] * table.gradients[(q * table.count + a) * (dimension - 1) + r]
            }
          }
        }
        let normal = Self.normal(tangents, mesh, facet)
        let size = normal.reduce(0) { $0 + $1 * $1 }.squareRoot()
        weights.baseAddress[point] = rule.weights[q] * size
        for axis in 0..<dimension { normals[axis].baseAddress[point] = normal[axis] / size }
      }
    }
  }

  /// The outward normal, as long as the facet's map stretches: facets are turned so that it is positive.
  private static func normal(_ tangents: [[Double]], _ mesh: Mesh, _ facet: Int32) -> [Double] {
    switch mesh.dimension {
    case 1:
      // The vertex of the facet is the upper end of its element, or the lower one.
      let element = Int(mesh.facetElements.baseAddress[Int(facet)])
      let vertex = mesh.facets.baseAddress[Int(facet)]
      return [mesh.elements.baseAddress[2 * element + 1] == vertex ? 1 : -1]
    case 2: return [tangents[0][1], -tangents[0][0]]
    default:
      let (a, b) = (tangents[0], tangents[1])
      return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }
  }
}
