package import Arrays
package import Equations
package import Spectral

/// Functions of space alone, evaluated on a grid: coordinates, coefficient fields and expressions of them.
package final class GridFunctions: @unchecked Sendable {
  package let layout: PencilLayout
  private let axisNames: [String]
  /// Values of the coefficient fields, in storage order.
  private let fields: [String: AlignedStorage<Double>]

  /// - Parameters:
  ///   - axisNames: of the domain, in its order.
  package init(layout: PencilLayout, axisNames: [String], fields: [String: AlignedStorage<Double>] = [:]) {
    self.layout = layout
    self.axisNames = axisNames
    self.fields = fields
  }

  /// The symbols that vary in space.
  package var names: Set<String> { Set(axisNames).union(fields.keys) }

  /// The values of an expression of coordinates and fields, row-major in storage order.
  ///
  /// - Parameter time: the value of `t`.
  /// - Throws: `SimulationError.notEvaluable` if anything else is in it.
  package func values(of expression: Expression, time: Double = 0) throws -> AlignedStorage<Double> {
    if case .symbol(let name) = expression { return try symbolValues(name) }
    // Coordinates and fields are the inputs of a program that runs once over the whole grid.
    let symbols = names.sorted().filter(expression.mentions)
    let program = try ProgramCompiler.compile(
      [expression.replacingSymbols(symbols)], inputCount: symbols.count, spatialNames: []
    ) { throw SimulationError.notEvaluable("\($0)") }
    let inputs = try symbols.map(symbolValues)
    let result = AlignedStorage<Double>(count: layout.gridPoints)
    program.runOnce(inputs: inputs, time: time, into: result)
    return result
  }

  private func symbolValues(_ name: String) throws -> AlignedStorage<Double> {
    if let field = fields[name] { return field }
    guard let user = axisNames.firstIndex(of: name),
      let axis = layout.axes.firstIndex(where: { $0.userIndex == user })
    else { throw SimulationError.notEvaluable(name) }
    let result = AlignedStorage<Double>(count: layout.gridPoints)
    let shape = layout.gridShape
    let inner = shape[(axis + 1)...].reduce(1, *)
    for point in 0..<layout.gridPoints {
      result.baseAddress[point] = layout.coordinate(point / inner % shape[axis], axis: axis)
    }
    return result
  }
}

extension CompiledProgram {
  /// Runs the program over whole arrays, a block at a time; for set-up, not for stepping.
  package func runOnce(inputs: [AlignedStorage<Double>], time: Double, into result: AlignedStorage<Double>) {
    let block = 1024
    let numbers = AlignedStorage<Double>(count: scalars.count)
    evaluateScalars(time: time, into: numbers.baseAddress)
    let temporaries = AlignedStorage<Double>(count: program.temporaryCount * block)
    var first = 0
    while first < result.count {
      let count = min(block, result.count - first)
      var registers = inputs.map { $0.baseAddress + first }
      registers += program.statics.map { $0.baseAddress + first }
      registers += (0..<program.temporaryCount).map { temporaries.baseAddress + $0 * block }
      program.run(registers: registers, scalars: numbers.baseAddress, count: count)
      (result.baseAddress + first).update(from: registers[program.outputs[0]], count: count)
      first += count
    }
  }
}

extension Expression {
  /// The expression with the listed symbols as `.input`s of their position.
  fileprivate func replacingSymbols(_ symbols: [String]) -> Expression {
    replacingLeaves { leaf in
      guard case .symbol(let name) = leaf, let number = symbols.firstIndex(of: name) else { return leaf }
      return .input(number)
    }
  }
}
