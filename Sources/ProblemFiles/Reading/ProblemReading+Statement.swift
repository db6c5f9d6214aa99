import Equations
import Geometry

extension ProblemReading {
  func readNames() {
    if let node = root["problem"], let name = node.text {
      let allowed = name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
      if !allowed || name.isEmpty || name.utf8.count > 100 {
        findings.error(
          node.place, "'problem' must be a name of letters, digits, '-' and '_'",
          hint: "give the full name under 'title'", key: "problem")
      }
      problem.name = name
    }
    let title = root["title"]?.text ?? ""
    problem.title = title.isEmpty ? problem.name : title
  }

  private static let geometryKeys: Set<String> = ["geometry", "parts", "mesh", "dimension"]

  func readDomain() {
    for entry in entries("domain") where !Self.geometryKeys.contains(entry.key) {
      let node = entry.value.elements == nil ? entry.value["interval"] : entry.value
      let ends = node?.elements?.compactMap { numbers.value($0, key: entry.key) } ?? []
      let isTime = entry.key == "t"
      if isTime {
        scopes.hasTime = true
      } else if !declare(entry.key, "the axis", at: entry.place) {
        continue
      }
      if !isTime {
        scopes.axes.insert(entry.key)
        axisNames.append(entry.key)
      }
      guard let node, ends.count == 2, node.elements?.count == 2 else { continue }
      guard ends[0] < ends[1], (ends[1] - ends[0]).isFinite else {
        findings.error(
          node.place,
          "'\(entry.key)' must begin before it ends, not at \(plain(ends[0])) before \(plain(ends[1]))",
          key: "domain.\(entry.key)")
        continue
      }
      if isTime {
        problem.domain.time = ends[0]...ends[1]
      } else {
        let isPeriodic = entry.value["periodic"]?.boolean ?? false
        problem.domain.axes.append(
          Axis(name: entry.key, lower: ends[0], upper: ends[1], isPeriodic: isPeriodic))
      }
    }
    readGeometry()
    if let node = root["domain"], let entries = node.entries,
      !entries.contains(where: { $0.key != "t" })
    {
      findings.missing(
        node.place, "'domain' has no space axis", hint: "for example: x: [0, 1]", key: "domain")
    }
  }

  func readUnknowns() {
    for node in root["unknowns"]?.elements ?? [] {
      var declared: [(name: String, kind: Unknown.Kind, place: Place)] = []
      if let name = node.text, !node.isNull {
        declared = [(name, .real, node.place)]
      } else {
        declared = (node.entries ?? []).map {
          ($0.key, Unknown.Kind(rawValue: $0.value.text ?? "") ?? .real, $0.place)
        }
      }
      for (name, kind, place) in declared where declare(name, "the unknown", at: place) {
        places.unknowns[name] = place
        scopes.unknowns.insert(name)
        let unknown = Unknown(name: name, kind: kind)
        scopes.components.formUnion(problem.componentNames(of: unknown))
        problem.unknowns.append(unknown)
      }
    }
  }

  func readDefinitions() {
    // The name itself is declared after its expression is read: only earlier definitions may be used.
    for entry in entries("define") {
      places.definitions[entry.key] = entry.place
      let expression = expression(
        entry.value, scopes.equations, "the definition of '\(shortened(entry.key, to: 40))'")
      guard declare(entry.key, "the definition", at: entry.place) else { continue }
      scopes.definitions.insert(entry.key)
      guard let expression else { continue }
      let names = expression.freeSymbols
      if names.isSubset(of: scopes.given.names) {
        scopes.givenDefinitions.insert(entry.key)
        if !names.contains("t"), names.isSubset(of: scopes.spatial.names) {
          scopes.steadyDefinitions.insert(entry.key)
        }
      }
      problem.definitions.append(Definition(name: entry.key, expression: expression))
    }
  }

  func readFields() {
    for entry in entries("fields") where declare(entry.key, "the field", at: entry.place) {
      places.definitions[entry.key] = entry.place
      if let field = unknownField(entry) {
        scopes.sought.insert(entry.key)
        places.unknowns[entry.key] = entry.place
        problem.fields.append(field)
      } else if let function = spatialFunction(
        entry.value, scopes.coordinates, unknown: nil, "the field '\(entry.key)'")
      {
        problem.fields.append(CoefficientField(name: entry.key, function: function.function))
      }
    }
    scopes.fields = Set(entries("fields").map(\.key))
  }

  /// A field that is to be found from data; `nil` for one that is given.
  private func unknownField(_ entry: SourceNode.Entry) -> CoefficientField? {
    guard entry.value["unknown"]?.boolean == true else { return nil }
    var field = CoefficientField(name: entry.key, function: .expression(.one), isUnknown: true)
    for other in entry.value.entries ?? [] where ["gaussianField", "map"].contains(other.key) {
      findings.error(
        other.place, "'\(entry.key)' is unknown, and '\(other.key)' says what it is",
        hint: "its first guess is given under 'initial'", key: "fields.\(entry.key).\(other.key)")
    }
    guard let guess = entry.value["initial"] else {
      findings.missing(
        entry.place, "key 'initial' is missing in 'fields.\(entry.key)'",
        hint: "for example: \(entry.key): {unknown: true, initial: 1}", key: "fields.\(entry.key)")
      return field
    }
    if let value = expression(guess, scopes.coordinates, "the first guess of '\(entry.key)'") {
      field.function = .expression(value)
    }
    return field
  }

  func readEquations() {
    for node in root["equations"]?.elements ?? [] {
      guard let text = node.text, !node.isNull else {
        findings.error(
          node.place, "an equation must be a text 'left = right', not \(node.kindName)",
          hint: node.elements == nil && node.entries == nil ? nil : "put the equation in quotes")
        continue
      }
      do {
        let equation = try parser.parseEquation(text)
        let names = equation.left.freeSymbols.union(equation.right.freeSymbols)
        if checkNames(names, node, text, scopes.equations, "an equation") {
          problem.equations.append(equation)
          places.equations.append(node.place)
        }
      } catch {
        report(error, in: node)
      }
    }
  }

  /// `mean(unknown) = number`.
  func readGauges() {
    for node in root["gauge"]?.elements ?? [] {
      guard let text = node.text else { continue }
      let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      let left = sides[0].filter { $0 != " " }
      guard sides.count == 2, left.hasPrefix("mean("), left.hasSuffix(")") else {
        findings.error(
          node.place, "a gauge must be 'mean(unknown) = number'", hint: "for example: mean(psi) = 0")
        continue
      }
      let unknown = String(left.dropFirst(5).dropLast())
      guard scopes.unknowns.contains(unknown) else {
        findings.error(
          node.place, "a gauge fixes the mean of an unknown, and '\(shortened(unknown, to: 40))' is none",
          hint: suggestion(for: unknown, in: problem.unknowns.map(\.name)))
        continue
      }
      let right = SourceNode(content: .scalar(sides[1].filter { $0 != " " }, .plain), place: node.place)
      if let value = numbers.value(right, key: "mean(\(unknown))") {
        problem.gauges.append(Gauge(unknown: unknown, mean: value))
      }
    }
  }
}
