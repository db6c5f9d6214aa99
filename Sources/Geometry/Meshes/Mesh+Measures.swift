import Arrays
import Glibc

extension Mesh {
  /// The signed volume of a simplex with straight edges, and the size it is to be compared with.
  static func affineMeasure(
    _ row: UnsafePointer<Int32>, _ vertices: UnsafePointer<Double>, _ dimension: Int
  ) -> (volume: Double, scale: Double) {
    func vector(_ corner: Int) -> SIMD3<Double> {
      var result = SIMD3<Double>.zero
      for axis in 0..<dimension {
        result[axis] =
          vertices[Int(row[corner]) * dimension + axis] - vertices[Int(row[0]) * dimension + axis]
      }
      return result
    }
    func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
    let a = vector(1)
    guard dimension > 1 else { return (a.x, abs(a.x)) }
    let b = vector(2)
    guard dimension > 2 else { return (0.5 * (a.x * b.y - a.y * b.x), length(a) * length(b)) }
    let c = vector(3)
    return ((cross(a, b) * c).sum() / 6, length(a) * length(b) * length(c))
  }

  static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  /// Writes the middle of an edge: `source`, or the straight middle where that differs by rounding only.
  static func setMidpoint(
    _ edge: Int, _ source: UnsafePointer<Double>, _ edges: AlignedStorage<Int32>,
    _ vertices: AlignedStorage<Double>, _ dimension: Int, _ result: AlignedStorage<Double>
  ) {
    let a = vertices.baseAddress + Int(edges.baseAddress[2 * edge]) * dimension
    let b = vertices.baseAddress + Int(edges.baseAddress[2 * edge + 1]) * dimension
    var (deviation, length) = (0.0, 0.0)
    for axis in 0..<dimension {
      let straight = 0.5 * (a[axis] + b[axis])
      deviation += (source[axis] - straight) * (source[axis] - straight)
      length += (b[axis] - a[axis]) * (b[axis] - a[axis])
    }
    let isCurved = deviation > 1e-18 * length
    for axis in 0..<dimension {
      result.baseAddress[edge * dimension + axis] = isCurved ? source[axis] : 0.5 * (a[axis] + b[axis])
    }
  }

  /// Whether an edge is curved.
  func isCurved(edge: Int) -> Bool {
    guard let edgeMidpoints else { return false }
    let a = vertexCoordinates.baseAddress + Int(edges.baseAddress[2 * edge]) * dimension
    let b = vertexCoordinates.baseAddress + Int(edges.baseAddress[2 * edge + 1]) * dimension
    return (0..<dimension).contains {
      edgeMidpoints.baseAddress[edge * dimension + $0] != 0.5 * (a[$0] + b[$0])
    }
  }

  /// For each element whether one of its edges is curved; elements without are affine images of the simplex.
  public var curvedElements: [Bool] {
    guard edgeMidpoints != nil else { return [Bool](repeating: false, count: elementCount) }
    let edgeIsCurved = (0..<edgeCount).map { isCurved(edge: $0) }
    let width = Simplex.edgeCount(dimension)
    return (0..<elementCount).map { element in
      (0..<width).contains { edgeIsCurved[Int(elementEdges.baseAddress[element * width + $0])] }
    }
  }

  /// Lengths, areas or volumes of all elements, exact for curved ones.
  public var elementVolumes: [Double] {
    let curved = curvedElements
    var map = ElementMap(self)
    return (0..<elementCount).map { element in
      guard curved[element] else {
        return Self.affineMeasure(
          elements.baseAddress + element * (dimension + 1), vertexCoordinates.baseAddress, dimension
        ).volume
      }
      map.load(element)
      return map.volume
    }
  }

  /// The length, area or volume of the whole mesh.
  public var volume: Double { elementVolumes.reduce(0, +) }

  /// The smallest ratio of an element's Jacobian determinant, at its vertices and edge midpoints, to its mean.
  ///
  /// Not positive for an element that folds over itself; 1 for straight elements.
  public var smallestJacobianRatio: Double {
    var smallest = 1.0
    var map = ElementMap(self)
    for (element, isCurved) in curvedElements.enumerated() where isCurved {
      map.load(element)
      smallest = min(smallest, map.smallestJacobianRatio)
    }
    return smallest
  }

  /// The quality of every element from its vertices: 1 for equilateral simplices, towards 0 for flat ones.
  ///
  /// The mean ratio, 4√3 A/Σl² for triangles and 12 (3V)^(2/3)/Σl² for tetrahedra (Liu and Joe, *Relationship
  /// between tetrahedron shape measures*, 1994).
  public var elementQualities: [Double] {
    let local = Simplex.edges(dimension)
    return (0..<elementCount).map { element in
      let row = elements.baseAddress + element * (dimension + 1)
      let volume = Self.affineMeasure(row, vertexCoordinates.baseAddress, dimension).volume
      var squares = 0.0
      for (a, b) in local {
        for axis in 0..<dimension {
          let step =
            vertexCoordinates.baseAddress[Int(row[a]) * dimension + axis]
            - vertexCoordinates.baseAddress[Int(row[b]) * dimension + axis]
          squares += step * step
        }
      }
      switch dimension {
      case 1: return 1
      case 2: return 4 * 3.squareRoot() * volume / squares
      default: return 12 * cbrt(9 * volume * volume) / squares
      }
    }
  }

  /// The longest straight distance between the ends of an edge.
  public var longestEdge: Double {
    var longest = 0.0
    for edge in 0..<edgeCount {
      var square = 0.0
      for axis in 0..<dimension {
        let step =
          vertexCoordinates.baseAddress[Int(edges.baseAddress[2 * edge]) * dimension + axis]
          - vertexCoordinates.baseAddress[Int(edges.baseAddress[2 * edge + 1]) * dimension + axis]
        square += step * step
      }
      longest = max(longest, square)
    }
    return longest.squareRoot()
  }

  /// The outward unit normal of a boundary facet taken as flat, and the facet's size (that of its edges).
  public func facetNormal(_ facet: Int) -> (direction: SIMD3<Double>, length: Double) {
    let row = facets.baseAddress + facet * dimension
    func point(_ local: Int) -> SIMD3<Double> {
      ElementMap.point(vertexCoordinates.baseAddress, Int(row[local]), dimension)
    }
    func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
    switch dimension {
    case 1:
      // Vertex 1 is the right end of its element, and facet 0 lies opposite vertex 0.
      return (SIMD3(localFacet(of: facet) == 0 ? 1 : -1, 0, 0), 1)
    case 2:
      let edge = point(1) - point(0)
      return (SIMD3(edge.y, -edge.x, 0) / length(edge), length(edge))
    default:
      let product = Self.cross(point(1) - point(0), point(2) - point(0))
      return (product / length(product), length(product).squareRoot())
    }
  }
}
