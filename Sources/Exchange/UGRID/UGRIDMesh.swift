public import Arrays

/// A mesh of simplices in a NetCDF file, by the UGRID conventions 1.0, as plain arrays.
///
/// What UGRID cannot say stands in further variables: which parts of the boundary a facet belongs to (CF flag
/// masks, as parts may overlap), and the quadratic elements that the linear cells are pieces of.
public struct UGRIDMesh: Sendable, Equatable {
  /// A named part of the boundary.
  public struct Part: Sendable, Hashable {
    public var name: String
    /// Rows of `boundary`.
    public var facets: [Int32]

    public init(name: String, facets: [Int32]) {
      self.name = name
      self.facets = facets
    }
  }
  /// The names of the coordinates, one per dimension.
  public var axes: [String]
  /// The units of coordinates that have one, by name.
  public var units: [String: String] = [:]
  /// Nodes × dimensions.
  public var nodes: NDArray<Double>
  /// Cells × (dimension + 1): intervals, triangles or tetrahedra.
  public var cells: NDArray<Int32>
  /// Boundary facets × dimension.
  public var boundary: NDArray<Int32>
  public var parts: [Part]
  /// Quadratic elements × nodes, where the cells are pieces of such.
  public var quadraticElements: NDArray<Int32>?

  public init(
    axes: [String], nodes: NDArray<Double>, cells: NDArray<Int32>, boundary: NDArray<Int32>, parts: [Part],
    quadraticElements: NDArray<Int32>? = nil
  ) {
    self.axes = axes
    self.nodes = nodes
    self.cells = cells
    self.boundary = boundary
    self.parts = parts
    self.quadraticElements = quadraticElements
  }

  /// The number of space dimensions.
  public var dimension: Int { axes.count }

  /// The variable that describes the mesh, and the beginning of the other names.
  static let name = "mesh"
  static let nodeDimension = "mesh_node"
  static let boundaryVariable = "mesh_boundary_nodes"
  static let partsVariable = "mesh_boundary_parts"
  static let quadraticVariable = "mesh_quadratic_elements"
  /// Flag masks are 64-bit integers.
  static let partLimit = 62

  /// What UGRID calls the cells of each dimension.
  static func cellWord(_ dimension: Int) -> String { ["edge", "face", "volume"][dimension - 1] }
  static func cellVariable(_ dimension: Int) -> String { "mesh_\(cellWord(dimension))_nodes" }
}
