import Arrays
import Equations
import Exchange
import Geometry

/// What a run on cells or elements records: unknowns, chosen definitions, quantities.
final class BalanceOutput {
  let layout: RecordLayout
  private let problem: Problem
  private let form: FluxForm
  private let discretization: any BalanceDiscretization
  private let fields: PointEvaluator
  private let integrands: PointEvaluator
  private let reductions: [Function]
  /// Every quantity as an expression of the numbered reductions.
  private let quantities: [Expression]
  private let shape: [Int]
  /// The inputs that recorded fields depend on.
  private let needed: Set<Int>

  init(_ problem: Problem, _ form: FluxForm, _ discretization: any BalanceDiscretization) throws {
    self.problem = problem
    self.form = form
    self.discretization = discretization
    var recorded: [RecordedField] = []
    var expressions: [Expression] = []
    let wanted = problem.output.fields
    for name in wanted.isEmpty ? problem.unknowns.map(\.name) : wanted {
      let unknown = problem.unknowns.first { $0.name == name }
      let expression = problem.definitions.first { $0.name == name }?.expression ?? .symbol(name)
      for part in try form.components(of: expression, in: problem, for: unknown) {
        expressions.append(try form.inputExpression(of: part, about: name))
        let definition =
          unknown == nil
          ? "\(name) = \(expression)"
          : unknown?.kind == .real ? name : "component \(name + part.suffix) of \(name)"
        recorded.append(
          RecordedField(
            name: name + part.suffix, unit: unknown?.unit ?? problem.units[name], longName: definition))
      }
    }
    needed = expressions.reduce(into: []) { $0.formUnion($1.inputs) }
    fields = try PointEvaluator(
      expressions, inputCount: form.inputCount, functions: discretization.outputPoints())
    var reductions: [Function] = []
    var operands: [Expression] = []
    quantities = try problem.quantities.map { quantity in
      try quantity.expression.substitutingNumbers(problem.parameterValues).replacingReductions {
        function, operand in
        let parts = try form.components(of: operand, in: problem)
        guard parts.count == 1 else {
          throw EquationError(.quantity(quantity.name), "'\(operand)' is not one real number at a point")
        }
        operands.append(try form.inputExpression(of: parts[0], about: quantity.name))
        reductions.append(function)
        return .input(reductions.count - 1)
      }
    }
    self.reductions = reductions
    integrands = try PointEvaluator(
      operands, inputCount: form.inputCount, functions: discretization.quadraturePoints.functions)
    var layout = discretization.recordLayout
    shape = layout.shape
    layout.fields = recorded
    layout.timeUnit = problem.units["t"]
    for axis in layout.axes.indices { layout.axes[axis].unit = problem.units[layout.axes[axis].name] }
    let coordinates = layout.mesh?.axes ?? []
    layout.mesh?.units = problem.units.filter { coordinates.contains($0.key) }
    layout.quantities = problem.quantities.map {
      RecordedField(name: $0.name, longName: "\($0.name) = \($0.expression)")
    }
    self.layout = layout
  }

  /// The state as a record.
  func record(_ state: StateVector, time: Double) throws -> Record {
    fields.evaluate(inputs: discretization.outputInputs(state, time: time, needed: needed), time: time)
    var reduced: [Expression] = []
    if !reductions.isEmpty {
      integrands.evaluate(inputs: discretization.quadratureInputs(state, time: time), time: time)
      let weights = discretization.quadraturePoints.weights
      var volume = 0.0
      for i in 0..<weights.count { volume += weights.baseAddress[i] }
      for (function, values) in zip(reductions, integrands.results) {
        var sum = 0.0
        for i in 0..<weights.count { sum += weights.baseAddress[i] * values.baseAddress[i] }
        reduced.append(.number(function == .mean ? sum / volume : sum))
      }
    }
    return Record(
      time: time, fields: fields.results.map { NDArray(shape: shape, $0.buffer) },
      quantities: try quantities.map { try ScalarExpression($0.replacingInputs(reduced)).value(time: time) })
  }
}

extension FluxForm {
  /// A component in terms of the form's inputs.
  func inputExpression(of part: DerivedComponent, about name: String) throws -> Expression {
    let inputs = try part.inputs.map { form -> Expression in
      guard form.coefficients.count == 1, let key = form.coefficients.keys.first, key.derivative.total <= 1
      else {
        throw SimulationError.unsupported(
          "'\(name)' has a second derivative, which cells and elements do not give")
      }
      return .input(input(key.unknown, axis: key.derivative.orders.firstIndex(of: 1)))
    }
    return part.integrand.replacingInputs(inputs)
  }
}
