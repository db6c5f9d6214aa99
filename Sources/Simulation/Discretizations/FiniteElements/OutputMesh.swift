import Arrays
import Exchange
import Geometry

/// The nodes and linear simplices that fields on a mesh are recorded on: quadratic elements are cut at their edges' middles.
struct OutputMesh {
  let nodes: MeshNodes
  let ugrid: UGRIDMesh

  init(_ mesh: Mesh, order: Int, axes: [String]) {
    nodes = mesh.nodes(order: order)
    let (dimension, count) = (mesh.dimension, nodes.count)
    let pieces = Self.pieces(dimension: dimension, order: order)
    let width = nodes.nodesPerElement
    var cells: [Int32] = []
    cells.reserveCapacity(mesh.elementCount * pieces.count * (dimension + 1))
    for element in 0..<mesh.elementCount {
      let own = nodes.elementNodes.baseAddress + element * width
      for piece in pieces { for local in piece { cells.append(own[local]) } }
    }
    ugrid = UGRIDMesh(
      axes: axes,
      nodes: NDArray(shape: [count, dimension], nodes.coordinates.buffer.prefix(count * dimension)),
      cells: NDArray(shape: [cells.count / (dimension + 1), dimension + 1], cells),
      boundary: NDArray(
        shape: [mesh.facetCount, dimension], mesh.facets.buffer.prefix(mesh.facetCount * dimension)),
      parts: mesh.parts.prefix(62).map { UGRIDMesh.Part(name: $0.name, facets: $0.facets) },
      quadraticElements: order == 1
        ? nil
        : NDArray(
          shape: [mesh.elementCount, width], nodes.elementNodes.buffer.prefix(mesh.elementCount * width)))
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
