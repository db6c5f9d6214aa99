import Equations
import Geometry

extension ProblemReading {
  // MARK: Functions of space

  func spatialFunction(
    _ node: SourceNode, _ scope: Scope, unknown: Unknown?, _ context: String
  ) -> (function: SpatialFunction, isProjected: Bool)? {
    guard node.entries != nil else {
      return values(node, unknown: unknown, scope, context).map { (.expression($0), false) }
    }
    if let projected = node["projected"] {
      return expression(projected, scope, context).map { (.expression($0), true) }
    }
    guard let field = node["gaussianField"] else {
      // A key that is not known has been reported already.
      if let guess = node.entries?.first(where: { $0.key == "initial" }) {
        findings.error(
          guess.place, "\(context) is known, and needs no first guess",
          hint: "add unknown: true if it is to be found from data")
        return nil
      }
      guard node.entries?.allSatisfy({ $0.key == "map" }) == true else { return nil }
      findings.error(
        node.place, "\(context) must be an expression or have the key 'gaussianField'",
        hint: "for example: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}")
      return nil
    }
    return gaussianField(field, map: field["map"] ?? node["map"], context).map { (.gaussian($0), false) }
  }

  private func gaussianField(_ node: SourceNode, map: SourceNode?, _ context: String) -> GaussianField? {
    guard let spectrum = spectrum(node, context) else { return nil }
    let isPeriodic = problem.domain.axes.allSatisfy(\.isPeriodic)
    var field = GaussianField(
      spectrum, boundary: isPeriodic ? .periodic : .neumann,
      mean: node["mean"].flatMap { numbers.value($0, key: "mean") })
    if let text = node["boundary"]?.text, let boundary = GaussianField.Boundary(rawValue: text) {
      field.boundary = boundary
    }
    if let map {
      let scope = Scope(
        names: scopes.coordinates.names.union(["g"]),
        rule: "only g, coordinates and parameters may be used here")
      field.map = expression(map, scope, "the map of \(context)")
    }
    return field
  }

  /// How large the modes of a random field are: an expression of their wavenumber, or three numbers.
  private func spectrum(_ node: SourceNode, _ context: String) -> GaussianField.Spectrum? {
    if let deviation = node["spectrum"] {
      for key in ["amplitude", "shift", "exponent"] {
        guard let place = node.entries?.first(where: { $0.key == key })?.place else { continue }
        findings.error(place, "'spectrum' and '\(key)' exclude each other")
      }
      let scope = Scope(
        names: scopes.parameters.union(["k"]),
        rule: "only the wavenumber k and parameters may be used here")
      return expression(deviation, scope, "the spectrum of \(context)").map { .expression($0) }
    }
    var values: [Double] = []
    for key in ["amplitude", "shift", "exponent"] {
      guard let value = node[key] else {
        findings.missing(
          node.place, "key '\(key)' is missing in 'gaussianField'",
          hint: "for example: {amplitude: 49, shift: 7, exponent: 2.5}, or {spectrum: k*exp(-k^2/32)}")
        continue
      }
      if let number = numbers.value(value, key: key) { values.append(number) }
    }
    guard values.count == 3 else { return nil }
    return .power(amplitude: values[0], shift: values[1], exponent: values[2])
  }

  // MARK: Initial and exact values

  func readInitial() {
    for entry in entries("initial") {
      let compact = entry.key.filter { $0 != " " }
      let isVelocity = compact.hasPrefix("dt(") && compact.hasSuffix(")")
      let name = isVelocity ? String(compact.dropFirst(3).dropLast()) : compact
      guard let unknown = unknown(name, entry, "an initial value") else { continue }
      places.initial[compact] = entry.place
      let context = "the initial value of '\(compact)'"
      guard let value = spatialFunction(entry.value, scopes.spatial, unknown: unknown, context) else {
        continue
      }
      problem.initial.append(
        InitialValue(
          unknown: name, timeOrder: isVelocity ? 1 : 0, function: value.function,
          isProjected: value.isProjected))
    }
  }

  func readExact() {
    for entry in entries("exact") {
      places.exact[entry.key] = entry.place
      guard scopes.sought.contains(entry.key) || !scopes.parameters.union(scopes.fields).contains(entry.key)
      else {
        findings.warning(
          entry.place, "the exact value of '\(entry.key)' has no effect: it is known",
          key: "exact.\(entry.key)")
        continue
      }
      let isParameter = scopes.sought.contains(entry.key) && scopes.parameters.contains(entry.key)
      let known = Scope(
        names: scopes.parameters.subtracting(scopes.sought), rule: "only known parameters may be used here")
      guard let unknown = sought(entry.key) ?? unknown(entry.key, entry, "an exact solution"),
        let value = values(
          entry.value, unknown: unknown, isParameter ? known : scopes.given,
          "the exact \(isParameter ? "value" : "solution") of '\(entry.key)'")
      else { continue }
      problem.exact.append(Definition(name: entry.key, expression: value))
    }
  }

  /// What is to be found from data, as the real unknown that it is.
  func sought(_ name: String) -> Unknown? { scopes.sought.contains(name) ? Unknown(name: name) : nil }

  private func unknown(_ name: String, _ entry: SourceNode.Entry, _ what: String) -> Unknown? {
    if let unknown = problem.unknowns.first(where: { $0.name == name }) { return unknown }
    findings.error(
      entry.place, "\(what) is given for '\(shortened(name, to: 40))', which is not an unknown",
      hint: suggestion(for: name, in: problem.unknowns.map(\.name)))
    return nil
  }

  // MARK: Reference

  func readReference() {
    guard let node = root["reference"] else { return }
    guard let file = node.text ?? node["file"]?.text else { return }
    if file.isEmpty || file.utf8.contains(0) {
      findings.error(node.place, "'reference' must name a file")
    }
    var variables: [String: String] = [:]
    // A complex or vector unknown is stored by components.
    let names = problem.unknowns.flatMap { problem.componentNames(of: $0) }
    for entry in node["variables"]?.entries ?? [] {
      guard names.contains(entry.key) else {
        findings.error(
          entry.place,
          "a reference variable is given for '\(shortened(entry.key, to: 40))', which is no component of an unknown",
          hint: nearestName(to: entry.key, in: names).map { "did you mean '\($0)'?" }
            ?? "the components are \(names.joined(separator: ", "))")
        continue
      }
      variables[entry.key] = entry.value.text
    }
    problem.reference = Reference(
      file: file, variables: variables,
      accuracy: node["accuracy"].flatMap { numbers.value($0, key: "accuracy") })
  }
}
