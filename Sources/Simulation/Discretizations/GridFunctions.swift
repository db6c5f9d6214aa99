package import Arrays
package import Equations
package import Spectral

/// Functions of space alone, evaluated on a tensor grid or at scattered points: coordinates, coefficient fields and
/// expressions of them.
package final class GridFunctions: @unchecked Sendable {
  /// Names and coordinates of the axes, in storage order.
  private let axes: [(name: String, coordinates: [Double])]
  /// Values of the coefficient fields, in storage order.
  private let fields: [String: AlignedStorage<Double>]
  package let count: Int

  package init(
    axes: [(name: String, coordinates: [Double])], fields: [String: AlignedStorage<Double>] = [:]
  ) {
    self.axes = axes
    self.fields = fields
    count = axes.reduce(1) { $0 * $1.coordinates.count }
  }

  /// The grid of a layout.
  ///
  /// - Parameter axisNames: of the domain, in its order.
  package convenience init(
    layout: PencilLayout, axisNames: [String], fields: [String: AlignedStorage<Double>] = [:]
  ) {
    self.init(
      axes: layout.axes.indices.map { axis in
        (
          axisNames[layout.axes[axis].userIndex],
          (0..<layout.axes[axis].points).map { layout.coordinate($0, axis: axis) }
        )
      }, fields: fields)
  }

  /// Scattered points: the values there of every coordinate and every field, by name.
  package init(points count: Int, _ values: [String: AlignedStorage<Double>]) {
    axes = []
    fields = values
    self.count = count
  }

  private init(
    axes: [(name: String, coordinates: [Double])], fields: [String: AlignedStorage<Double>], count: Int
  ) {
    self.axes = axes
    self.fields = fields
    self.count = count
  }

  /// The same points with further fields.
  package func adding(_ more: [String: AlignedStorage<Double>]) -> GridFunctions {
    GridFunctions(axes: axes, fields: fields.merging(more) { _, new in new }, count: count)
  }

  /// The symbols that vary in space.
  package var names: Set<String> { Set(axes.map(\.name)).union(fields.keys) }

  /// The values of an expression of coordinates and fields, row-major in storage order.
  ///
  /// - Parameter time: the value of `t`.
  /// - Throws: `SimulationError.notEvaluable` if anything else is in it.
  package func values(of expression: Expression, time: Double = 0) throws -> AlignedStorage<Double> {
    if case .symbol(let name) = expression, name != "t" { return try symbolValues(name) }
    // Coordinates and fields are the inputs of a program that runs once over the whole grid.
    let symbols = names.sorted().filter(expression.mentions)
    let program = try ProgramCompiler.compile(
      [
        expression.replacingLeaves { leaf in
          guard case .symbol(let name) = leaf, let number = symbols.firstIndex(of: name) else { return leaf }
          return .input(number)
        }
      ], inputCount: symbols.count, spatialNames: []
    ) { throw SimulationError.notEvaluable("\($0)") }
    let inputs = try symbols.map(symbolValues)
    let result = AlignedStorage<Double>(count: count)
    program.run(inputs: inputs, time: time, into: [result])
    return result
  }

  private func symbolValues(_ name: String) throws -> AlignedStorage<Double> {
    if let field = fields[name] { return field }
    guard let axis = axes.firstIndex(where: { $0.name == name }) else {
      throw SimulationError.notEvaluable(name)
    }
    let coordinates = axes[axis].coordinates
    let inner = axes[(axis + 1)...].reduce(1) { $0 * $1.coordinates.count }
    let result = AlignedStorage<Double>(count: count)
    for point in 0..<count { result.baseAddress[point] = coordinates[point / inner % coordinates.count] }
    return result
  }
}
