import Geometry

extension Problem {
  /// The names of the components of an unknown: `u_x` of a vector, `h_re` and `h_im` of a complex one.
  public func componentNames(of unknown: Unknown) -> [String] {
    switch unknown.kind {
    case .real: [unknown.name]
    case .complex: [unknown.name + "_re", unknown.name + "_im"]
    case .vector: domain.axes.map { "\(unknown.name)_\($0.name)" }
    }
  }

  /// Every name that equations may use.
  public var knownNames: Set<String> {
    var names = Set(
      domain.axes.map(\.name) + parameters.map(\.name) + definitions.map(\.name) + fields.map(\.name))
    for unknown in unknowns { names.formUnion([unknown.name] + componentNames(of: unknown)) }
    if domain.time != nil { names.insert("t") }
    return names
  }

  /// Names that are used and not defined, defined twice, or reserved by the language.
  public func nameErrors() -> [EquationError] {
    var errors = duplicateNames()
    let known = knownNames
    func check(_ expression: Expression, _ known: Set<String>, _ subject: EquationError.Subject) {
      for name in expression.freeSymbols.subtracting(known).sorted() {
        let isTime = name == "t" && domain.time == nil
        errors.append(
          EquationError(
            subject, isTime ? "the problem is steady and has no time 't'" : "unknown name '\(name)'",
            hint: isTime ? nil : nearestName(to: name, in: known.sorted()).map { "did you mean '\($0)'?" }))
      }
    }
    for definition in definitions { check(definition.expression, known, .definition(definition.name)) }
    for (index, equation) in equations.enumerated() {
      check(.sum([equation.left, equation.right]), known, .equation(index))
    }
    let given = known.subtracting(fields.map(\.name))
    for (index, condition) in boundary.enumerated() {
      let isRelation = condition.kind == .robin
      check(condition.value, isRelation ? known : given, .boundary(index))
    }
    func check(_ function: SpatialFunction, _ known: Set<String>, _ subject: EquationError.Subject) {
      switch function {
      case .expression(let expression): check(expression, known, subject)
      case .gaussian(let field):
        if let map = field.map { check(map, Set(parameters.map(\.name) + ["g"]), subject) }
        if case .expression(let spectrum) = field.spectrum {
          check(spectrum, Set(parameters.map(\.name) + ["k"]), subject)
        }
      }
    }
    for field in fields { check(field.function, given, .definition(field.name)) }
    for value in initial { check(value.function, known, .initial(value.unknown)) }
    for definition in exact { check(definition.expression, known, .unknown(definition.name)) }
    for quantity in data.flatMap(\.quantities) { check(quantity.expression, known, .section("data")) }
    for quantity in quantities { check(quantity.expression, known, .quantity(quantity.name)) }
    return errors
  }

  private func duplicateNames() -> [EquationError] {
    var errors: [EquationError] = []
    var seen: [String: String] = ["t": "the time"]
    func add(_ name: String, _ what: String, _ subject: EquationError.Subject) {
      if ExpressionParser.constants.contains(name) {
        errors.append(
          EquationError(subject, "'\(name)' is a constant of the language and cannot name \(what)"))
      } else if let other = seen[name] {
        errors.append(EquationError(subject, "the name '\(name)' is given to \(other) and to \(what)"))
      }
      seen[name] = what
    }
    for axis in domain.axes { add(axis.name, "an axis", .problem) }
    for parameter in parameters { add(parameter.name, "a parameter", .definition(parameter.name)) }
    for field in fields { add(field.name, "a coefficient field", .definition(field.name)) }
    for unknown in unknowns {
      add(unknown.name, "an unknown", .unknown(unknown.name))
      guard unknown.kind != .real else { continue }
      for name in componentNames(of: unknown) {
        add(name, "a component of '\(unknown.name)'", .unknown(unknown.name))
      }
    }
    for definition in definitions { add(definition.name, "a definition", .definition(definition.name)) }
    return errors
  }
}
