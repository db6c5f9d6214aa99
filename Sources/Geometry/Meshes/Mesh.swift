public import Arrays

/// A conforming mesh of simplices (intervals, triangles, tetrahedra) with named boundary parts.
///
/// Immutable. All tables are row-major; indices start at 0. Elements are positively oriented: a triangle's
/// vertices run counter-clockwise, and det(v₁ − v₀, v₂ − v₀, v₃ − v₀) > 0 for a tetrahedron. Local edges are
/// (0,1) (1,2) (2,0) and in three dimensions also (0,3) (1,3) (2,3); local facet i lies opposite vertex i. Do
/// not write through the storages.
public final class Mesh: Sendable {
  /// A named set of boundary facets.
  public struct Part: Sendable, Hashable {
    public var name: String
    /// Numbers of boundary facets, ascending.
    public var facets: [Int32]

    public init(name: String, facets: [Int32]) {
      self.name = name
      self.facets = facets
    }
  }
  /// The number of space dimensions, 1 to 3.
  public let dimension: Int
  /// Vertices × dimensions.
  public let vertexCoordinates: AlignedStorage<Double>
  /// Elements × (dimension + 1): vertices.
  public let elements: AlignedStorage<Int32>
  /// Edges × 2: vertices, the smaller first; edges are sorted.
  public let edges: AlignedStorage<Int32>
  /// Elements × local edges: edges.
  public let elementEdges: AlignedStorage<Int32>
  /// Elements × (dimension + 1): the element behind each local facet, or −1 − f for boundary facet f.
  public let neighbours: AlignedStorage<Int32>
  /// Boundary facets × dimension: vertices, in the order in which the outward normal is positive.
  public let facets: AlignedStorage<Int32>
  /// Boundary facets × edges of a facet (1 in two dimensions, 3 in three): edges, in the order of the vertices.
  public let facetEdges: AlignedStorage<Int32>
  /// The element of each boundary facet.
  public let facetElements: AlignedStorage<Int32>
  /// Edges × dimensions: points in the middle of the edges; `nil` where all edges are straight.
  public let edgeMidpoints: AlignedStorage<Double>?
  /// Boundary parts; they may overlap, earlier ones take precedence where only one can count.
  public let parts: [Part]
  /// For each boundary facet the number of the primitive of the region's shape it lies on, where that is known.
  public let facetSurfaces: [Int32]?

  /// Puts the tables together; `topology` has been checked.
  init(
    _ topology: MeshTopology, vertexCoordinates: AlignedStorage<Double>,
    edgeMidpoints: AlignedStorage<Double>?, parts: [Part] = [], facetSurfaces: [Int32]? = nil
  ) {
    dimension = topology.dimension
    elements = topology.elements
    edges = topology.edges
    elementEdges = topology.elementEdges
    neighbours = topology.neighbours
    facets = topology.facets
    facetEdges = topology.facetEdges
    facetElements = topology.facetElements
    self.vertexCoordinates = vertexCoordinates
    self.edgeMidpoints = edgeMidpoints
    self.parts = parts
    self.facetSurfaces = facetSurfaces
  }

  public var vertexCount: Int { vertexCoordinates.count / dimension }
  public var elementCount: Int { elements.count / (dimension + 1) }
  public var edgeCount: Int { edges.count / 2 }
  /// The number of boundary facets.
  public var facetCount: Int { facetElements.count }

  /// 2 if edges may be curved, else 1.
  public var geometricOrder: Int { edgeMidpoints == nil ? 1 : 2 }

  /// The tables without coordinates, shared.
  var topology: MeshTopology {
    MeshTopology(
      dimension: dimension, elements: elements, edges: edges, elementEdges: elementEdges,
      neighbours: neighbours, facets: facets, facetEdges: facetEdges, facetElements: facetElements)
  }

  /// The same mesh with other parts; the tables are shared.
  public func replacingParts(_ parts: [Part], facetSurfaces: [Int32]? = nil) -> Mesh {
    precondition(
      parts.allSatisfy { $0.facets.allSatisfy { $0 >= 0 && $0 < facetCount } },
      "Mesh: a part has a facet that is not below \(facetCount)")
    return Mesh(
      topology, vertexCoordinates: vertexCoordinates, edgeMidpoints: edgeMidpoints, parts: parts,
      facetSurfaces: facetSurfaces ?? self.facetSurfaces)
  }

  /// The corners of the smallest box that holds all vertices and midpoints.
  public var boundingBox: (lower: [Double], upper: [Double]) {
    var lower = [Double](repeating: .infinity, count: dimension)
    var upper = [Double](repeating: -.infinity, count: dimension)
    for points in [vertexCoordinates, edgeMidpoints].compactMap({ $0 }) {
      for (index, value) in points.buffer.enumerated() {
        lower[index % dimension] = min(lower[index % dimension], value)
        upper[index % dimension] = max(upper[index % dimension], value)
      }
    }
    return (lower, upper)
  }
}

extension Mesh: CustomStringConvertible {
  public var description: String {
    let kind = ["intervals", "triangles", "tetrahedra"][dimension - 1]
    let names = parts.isEmpty ? "" : ", parts " + parts.map(\.name).joined(separator: ", ")
    return "Mesh: \(vertexCount) vertices, \(elementCount) \(kind) of order \(geometricOrder), "
      + "\(facetCount) boundary facets\(names)"
  }
}
