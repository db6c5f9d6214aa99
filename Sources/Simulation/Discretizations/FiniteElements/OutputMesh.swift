import Arrays
import Geometry

/// The nodes and linear simplices that fields on a mesh are recorded on: quadratic elements are cut at their edges' middles.
struct OutputMesh {
  let nodes: MeshNodes
  let coordinates: NDArray<Double>
  /// Simplices × (dimension + 1).
  let cells: NDArray<Int32>

  init(_ mesh: Mesh, order: Int) {
    nodes = mesh.nodes(order: order)
    let (dimension, count) = (mesh.dimension, nodes.count)
    coordinates = NDArray(shape: [count, dimension], nodes.coordinates.buffer.prefix(count * dimension))
    let pieces = Self.pieces(dimension: dimension, order: order)
    let width = nodes.nodesPerElement
    var cells: [Int32] = []
    cells.reserveCapacity(mesh.elementCount * pieces.count * (dimension + 1))
    for element in 0..<mesh.elementCount {
      let own = nodes.elementNodes.baseAddress + element * width
      for piece in pieces { for local in piece { cells.append(own[local]) } }
    }
    self.cells = NDArray(shape: [cells.count / (dimension + 1), dimension + 1], cells)
  }

  private static func pieces(dimension: Int, order: Int) -> [[Int]] {
    guard order == 2 else { return [Array(0...dimension)] }
    return switch dimension {
    case 1: [[0, 2], [2, 1]]
    case 2: [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]]
    default:
      [
        [0, 4, 6, 7], [4, 1, 5, 8], [6, 5, 2, 9], [7, 8, 9, 3],
        // The octahedron in the middle, about the diagonal between the first and the last edge.
        [4, 5, 6, 9], [4, 6, 7, 9], [4, 7, 8, 9], [4, 8, 5, 9],
      ]
    }
  }
}
