import Equations
import Geometry

/// One reading of one file: from nodes to a `Problem`, with everything that was found wrong on the way.
final class ProblemReading {
  let root: SourceNode
  let findings: Findings
  var numbers: Numbers
  var problem = Problem(name: "", domain: Domain(axes: []))
  var parser = ExpressionParser(axes: [])
  var scopes = Scopes()
  var units: [String: String] = [:]
  /// The axes by name, also those whose interval is broken.
  var axisNames: [String] = []

  var places: ProblemPlaces

  init(root: SourceNode, findings: Findings) {
    self.root = root
    self.findings = findings
    numbers = Numbers(findings: findings)
    places = ProblemPlaces(root: root)
  }

  /// Reads every section; what is returned is whole only if nothing was found wrong.
  func run(_ tree: KeyTree) -> (problem: Problem, formulation: Formulation?) {
    readParameters()
    StructureCheck(tree: tree, findings: findings, numbers: numbers).run(root)
    readNames()
    readDomain()
    readUnknowns()
    parser = ExpressionParser(axes: axisNames)
    readDefinitions()
    readFields()
    readEquations()
    readGauges()
    readBoundary()
    readInitial()
    readExact()
    readMeasurements()
    readQuantities()
    readReference()
    readWishes()
    readRecipes()
    readUnits()
    return (problem, findings.hasErrorsInStatement ? nil : classified())
  }

  // MARK: Entries

  func entries(_ key: String) -> [SourceNode.Entry] { root[key]?.entries ?? [] }

  /// A name that a file gives to something: free, and not a word of the language.
  func declare(_ name: String, _ what: String, at place: Place) -> Bool {
    guard StructureCheck.isName(name) else {
      findings.error(
        place, "'\(shortened(name, to: 40))' cannot be the name of \(what)",
        hint: "a name is a letter followed by letters, digits and '_'")
      return false
    }
    guard !ExpressionParser.isReserved(name) else {
      findings.error(place, "'\(name)' cannot be the name of \(what): it already has a meaning in equations")
      return false
    }
    if let other = scopes.declared[name] {
      findings.error(place, "the name '\(name)' is already that of \(other)")
      return false
    }
    scopes.declared[name] = what
    return true
  }

  // MARK: Expressions

  /// The expression that a scalar says, its names checked; reports mistakes and returns `nil` for them.
  func expression(_ node: SourceNode, _ scope: Scope, _ context: String) -> Expression? {
    guard let text = node.text, !node.isNull else {
      findings.error(node.place, "\(context) must be an expression, not \(node.kindName)")
      return nil
    }
    do {
      let expression = try parser.parse(text)
      return checkNames(expression.freeSymbols, node, text, scope, context) ? expression : nil
    } catch {
      report(error, in: node)
      return nil
    }
  }

  func report(_ error: EquationError, in node: SourceNode) {
    guard case .text(let range) = error.subject else {
      return findings.error(node.place, error.message, hint: error.hint)
    }
    let place = ScalarPlaces.place(of: range.lower..<max(range.lower, range.upper), in: node)
    findings.error(place, error.message, hint: error.hint)
  }

  /// Whether all names may be used here; each that may not is reported where it stands.
  func checkNames(
    _ names: Set<String>, _ node: SourceNode, _ text: String, _ scope: Scope, _ context: String
  ) -> Bool {
    let wrong = names.subtracting(scope.names)
    guard !wrong.isEmpty else { return true }
    for symbol in parser.symbols(in: text) where wrong.contains(symbol.name) && !findings.isFull {
      let place = ScalarPlaces.place(of: symbol.range.lower..<symbol.range.upper, in: node)
      let name = shortened(symbol.name, to: 40)
      if let other = scopes.declared[symbol.name] ?? (symbol.name == "t" ? "the time" : nil) {
        findings.error(
          place, "\(other) '\(name)' cannot be used in \(context)", hint: scope.rule)
      } else {
        findings.error(
          place, "unknown name '\(name)' in \(context)",
          hint: suggestion(for: symbol.name, in: scope.names.sorted())
            ?? "if '\(name)' is a number, give it under 'parameters'")
      }
    }
    return false
  }

  /// A scalar expression, or a list of components for a vector unknown.
  func values(_ node: SourceNode, unknown: Unknown?, _ scope: Scope, _ context: String) -> Expression? {
    let dimension = problem.domain.dimension
    guard let elements = node.elements else {
      guard let value = expression(node, scope, context) else { return nil }
      if unknown?.kind == .vector, case .number = value {
        return .vector(Array(repeating: value, count: dimension))
      }
      return value
    }
    guard unknown == nil || unknown?.kind == .vector else {
      findings.error(
        node.place, "\(context) must be one expression, not a list",
        hint: "a vector is declared as '{\(unknown?.name ?? "u"): vector}' under 'unknowns'")
      return nil
    }
    if dimension > 0, elements.count != dimension {
      findings.error(
        node.place,
        "\(context) must have \(dimension) component\(dimension == 1 ? "" : "s"), not \(elements.count)")
      return nil
    }
    let components = elements.compactMap { expression($0, scope, context) }
    return components.count == elements.count ? .vector(components) : nil
  }
}

/// Names that an expression may use.
struct Scope {
  var names: Set<String>
  /// What may be used, for the hint.
  var rule: String
}

/// All names of a problem, sorted by what may use them.
struct Scopes {
  /// What each name is: `the unknown`, `the axis`.
  var declared: [String: String] = [:]
  var axes: Set<String> = []
  var hasTime = false
  var parameters: Set<String> = []
  var unknowns: Set<String> = []
  /// The components of vector and complex unknowns, such as `q_x` and `h_re`.
  var components: Set<String> = []
  var definitions: Set<String> = []
  /// Definitions in which no unknown takes part.
  var givenDefinitions: Set<String> = []
  /// Those among them in which the time takes no part either.
  var steadyDefinitions: Set<String> = []
  var fields: Set<String> = []
  /// Those among the parameters and fields that are to be found from data.
  var sought: Set<String> = []
  var quantities: Set<String> = []

  private var time: Set<String> { hasTime ? ["t"] : [] }

  /// Functions of space.
  var spatial: Scope {
    Scope(
      names: axes.union(parameters).union(fields).union(steadyDefinitions),
      rule: "only coordinates, parameters and fields may be used here")
  }
  /// Coordinates and parameters alone.
  var coordinates: Scope {
    Scope(names: axes.union(parameters), rule: "only coordinates and parameters may be used here")
  }
  /// Functions of space and time.
  var given: Scope {
    Scope(
      names: axes.union(parameters).union(givenDefinitions).union(time),
      rule: "only coordinates, the time and parameters may be used here")
  }
  /// Everything.
  var equations: Scope {
    Scope(
      names: given.names.union(unknowns).union(components).union(definitions).union(fields),
      rule: hasTime ? "" : "without 't' under 'domain' the problem is steady")
  }
  var budgets: Scope {
    Scope(names: parameters.union(quantities), rule: "only quantities and parameters may be used here")
  }
}
