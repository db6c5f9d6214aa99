import Arrays
import Plotting

/// Structured meshes of boxes with parts left out.
enum SampleMeshes {
  /// A box of cells that are cut along their main diagonals; nodes in an order that helps nobody.
  ///
  /// - Parameters:
  ///   - lower: one corner.
  ///   - upper: the opposite one.
  ///   - cells: along each axis.
  ///   - isKept: given the middle of a cell.
  static func box(
    _ lower: [Double], _ upper: [Double], cells: [Int], where isKept: ([Double]) -> Bool = { _ in true }
  ) -> PlotMesh {
    let dimension = cells.count
    let lattice = cells.map { $0 + 1 }
    let count = lattice.reduce(1, *)
    func place(_ index: Int, _ lengths: [Int]) -> [Int] {
      var rest = index
      return lengths.map { length in
        defer { rest /= length }
        return rest % length
      }
    }
    func coordinate(_ axis: Int, _ position: Double) -> Double {
      lower[axis] + (upper[axis] - lower[axis]) * position / Double(cells[axis])
    }
    let paths: [[Int]] = [
      [[0]], [[0, 1], [1, 0]], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]],
    ][dimension - 1]
    var table: [Int32] = []
    for cell in 0..<cells.reduce(1, *) {
      let corner = place(cell, cells)
      guard isKept(corner.indices.map { coordinate($0, Double(corner[$0]) + 0.5) }) else { continue }
      for path in paths {
        var vertex = corner
        for step in [nil] + path.map({ Optional($0) }) {
          if let step { vertex[step] += 1 }
          let number = vertex.indices.reversed().reduce(0) { $0 * lattice[$1] + vertex[$1] }
          table.append(Int32((count - 1) - number))
        }
      }
    }
    return PlotMesh(
      axes: ["x", "y", "z"].prefix(dimension).map { Quantity($0, unit: "m") },
      nodes: NDArray(shape: [count, dimension]) { index in
        let axis = index % dimension
        return coordinate(axis, Double(place(count - 1 - index / dimension, lattice)[axis]))
      },
      cells: NDArray(shape: [table.count / (dimension + 1), dimension + 1], table))
  }

  /// Two by one, without the upper right quarter.
  static var angle: PlotMesh {
    box([0, 0], [2, 1], cells: [8, 4]) { !($0[0] > 1 && $0[1] > 0.5) }
  }

  /// A square without its middle ninth.
  static var frame: PlotMesh {
    box([-3, -3], [3, 3], cells: [6, 6]) { abs($0[0]) > 1 || abs($0[1]) > 1 }
  }

  /// A steady field that is a function of the place.
  static func field(
    _ mesh: PlotMesh, name: String = "u", _ value: @escaping @Sendable ([Double]) -> Double
  ) -> FieldSeries {
    moving(mesh, name: name, times: []) { place, _ in value(place) }
  }

  /// A field that is a function of place and time.
  static func moving(
    _ mesh: PlotMesh, name: String = "u", times: [Double],
    _ value: @escaping @Sendable ([Double], Double) -> Double
  ) -> FieldSeries {
    let dimension = mesh.dimension
    return FieldSeries(name: name, unit: "K", times: times, timeUnit: "s", mesh: mesh) { index in
      NDArray(shape: [mesh.nodes.shape[0]]) { node in
        value(
          (0..<dimension).map { mesh.nodes[flat: node * dimension + $0] }, times.isEmpty ? 0 : times[index])
      }
    }
  }
}
