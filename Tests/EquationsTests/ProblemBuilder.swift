import Equations
import Geometry

/// A periodic box with one axis per name, each of length 2π, and a time interval.
func box(_ axes: String..., bounded: Set<String> = [], isSteady: Bool = false) -> Domain {
  Domain(
    axes: axes.map { Axis(name: $0, lower: 0, upper: 1, isPeriodic: !bounded.contains($0)) },
    time: isSteady ? nil : 0...1)
}

/// A problem from the texts of its parts.
func makeProblem(
  _ domain: Domain, parameters: [String: Double] = [:], unknowns: [Unknown], define: [(String, String)] = [],
  fields: [String] = [], boundary: [(Face, String)] = [], equations: [String]
) throws -> Problem {
  let parser = ExpressionParser(axes: domain.axes.map(\.name))
  var problem = Problem(name: "test", domain: domain)
  problem.parameters = parameters.sorted { $0.key < $1.key }.map { Parameter(name: $0.key, value: $0.value) }
  problem.unknowns = unknowns
  problem.definitions = try define.map { Definition(name: $0.0, expression: try parser.parse($0.1)) }
  problem.fields = fields.map { CoefficientField(name: $0, function: .expression(.one)) }
  problem.equations = try equations.map { try parser.parseEquation($0) }
  problem.boundary = try boundary.map { face, text in
    let condition = try parser.parseBoundaryCondition(text)
    return BoundaryCondition(
      face: face, unknown: condition.unknown, kind: condition.kind, value: condition.value)
  }
  return problem
}

extension Unknown {
  /// A real unknown by its name.
  static func real(_ name: String) -> Unknown { Unknown(name: name) }
}

extension Face {
  static func lower(_ axis: Int) -> Face { Face(axis: axis, side: .lower) }
  static func upper(_ axis: Int) -> Face { Face(axis: axis, side: .upper) }
}

/// The messages of all mistakes of a problem; empty if it has none.
func mistakes(_ problem: Problem) -> [String] {
  do {
    _ = try NormalForm(problem)
    return []
  } catch {
    return error.errors.map(\.message)
  }
}
