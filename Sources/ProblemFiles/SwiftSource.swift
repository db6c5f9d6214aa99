public import Equations
import Geometry

extension Problem {
  /// Swift source that builds the same problem with the library, as `explain --swift` prints it.
  ///
  /// Expressions are given in the equation language where that reads back as the same tree, and as trees
  /// elsewhere. The source is a throwing function body, since parsing throws.
  public var swiftSource: String { SwiftSource(problem: self).text }
}

private struct SwiftSource {
  let problem: Problem

  var text: String {
    var lines = ["import Parseval", "", "func makeProblem() throws -> Problem {"]
    lines += statements.map { $0.isEmpty ? "" : "  " + $0 }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private var parser: ExpressionParser { ExpressionParser(axes: problem.domain.axes.map(\.name)) }

  private var statements: [String] {
    var lines: [String] = []
    let axes = problem.domain.axes.map {
      "Axis(name: \(literal($0.name)), lower: \($0.lower), upper: \($0.upper), isPeriodic: \($0.isPeriodic))"
    }
    lines.append(
      "let parser = ExpressionParser(axes: [\(list(problem.domain.axes.map { literal($0.name) }))])")
    let time = problem.domain.time.map { ", time: \($0.lowerBound)...\($0.upperBound)" } ?? ""
    lines.append("\(problem.domain.isBox ? "let" : "var") domain = Domain(axes: [\(list(axes))]\(time))")
    if let geometry = problem.domain.geometry { lines += assignment("domain.geometry", shape: geometry) }
    if let file = problem.domain.meshFile { lines.append("domain.meshFile = \(literal(file))") }
    lines.append(
      "var problem = Problem(name: \(literal(problem.name)), title: \(literal(problem.title)), domain: domain)"
    )
    lines += assignment("parameters", problem.parameters.map { parameter($0) })
    lines += assignment(
      "unknowns",
      problem.unknowns.map {
        "Unknown(name: \(literal($0.name)), kind: .\($0.kind.rawValue)\(unit($0.unit)))"
      })
    lines += assignment("definitions", problem.definitions.map { definition($0) })
    lines += assignment(
      "fields",
      problem.fields.map {
        "CoefficientField(name: \(literal($0.name)), function: \(function($0.function))"
          + ($0.isUnknown ? ", isUnknown: true)" : ")")
      })
    lines += assignment(
      "equations", problem.equations.map { "try parser.parseEquation(\(literal($0.text)))" })
    lines += assignment(
      "gauges", problem.gauges.map { "Gauge(unknown: \(literal($0.unknown)), mean: \($0.mean))" })
    lines += assignment("parts", problem.parts.map { part($0) })
    lines += assignment("boundary", problem.boundary.map { condition($0) })
    lines += assignment("initial", problem.initial.map { initial($0) })
    lines += assignment("exact", problem.exact.map { definition($0) })
    lines += assignment("data", problem.data.map { measurements($0) })
    lines += assignment("quantities", problem.quantities.map { definition($0) })
    lines += assignment("budgets", problem.budgets.map { definition($0) })
    return lines + wishes + ["return problem"]
  }

  private var wishes: [String] {
    var lines: [String] = []
    if let reference = problem.reference {
      let variables = dictionary(reference.variables.mapValues { literal($0) })
      let accuracy = reference.accuracy.map { ", accuracy: \($0)" } ?? ""
      lines.append(
        "problem.reference = Reference(file: \(literal(reference.file)), variables: \(variables)\(accuracy))")
    }
    let discretization = problem.discretization
    if !discretization.points.isEmpty {
      lines.append(
        "problem.discretization.points = \(dictionary(discretization.points.mapValues { "\($0)" }))")
    }
    if let dealiasing = discretization.dealiasing {
      lines.append("problem.discretization.dealiasing = .\(dealiasing)")
    }
    if let method = discretization.method { lines.append("problem.discretization.method = .\(method)") }
    if discretization.average != .harmonic {
      lines.append("problem.discretization.average = .\(discretization.average)")
    }
    if discretization.convection != .central {
      lines.append("problem.discretization.convection = .\(discretization.convection)")
    }
    if discretization.element != .quadratic {
      lines.append("problem.discretization.element = .\(discretization.element)")
    }
    if !discretization.elements.isEmpty {
      lines.append(
        "problem.discretization.elements = \(dictionary(discretization.elements.mapValues { ".\($0)" }))")
    }
    if let size = discretization.size { lines.append("problem.discretization.size = \(size)") }
    lines += assignment("discretization.refinements", discretization.refinements.map { refinement($0) })
    if discretization.symbol != .spectral {
      lines.append("problem.discretization.symbol = .\(discretization.symbol)")
    }
    if let method = problem.solver.method { lines.append("problem.solver.method = \(literal(method))") }
    if let linear = problem.solver.linear { lines.append("problem.solver.linear = \(literal(linear))") }
    if let preconditioner = problem.solver.preconditioner {
      lines.append("problem.solver.preconditioner = \(literal(preconditioner))")
    }
    if let tolerance = problem.solver.linearTolerance {
      lines.append("problem.solver.linearTolerance = \(tolerance)")
    }
    if !problem.solver.continuation.isEmpty {
      let continuation = dictionary(problem.solver.continuation.mapValues { "\($0)" })
      lines.append("problem.solver.continuation = \(continuation)")
    }
    if let step = problem.solver.step { lines.append("problem.solver.step = \(step)") }
    if let tolerance = problem.solver.tolerance { lines.append("problem.solver.tolerance = \(tolerance)") }
    if problem.solver.force { lines.append("problem.solver.force = true") }
    if problem.solver.seed != 0 { lines.append("problem.solver.seed = \(problem.solver.seed)") }
    if let every = problem.output.every { lines.append("problem.output.every = \(every)") }
    if !problem.output.fields.isEmpty {
      lines.append("problem.output.fields = [\(list(problem.output.fields.map { literal($0) }))]")
    }
    return lines
  }

  // MARK: Values

  private func parameter(_ parameter: Parameter) -> String {
    guard !parameter.isUnknown else {
      return
        "Parameter(name: \(literal(parameter.name)), unknownFrom: \(parameter.value)\(unit(parameter.unit)))"
    }
    let value =
      switch parameter.distribution {
      case .uniform(let lower, let upper): "distribution: .uniform(from: \(lower), to: \(upper))"
      case .normal(let mean, let deviation): "distribution: .normal(mean: \(mean), deviation: \(deviation))"
      case nil: "value: \(parameter.value)"
      }
    let input = parameter.isInput ? ", isInput: true" : ""
    return "Parameter(name: \(literal(parameter.name)), \(value)\(input)\(unit(parameter.unit)))"
  }

  private func definition(_ definition: Definition) -> String {
    "Definition(name: \(literal(definition.name)), expression: \(expression(definition.expression)))"
  }

  private func measurements(_ data: MeasuredData) -> String {
    let source =
      switch data.source {
      case .values(let points, let values): ".values(points: \(points), values: \(values))"
      case .file(let path, let coordinates, let quantities):
        ".file(\(literal(path)), coordinates: [\(list(coordinates.map { literal($0) }))], "
          + "quantities: [\(list(quantities.map { literal($0) }))])"
      case .formulas(let formulas, let points, let seed):
        ".formulas([\(list(formulas.map { expression($0) }))], points: \(points), seed: \(seed))"
      }
    return
      "MeasuredData(quantities: [\(list(data.quantities.map { definition($0) }))], source: \(source), noise: \(data.noise))"
  }

  private func part(_ part: NamedPart) -> String {
    let conditions = part.conditions.map {
      "NamedPart.Condition(relation: .\($0.relation.rawValue), expression: \(expression($0.expression)))"
    }
    return "NamedPart(name: \(literal(part.name)), conditions: [\(list(conditions))])"
  }

  private func refinement(_ refinement: Refinement) -> String {
    switch refinement {
    case .part(let name, let size): ".part(\(literal(name)), size: \(size))"
    case .point(let point, let radius, let exponent):
      ".point(\(point), radius: \(radius), exponent: \(exponent))"
    }
  }

  private func assignment(_ name: String, shape: Shape) -> [String] {
    var lines = self.lines(of: shape)
    lines[0] = "\(name) = Shape" + lines[0]
    return lines
  }

  /// A shape as a call, combinations over several lines.
  private func lines(of shape: Shape) -> [String] {
    let name = shape.name.map { ", name: \(literal($0))" } ?? ""
    switch shape.form {
    case .box(let lower, let upper): return [".box(\(lower), \(upper)\(name))"]
    case .ball(let center, let radius):
      return [".\(center.count == 2 ? "disc" : "sphere")(center: \(center), radius: \(radius)\(name))"]
    case .ellipse(let center, let semiAxes, let angle):
      return [".ellipse(center: \(center), semiAxes: \(semiAxes), angle: \(angle)\(name))"]
    case .polygon(let vertices): return [".polygon(\(vertices)\(name))"]
    case .cylinder(let start, let end, let radius):
      return [".cylinder(from: \(start), to: \(end), radius: \(radius)\(name))"]
    case .union(let shapes): return combination("union", shapes, name)
    case .intersection(let shapes): return combination("intersection", shapes, name)
    case .difference(let shapes): return combination("difference", shapes, name)
    }
  }

  private func combination(_ kind: String, _ shapes: [Shape], _ name: String) -> [String] {
    var lines = [".\(kind)(["]
    for shape in shapes {
      var own = self.lines(of: shape).map { "  " + $0 }
      own[own.count - 1] += ","
      lines += own
    }
    return lines + ["]\(name))"]
  }

  private func condition(_ condition: BoundaryCondition) -> String {
    let place =
      switch condition.place {
      case .face(let face): "face: Face(axis: \(face.axis), side: .\(face.side.rawValue))"
      case .part(let name): ".part(\(literal(name)))"
      case .rest: ".rest"
      }
    return
      "BoundaryCondition(\(place), unknown: \(literal(condition.unknown)), kind: .\(condition.kind.rawValue), "
      + "value: \(expression(condition.value)))"
  }

  private func initial(_ value: InitialValue) -> String {
    "InitialValue(unknown: \(literal(value.unknown)), timeOrder: \(value.timeOrder), "
      + "function: \(function(value.function)), isProjected: \(value.isProjected))"
  }

  private func function(_ function: SpatialFunction) -> String {
    switch function {
    case .expression(let value): return ".expression(\(expression(value)))"
    case .gaussian(let field):
      let mean = field.mean.map { ", mean: \($0)" } ?? ""
      let map = field.map.map { ", map: \(expression($0))" } ?? ""
      let spectrum =
        switch field.spectrum {
        case .power(let amplitude, let shift, let exponent):
          ".power(amplitude: \(amplitude), shift: \(shift), exponent: \(exponent))"
        case .expression(let deviation): ".expression(\(expression(deviation)))"
        }
      return ".gaussian(GaussianField(\(spectrum), boundary: .\(field.boundary.rawValue)\(mean)\(map)))"
    }
  }

  private func expression(_ expression: Expression) -> String {
    let text = expression.description
    if let again = try? parser.parse(text), again == expression {
      return "try parser.parse(\(literal(text)))"
    }
    return tree(expression)
  }

  private func tree(_ expression: Expression) -> String {
    func trees(_ parts: [Expression]) -> String { list(parts.map { tree($0) }) }
    switch expression {
    case .number(let value): return ".number(\(value))"
    case .imaginaryUnit: return ".imaginaryUnit"
    case .symbol(let name): return ".symbol(\(literal(name)))"
    case .input(let number): return ".input(\(number))"
    case .sum(let terms): return ".sum([\(trees(terms))])"
    case .product(let factors): return ".product([\(trees(factors))])"
    case .power(let base, let exponent): return ".power(\(tree(base)), \(tree(exponent)))"
    case .call(let function, let arguments): return ".call(.\(function.rawValue), [\(trees(arguments))])"
    case .derivative(let operand, let axis, let order):
      return ".derivative(\(tree(operand)), axis: \(literal(axis)), order: \(order))"
    case .vectorOperator(let name, let operands):
      return ".vectorOperator(.\(name.rawValue), [\(trees(operands))])"
    case .vector(let components): return ".vector([\(trees(components))])"
    case .comparison(let comparison, let left, let right):
      return ".comparison(.\(comparison), \(tree(left)), \(tree(right)))"
    case .conditional(let condition, let then, let otherwise):
      return ".conditional(\(tree(condition)), \(tree(then)), \(tree(otherwise)))"
    }
  }

  // MARK: Syntax

  private func assignment(_ name: String, _ elements: [String]) -> [String] {
    guard !elements.isEmpty else { return [] }
    return ["problem.\(name) = ["] + elements.map { "  \($0)," } + ["]"]
  }

  private func unit(_ unit: String?) -> String { unit.map { ", unit: \(literal($0))" } ?? "" }

  private func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }

  private func dictionary(_ entries: [String: String]) -> String {
    guard !entries.isEmpty else { return "[:]" }
    return "[" + list(entries.sorted { $0.key < $1.key }.map { "\(literal($0.key)): \($0.value)" }) + "]"
  }

  /// A Swift string literal; nothing in the text can end it or run inside it.
  private func literal(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        let isPlain = (0x20..<0x7F).contains(scalar.value)
        result += isPlain ? String(Character(scalar)) : "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result + "\""
  }
}
