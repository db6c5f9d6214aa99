import Exchange
import Plotting

extension SolutionFile {
  /// The file's mesh, for pictures.
  func plotMesh() throws(ExchangeError) -> PlotMesh {
    let mesh = try UGRIDMesh(reading: source)
    let count = mesh.nodes.shape[0]
    for field in fields where meshFields.contains(field.name) {
      let shape = source.schema.shape(of: field).dropFirst(field.dimensions.first == timeName ? 1 : 0)
      guard shape.elementsEqual([count]) else {
        throw ExchangeError(
          path: source.path, kind: .mismatch,
          reason: "'\(field.name)' must have one value at each of the \(count) nodes, not \(Array(shape))")
      }
    }
    return PlotMesh(
      axes: mesh.axes.map { Quantity($0, unit: mesh.units[$0]) }, nodes: mesh.nodes, cells: mesh.cells)
  }
}
