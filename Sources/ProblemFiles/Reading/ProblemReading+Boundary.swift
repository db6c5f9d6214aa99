import Equations
import Geometry

extension ProblemReading {
  private struct Entry {
    var faces: [Face]
    /// Named parts of a geometry.
    var parts: [String] = []
    /// `rest`: the faces that no other entry names for the unknown.
    var isRest: Bool
    var kind: BoundaryCondition.Kind
    var unknown: Unknown
    var value: Expression
    var node: SourceNode
  }

  func readBoundary() {
    var entries: [Entry] = []
    for node in root["boundary"]?.elements ?? [] {
      guard node.entries != nil, let on = node["on"] else { continue }
      let places = on.elements ?? [on]
      let isRest = places.contains { $0.text == "rest" }
      let isBox = problem.domain.isBox
      let faces = isBox ? places.filter { $0.text != "rest" }.flatMap { self.faces($0) } : []
      let parts = isBox ? [] : places.filter { $0.text != "rest" }.compactMap { part($0) }
      var isEmpty = node.entries?.allSatisfy { $0.key == "on" } == true
      for kind in [BoundaryCondition.Kind.dirichlet, .neumann] {
        for entry in node[kind.rawValue]?.entries ?? [] {
          isEmpty = false
          guard let unknown = conditioned(entry.key) else {
            findings.error(
              entry.place,
              "a boundary condition is given for '\(shortened(entry.key, to: 40))', which is not an unknown",
              hint: suggestion(for: entry.key, in: problem.unknowns.map(\.name)))
            continue
          }
          let context = "the boundary value of '\(entry.key)'"
          guard let value = values(entry.value, unknown: unknown, scopes.given, context) else { continue }
          entries.append(
            Entry(
              faces: faces, parts: parts, isRest: isRest, kind: kind, unknown: unknown, value: value,
              node: entry.value)
          )
        }
      }
      for relation in node["robin"]?.elements ?? (node["robin"].map { [$0] } ?? []) {
        isEmpty = false
        guard let (unknown, value) = robin(relation) else { continue }
        entries.append(
          Entry(
            faces: faces, parts: parts, isRest: isRest, kind: .robin, unknown: unknown, value: value,
            node: relation))
      }
      if isEmpty {
        findings.missing(
          node.place, "the boundary condition says neither 'dirichlet' nor 'neumann' nor 'robin'",
          hint: "for example: {on: x, dirichlet: {u: 0}}")
      }
    }
    append(entries)
  }

  /// What a condition can be about: an unknown, or a component of one.
  private func conditioned(_ name: String) -> Unknown? {
    problem.unknowns.first { $0.name == name }
      ?? (scopes.components.contains(name) || soughtFields.contains(name) ? Unknown(name: name) : nil)
  }

  /// Coefficients that are to be found from data.
  private var soughtFields: Set<String> { scopes.sought.intersection(scopes.fields) }

  /// A relation between one unknown and its normal derivative.
  private func robin(_ node: SourceNode) -> (Unknown, Expression)? {
    guard let text = node.text else { return nil }
    do {
      let relation = try parser.parseRelation(text)
      let scope = Scope(
        names: scopes.given.names.union(scopes.fields).union(scopes.unknowns).union(scopes.components),
        rule: "only the unknown, coordinates, the time, fields and parameters may be used here")
      guard checkNames(relation.freeSymbols, node, text, scope, "a boundary condition") else { return nil }
      let names = problem.unknowns.map(\.name) + scopes.components.sorted()
      guard let unknown = names.first(where: { relation.hasNormalDerivative(of: $0) }).flatMap(conditioned)
      else {
        findings.error(
          node.place, "a Robin condition must contain the normal derivative of an unknown",
          hint:
            "for example: dn(\(problem.unknowns.first?.name ?? "u")) + 2*\(problem.unknowns.first?.name ?? "u") = 1"
        )
        return nil
      }
      return (unknown, relation)
    } catch {
      report(error, in: node)
      return nil
    }
  }

  /// The part of a geometry's boundary that one word of `on` names; `all` is the rest where nothing else is named.
  private func part(_ node: SourceNode) -> String? {
    guard let text = node.text else { return nil }
    let known = (problem.domain.geometry?.names ?? []) + problem.parts.map(\.name)
    guard problem.domain.geometry == nil || text == "all" || known.contains(text) else {
      findings.error(
        node.place, "'\(shortened(text, to: 40))' is no part of the boundary",
        hint: suggestion(for: text, in: known + ["all", "rest"])
          ?? "its parts are \((known + ["all", "rest"]).joined(separator: ", "))")
      return nil
    }
    return text
  }

  private func append(_ entries: [Entry], onParts: Void) {
    for entry in entries {
      let places: [BoundaryPlace] =
        entry.parts.map { $0 == "all" ? .rest : .part($0) } + (entry.isRest ? [.rest] : [])
      for place in places {
        problem.boundary.append(
          BoundaryCondition(place, unknown: entry.unknown.name, kind: entry.kind, value: entry.value))
        self.places.boundaries.append(entry.node.place)
      }
    }
  }

  private func append(_ entries: [Entry]) {
    guard problem.domain.isBox else { return append(entries, onParts: ()) }
    var named: [String: Set<Face>] = [:]
    for entry in entries { named[entry.unknown.name, default: []].formUnion(entry.faces) }
    for entry in entries {
      var faces = entry.faces
      if entry.isRest {
        faces += boundedFaces.filter { named[entry.unknown.name]?.contains($0) != true }
        named[entry.unknown.name, default: []].formUnion(faces)
      }
      for face in faces {
        problem.boundary.append(
          BoundaryCondition(face: face, unknown: entry.unknown.name, kind: entry.kind, value: entry.value))
        places.boundaries.append(entry.node.place)
      }
    }
  }

  private var boundedFaces: [Face] {
    problem.domain.axes.indices.filter { !problem.domain.axes[$0].isPeriodic }.flatMap { axis in
      Side.allCases.map { Face(axis: axis, side: $0) }
    }
  }

  /// Names of the ends of the first, second and third axis.
  private static let aliases: [String: (axis: Int, side: Side)] = [
    "left": (0, .lower), "right": (0, .upper), "bottom": (1, .lower), "top": (1, .upper),
    "front": (2, .lower), "back": (2, .upper),
  ]

  /// The faces that one word of `on` names.
  private func faces(_ node: SourceNode) -> [Face] {
    guard let text = node.text, !problem.domain.axes.isEmpty else { return [] }
    let word = text.filter { $0 != " " }
    if word == "all" { return boundedFaces }
    if let axis = problem.domain.axisIndex(word) {
      return bounded(axis, node) ? Side.allCases.map { Face(axis: axis, side: $0) } : []
    }
    if let alias = Self.aliases[word] {
      guard alias.axis < problem.domain.dimension else {
        findings.error(
          node.place,
          "'\(word)' is an end of axis \(alias.axis + 1), and the domain has \(problem.domain.dimension)")
        return []
      }
      return bounded(alias.axis, node) ? [Face(axis: alias.axis, side: alias.side)] : []
    }
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    if sides.count == 2, let axis = problem.domain.axisIndex(sides[0].filter { $0 != " " }) {
      return face(axis, at: String(sides[1]), node)
    }
    // An axis whose own description is broken is not to be reported again.
    if scopes.axes.contains(sides[0].filter { $0 != " " }) { return [] }
    let known = problem.domain.axes.map(\.name) + Self.aliases.keys.sorted() + ["all", "rest"]
    findings.error(
      node.place, "'\(shortened(text, to: 40))' is no part of the boundary",
      hint: suggestion(for: word, in: known) ?? "write an axis, an end such as '\(exampleEnd)', all or rest")
    return []
  }

  private var exampleEnd: String {
    problem.domain.axes.first.map { "\($0.name) = \(plain($0.lower))" } ?? "x = 0"
  }

  private func face(_ axis: Int, at text: String, _ node: SourceNode) -> [Face] {
    let number = SourceNode(content: .scalar(text.trimmed, .plain), place: node.place)
    guard bounded(axis, node), let value = numbers.value(number, key: "on") else { return [] }
    let description = problem.domain.axes[axis]
    let tolerance = 1e-12 * max(description.length, abs(description.lower), abs(description.upper))
    if abs(value - description.lower) <= tolerance { return [Face(axis: axis, side: .lower)] }
    if abs(value - description.upper) <= tolerance { return [Face(axis: axis, side: .upper)] }
    findings.error(
      node.place, "\(description.name) = \(plain(value)) is not an end of the domain",
      hint:
        "the ends are \(description.name) = \(plain(description.lower)) and \(description.name) = \(plain(description.upper))"
    )
    return []
  }

  private func bounded(_ axis: Int, _ node: SourceNode) -> Bool {
    guard problem.domain.axes[axis].isPeriodic else { return true }
    findings.error(
      node.place, "axis '\(problem.domain.axes[axis].name)' is periodic and has no boundary",
      hint: "remove the condition, or 'periodic: true'")
    return false
  }
}

extension StringProtocol {
  /// Without spaces at both ends.
  var trimmed: String {
    let inner = drop { $0 == " " }
    return String(inner.reversed().drop { $0 == " " }.reversed())
  }
}
