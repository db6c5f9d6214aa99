import Equations
import Geometry

extension ProblemReading {
  func readWishes() {
    readDiscretization()
    readSolver()
    readOutput()
  }

  private static let discretizationKeys = [
    "dealiasing", "symbol", "method", "average", "convection", "elements", "size", "refine",
  ]

  private func readDiscretization() {
    guard let node = root["discretization"] else { return }
    func points(_ node: SourceNode, _ key: String) -> Int? {
      // What is no whole number in range has been reported with the table's words.
      numbers.value(node, key: key).flatMap { Int(exactly: $0) }
    }
    guard let entries = node.entries else {
      guard node.text != nil, let count = points(node, "discretization") else { return }
      for axis in problem.domain.axes { problem.discretization.points[axis.name] = count }
      return
    }
    for entry in entries {
      switch entry.key {
      case "dealiasing":
        problem.discretization.dealiasing = entry.value.text.flatMap(DiscretizationChoice.Dealiasing.init)
      case "symbol":
        problem.discretization.symbol =
          entry.value.text.flatMap(DiscretizationChoice.Symbol.init) ?? .spectral
      case "method":
        problem.discretization.method = entry.value.text.flatMap(DiscretizationChoice.Method.init)
      case "average":
        problem.discretization.average =
          entry.value.text.flatMap(DiscretizationChoice.FaceAverage.init) ?? .harmonic
      case "convection":
        problem.discretization.convection =
          entry.value.text.flatMap(DiscretizationChoice.Convection.init) ?? .central
      case "elements": readElements(entry.value)
      case "refine": readRefinements(entry.value)
      case "size": problem.discretization.size = numbers.value(entry.value, key: "size")
      default:
        guard scopes.axes.contains(entry.key) else {
          findings.error(
            entry.place, "unknown key '\(shortened(entry.key, to: 60))' in 'discretization'",
            hint: suggestion(for: entry.key, in: scopes.axes.sorted() + Self.discretizationKeys)
              ?? "the axes are \(scopes.axes.sorted().joined(separator: ", "))",
            key: "discretization.\(entry.key)")
          continue
        }
        if !problem.domain.isBox, problem.fields.isEmpty {
          findings.error(
            entry.place, "the elements of a geometry are not counted along axes",
            hint: "give their size, such as discretization: {size: 0.05}", key: "discretization.\(entry.key)")
        }
        problem.discretization.points[entry.key] = points(entry.value, entry.key)
      }
    }
  }

  /// One kind of element for all unknowns, or one for each.
  private func readElements(_ node: SourceNode) {
    guard let entries = node.entries else {
      problem.discretization.element =
        node.text.flatMap(DiscretizationChoice.Element.init) ?? .quadratic
      return
    }
    for entry in entries {
      guard problem.unknowns.contains(where: { $0.name == entry.key }) else {
        findings.error(
          entry.place, "an element is given for '\(shortened(entry.key, to: 40))', which is not an unknown",
          hint: suggestion(for: entry.key, in: problem.unknowns.map(\.name)))
        continue
      }
      problem.discretization.elements[entry.key] =
        entry.value.text.flatMap(DiscretizationChoice.Element.init)
    }
  }

  private func readRefinements(_ node: SourceNode) {
    let key = "discretization.refine"
    if problem.domain.geometry == nil, node.elements?.isEmpty == false {
      return findings.error(node.place, "only a geometry can be refined", key: key)
    }
    for element in node.elements ?? [] {
      if let part = element["part"], let size = element["size"].flatMap({ numbers.value($0, key: "size") }) {
        let known = (problem.domain.geometry?.names ?? []) + problem.parts.map(\.name)
        let name = part.text ?? ""
        guard known.contains(name) else {
          findings.error(
            part.place, "'\(shortened(name, to: 40))' is no part of the boundary",
            hint: suggestion(for: name, in: known) ?? "its parts are \(known.joined(separator: ", "))",
            key: key)
          continue
        }
        problem.discretization.refinements.append(.part(name, size: size))
      } else if let point = element["point"], let coordinates = point.elements,
        let radius = element["radius"].flatMap({ numbers.value($0, key: "radius") })
      {
        guard coordinates.count == problem.domain.dimension else {
          findings.error(
            point.place,
            "the point must have \(problem.domain.dimension) coordinates, not \(coordinates.count)",
            key: key)
          continue
        }
        let exponent = element["exponent"].flatMap { numbers.value($0, key: "exponent") } ?? 3
        let values = coordinates.compactMap { numbers.value($0, key: "point") }
        guard values.count == coordinates.count else { continue }
        problem.discretization.refinements.append(.point(values, radius: radius, exponent: exponent))
      } else {
        findings.error(
          element.place, "a refinement has a part and a size, or a point and a radius",
          hint: "for example: {part: hole, size: 0.01}", key: key)
      }
    }
  }

  private func readSolver() {
    guard let node = root["solver"] else { return }
    func number(_ key: String) -> Double? { node[key].flatMap { numbers.value($0, key: key) } }
    problem.solver.method = node["method"]?.text
    problem.solver.linear = node["linear"]?.text
    problem.solver.preconditioner = node["preconditioner"]?.text
    problem.solver.linearTolerance = number("linearTolerance")
    problem.solver.step = number("step")
    problem.solver.tolerance = number("tolerance")
    for entry in node["continuation"]?.entries ?? [] {
      guard scopes.parameters.contains(entry.key) else {
        findings.error(
          entry.place, "'\(shortened(entry.key, to: 40))' is not a parameter",
          hint: suggestion(for: entry.key, in: scopes.parameters.sorted())
            ?? "a continuation moves numbers that are given under 'parameters'", key: "solver.continuation")
        continue
      }
      problem.solver.continuation[entry.key] = numbers.value(entry.value, key: "continuation")
    }
    problem.solver.force = node["force"]?.boolean ?? false
    problem.solver.seed = number("seed").flatMap { UInt64(exactly: $0) } ?? 0
  }

  private func readOutput() {
    guard let node = root["output"] else { return }
    problem.output.every = node["every"].flatMap { numbers.value($0, key: "every") }
    let known = scopes.unknowns.union(scopes.definitions)
    for field in node["fields"]?.elements ?? [] {
      guard let name = field.text, StructureCheck.isName(name) else { continue }
      if problem.output.fields.contains(name) {
        findings.error(field.place, "'\(name)' is named twice in 'output.fields'", key: "output.fields")
      } else if known.contains(name) {
        problem.output.fields.append(name)
      } else {
        findings.error(
          field.place, "unknown name '\(name)' in 'output.fields'",
          hint: suggestion(for: name, in: known.sorted()) ?? "it must be an unknown or a definition",
          key: "output.fields")
      }
    }
  }

  func readRecipes() {
    for entry in entries("recipes") {
      let allowed = entry.key.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
      if !allowed || entry.key.isEmpty {
        findings.error(
          entry.place, "'\(shortened(entry.key, to: 40))' cannot be the name of a recipe",
          hint: "use letters, digits, '-' and '_'", key: "recipes")
      }
    }
  }

  func readUnits() {
    let known = scopes.axes.union(scopes.unknowns).union(scopes.parameters).union(["t"])
      .union(scopes.definitions).union(scopes.quantities).union(scopes.fields)
    for entry in entries("units") {
      guard known.contains(entry.key) else {
        findings.error(
          entry.place, "a unit is given for '\(shortened(entry.key, to: 40))', which is not in the problem",
          hint: suggestion(for: entry.key, in: known.sorted()), key: "units")
        continue
      }
      units[entry.key] = entry.value.text
      problem.units[entry.key] = entry.value.text
      if let index = problem.unknowns.firstIndex(where: { $0.name == entry.key }) {
        problem.unknowns[index].unit = entry.value.text
      }
      if let index = problem.parameters.firstIndex(where: { $0.name == entry.key }) {
        problem.parameters[index].unit = entry.value.text
      }
    }
  }
}
