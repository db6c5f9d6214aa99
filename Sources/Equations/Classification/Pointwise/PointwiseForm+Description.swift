import Geometry

extension PointwiseForm: CustomStringConvertible {
  /// The relations as understood: unknowns, equations, conditions, data.
  public var description: String {
    let functions = unknowns.indices.filter { unknown in !fields.contains { $0.unknown == unknown } }
    var lines = ["unknowns: " + functions.map { unknowns[$0].name }.joined(separator: ", ")]
    let evolved = unknowns.indices.map { timeOrder(of: $0) }.max() ?? 0
    lines.append(
      "kind: " + (evolved == 0 ? "steady" : "evolution, \(evolved == 1 ? "first" : "second") order in time")
        + (isInverse ? ", inverse" : ""))
    if isInverse { lines += ["to be found:"] + soughtTexts.map { "  " + $0 } }
    lines += ["equations:"] + equations.map { "  \(text(of: $0)) = 0" }
    if !boundary.isEmpty { lines += ["boundary:"] + boundaryTexts.map { "  " + $0 } }
    if !initial.isEmpty { lines += ["at the first time:"] + initial.map { "  " + text(of: $0) } }
    if !data.isEmpty { lines += ["data:"] + data.map { "  " + text(of: $0) } }
    let bare = remarksOnFaces
    if !bare.isEmpty { lines += ["remarks:"] + bare.map { "  \($0)" } }
    return lines.joined(separator: "\n")
  }

  /// Whether there is something to be found beside the unknowns.
  public var isInverse: Bool { !parameters.isEmpty || !fields.isEmpty }

  /// What is to be found, with first guesses.
  private var soughtTexts: [String] {
    parameters.map { parameter in
      "the number \(parameter.name), from \(Expression.number(parameter.initial))"
        + (parameter.exact.map { "; in truth \(Expression.number($0))" } ?? "")
    }
      + fields.map { field in
        "the function \(unknowns[field.unknown].name), from \(field.initial)"
      }
  }

  /// The left side of a relation in readable maths, such as `dt(u) - 0.1*dxx(u)`.
  public func text(of relation: Relation) -> String { "\(readable(relation.expression))" }

  /// What holds at the boundary, in readable maths, with the places where it does.
  public var boundaryTexts: [String] {
    var groups: [(text: String, places: [BoundaryPlace])] = []
    for condition in boundary {
      let text = text(of: condition)
      if let known = groups.firstIndex(where: { $0.text == text }) {
        groups[known].places.append(condition.place)
      } else {
        groups.append((text, [condition.place]))
      }
    }
    return groups.map { "\($0.text) \(domain.text(of: $0.places))" }
  }

  private func text(of condition: Condition) -> String {
    guard condition.kind == .dirichlet, let value = condition.value else {
      return "\(text(of: condition.relation)) = 0"
    }
    return "\(unknowns[condition.unknown].name) = \(value)"
  }

  private func text(of initial: Initial) -> String {
    let name = unknowns[initial.unknown].name
    return "\(initial.timeOrder == 0 ? name : "dt(\(name))") = \(initial.value)"
  }

  /// What is measured, in words.
  public func text(of data: Measurements) -> String {
    let names = data.relations.map(\.name).joined(separator: ", ")
    let noise = data.noise > 0 ? ", with an error of \(Expression.number(data.noise))" : ""
    switch data.source {
    case .values(let points, _):
      return "\(names) at \(points.count / max(coordinates.count, 1)) points\(noise)"
    case .file(let path, _, _): return "\(names) from \(path)\(noise)"
    case .formulas(_, let points, let seed):
      return "\(names) from formulas at \(points) random points, seed \(seed)\(noise)"
    }
  }

  /// Ends of axes at which nothing is said of an unknown, although its equations have derivatives along that axis.
  private var remarksOnFaces: [String] {
    guard domain.isBox, !boundary.contains(where: { $0.place == .rest }) else { return [] }
    var texts: [String] = []
    for unknown in unknowns.indices where !fields.contains(where: { $0.unknown == unknown }) {
      let faces = domain.axes.indices.filter { axis in
        !domain.axes[axis].isPeriodic
          && derivatives.contains { $0.unknown == unknown && $0.orders[axis] > 0 }
      }.flatMap { axis in Side.allCases.map { BoundaryPlace.face(Face(axis: axis, side: $0)) } }
      let bare = faces.filter { place in !boundary.contains { $0.unknown == unknown && $0.place == place } }
      if !bare.isEmpty {
        texts.append("nothing is said of \(unknowns[unknown].name) \(domain.text(of: bare))")
      }
    }
    return texts
  }

  /// An expression with unknowns and their derivatives under their names.
  private func readable(_ expression: Expression) -> Expression {
    expression.replacingLeaves { leaf in
      switch leaf {
      case .input(let number):
        let derivative = derivatives[number]
        return MultiIndex(derivative.orders).applied(
          to: .symbol(unknowns[derivative.unknown].name), axes: coordinates)
      case .symbol(let name) where name.hasPrefix("n."): return .symbol("n_" + name.dropFirst(2))
      default: return nil
      }
    }.simplified()
  }
}
