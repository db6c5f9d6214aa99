public import Arrays

/// A mesh of intervals, triangles or tetrahedra at whose nodes fields have values.
///
/// Between the nodes of a cell a field is linear. Pictures show a plane mesh as it is, and a solid one on the
/// planes through the middle of each axis.
public struct PlotMesh: Sendable {
  /// The names and units of the coordinates, one per space dimension.
  public let axes: [Quantity]
  /// Nodes × dimensions.
  public let nodes: NDArray<Double>
  /// Cells × (dimensions + 1): the numbers of their nodes.
  public let cells: NDArray<Int32>
  /// What is drawn in two and three dimensions: the mesh itself, or three sections.
  let planes: [PlaneMesh]

  /// A mesh from its tables; sections and outlines are found here, once for all fields and times.
  ///
  /// Cost: n log n in the number of cells. Cells with a node twice or at no finite place are not drawn.
  ///
  /// - Parameters:
  ///   - axes: names and units of one to three coordinates.
  ///   - nodes: nodes × dimensions.
  ///   - cells: cells × (dimensions + 1), every number below the number of nodes.
  public init(axes: [Quantity], nodes: NDArray<Double>, cells: NDArray<Int32>) {
    let dimension = axes.count
    precondition((1...3).contains(dimension), "PlotMesh: \(dimension) dimensions, must be 1 to 3")
    precondition(
      nodes.shape.count == 2 && nodes.shape[1] == dimension && cells.shape.count == 2
        && cells.shape[1] == dimension + 1,
      "PlotMesh: nodes \(nodes.shape) and cells \(cells.shape) do not fit to \(dimension) dimensions")
    let count = nodes.shape[0]
    precondition(
      cells.withUnsafeBuffer { $0.allSatisfy { $0 >= 0 && $0 < count } },
      "PlotMesh: a cell has a node that is not below \(count)")
    self.axes = axes
    self.nodes = nodes
    self.cells = cells
    switch dimension {
    case 1: planes = []
    case 2: planes = [PlaneMesh(axes, nodes, cells)]
    default:
      let box = (0..<3).map { axis in
        AxisScale.extremes((0..<count).lazy.map { nodes[flat: 3 * $0 + axis] }) ?? (0, 0)
      }
      planes = [(0, 1, 2), (0, 2, 1), (1, 2, 0)].map { across, up, normal in
        PlaneMesh(axes, nodes, cells, across: across, up: up, normal: normal, box: box)
      }
    }
  }

  /// The number of space dimensions.
  public var dimension: Int { axes.count }
}
