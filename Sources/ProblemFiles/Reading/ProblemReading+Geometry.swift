import Equations
import Geometry

extension ProblemReading {
  /// The names of coordinates on a domain that is not a box of named axes: x, y, z, or x1, x2, … where there are more.
  private static func coordinateNames(_ dimension: Int) -> [String] {
    dimension > 3 ? (1...dimension).map { "x\($0)" } : Array(["x", "y", "z"].prefix(dimension))
  }

  /// The shape or mesh file under `domain`, and the named parts of its boundary.
  func readGeometry() {
    guard let domain = root["domain"] else { return }
    let sources = domain.entries?.filter { $0.key == "geometry" || $0.key == "mesh" } ?? []
    guard let source = sources.first else {
      if let parts = domain.entries?.first(where: { $0.key == "parts" }) {
        findings.error(
          parts.place, "'parts' are named on a geometry or a mesh; the ends of a box have names already")
      }
      return
    }
    if sources.count > 1 { findings.error(sources[1].place, "'geometry' and 'mesh' exclude each other") }
    guard axisNames.isEmpty else {
      return findings.error(
        source.place, "a domain is either a box of axes or a geometry, not both",
        hint: "remove '\(source.key)' or the axes \(axisNames.joined(separator: ", "))")
    }
    if source.key == "mesh" {
      problem.domain.meshFile = source.value.text
      let dimension = domain["dimension"].flatMap { numbers.value($0, key: "dimension") } ?? 2
      declareCoordinates(Int(dimension))
      // The extent of a mesh is known when it is read.
      problem.domain.axes = axisNames.map { Axis(name: $0, lower: 0, upper: 1, isPeriodic: false) }
    } else if let shape = validShape(source.value) {
      problem.domain.geometry = shape
      declareCoordinates(shape.dimension)
      let box = shape.boundingBox
      let names = Self.coordinateNames(shape.dimension)
      problem.domain.axes = box.lower.indices.map {
        Axis(name: names[$0], lower: box.lower[$0], upper: box.upper[$0], isPeriodic: false)
      }
    } else {
      // One mistake is not to be followed by one for every coordinate.
      declareCoordinates(3)
    }
    readParts(domain["parts"])
  }

  /// The shape, if its numbers make sense and something is left of it.
  private func validShape(_ node: SourceNode) -> Shape? {
    guard let shape = shape(node, depth: 0) else { return nil }
    func fail(_ message: String, hint: String? = nil) -> Shape? {
      findings.error(node.place, message, hint: hint, key: "domain.geometry")
      return nil
    }
    if let mistake = shape.mistakes.first { return fail(mistake.description) }
    // Meshes reach three dimensions; balls and what is made of them have points in any number.
    var isBox = false
    if case .box = shape.form { isBox = true }
    guard shape.dimension >= 2, shape.dimension <= 3 || !isBox else {
      return fail(
        isBox
          ? "a box that is a geometry has two or three dimensions, not \(shape.dimension)"
          : "a geometry has two dimensions or more, not \(shape.dimension)",
        hint: "a box is given by its axes: x: [0, 1]")
    }
    let box = shape.boundingBox
    guard zip(box.lower, box.upper).allSatisfy({ $0 < $1 }) else {
      return fail("nothing is left of \(shape)")
    }
    return shape
  }

  private func declareCoordinates(_ dimension: Int) {
    guard dimension > 0, let domain = root["domain"] else { return }
    for name in Self.coordinateNames(dimension) where declare(name, "the coordinate", at: domain.place) {
      scopes.axes.insert(name)
      axisNames.append(name)
    }
  }

  // MARK: Shapes

  private static let partNameRule =
    "a name is a letter followed by letters, digits and '_', and not 'all' or 'rest'"

  private static func isPartName(_ text: String) -> Bool {
    StructureCheck.isName(text) && !["all", "rest"].contains(text)
  }

  private static let shapeKeys = [
    "box", "disc", "sphere", "ellipse", "polygon", "cylinder", "union", "intersection", "difference",
  ]

  /// What shapes with keys of their own are made of, with an example.
  private static let parameters: [String: (keys: [String], example: String)] = [
    "disc": (["center", "radius"], "{center: [0, 0], radius: 1}"),
    "sphere": (["center", "radius"], "{center: [0, 0, 0], radius: 1}"),
    "ellipse": (["center", "axes", "angle"], "{center: [0, 0], axes: [2, 1], angle: 0}"),
    "cylinder": (["start", "end", "radius"], "{start: [0, 0, 0], end: [0, 0, 1], radius: 1}"),
  ]

  private func shape(_ node: SourceNode, depth: Int) -> Shape? {
    guard depth < 32 else {
      findings.error(node.place, "shapes lie too deeply in each other")
      return nil
    }
    guard let entries = node.entries else {
      findings.error(
        node.place,
        "a shape must be a mapping such as {disc: {center: [0, 0], radius: 1}}, not \(node.kindName)")
      return nil
    }
    var found: Shape?
    for entry in entries where entry.key != "name" {
      guard Self.shapeKeys.contains(entry.key) else {
        findings.error(
          entry.place, "unknown shape '\(shortened(entry.key, to: 40))'",
          hint: suggestion(for: entry.key, in: Self.shapeKeys)
            ?? "shapes are \(Self.shapeKeys.joined(separator: ", "))")
        return nil
      }
      guard found == nil else {
        findings.error(entry.place, "one shape at a time: put several into a union or a difference")
        return nil
      }
      guard let form = form(entry, depth: depth) else { return nil }
      found = form
    }
    guard var shape = found else {
      findings.error(node.place, "which shape?", hint: "shapes are \(Self.shapeKeys.joined(separator: ", "))")
      return nil
    }
    if let name = node["name"] {
      guard let text = name.text, Self.isPartName(text) else {
        findings.error(
          name.place, "'\(shortened(name.text ?? "", to: 40))' cannot be the name of a part of the boundary",
          hint: Self.partNameRule)
        return nil
      }
      shape = shape.named(text)
    }
    // Of a combination the operands have been looked at.
    if shape.operands.isEmpty, let mistake = shape.mistakes.first {
      findings.error(node.place, mistake.description, key: "domain.geometry")
      return nil
    }
    return shape
  }

  private func form(_ entry: SourceNode.Entry, depth: Int) -> Shape? {
    let node = entry.value
    let readShape = { (node: SourceNode) in self.shape(node, depth: depth + 1) }
    func operands() -> [Shape]? {
      guard let elements = node.elements else {
        findings.error(node.place, "'\(entry.key)' is a list of shapes, not \(node.kindName)")
        return nil
      }
      let shapes = elements.compactMap(readShape)
      return shapes.count == elements.count ? shapes : nil
    }
    if let (keys, example) = Self.parameters[entry.key] {
      guard let entries = node.entries else {
        findings.error(
          node.place, "a shape's '\(entry.key)' must be a mapping, not \(node.kindName)",
          hint: "for example: \(entry.key): \(example)")
        return nil
      }
      for other in entries where !keys.contains(other.key) {
        findings.error(
          other.place, "unknown key '\(shortened(other.key, to: 40))' in '\(entry.key)'",
          hint: suggestion(for: other.key, in: keys) ?? "its keys are \(keys.joined(separator: ", "))")
        return nil
      }
    }
    switch entry.key {
    case "union": return operands().map { .union($0) }
    case "intersection": return operands().map { .intersection($0) }
    case "difference": return operands().map { .difference($0) }
    case "polygon": return points(node, "polygon").map { .polygon($0) }
    case "box":
      guard let corners = points(node, "box") else { return nil }
      guard corners.count == 2 else {
        findings.error(node.place, "a box has two corners: [[0, 0], [1, 1]]")
        return nil
      }
      return .box(corners[0], corners[1])
    case "cylinder":
      guard let start = point(entry, "start"), let end = point(entry, "end"),
        let radius = number(entry, "radius")
      else { return nil }
      return .cylinder(from: start, to: end, radius: radius)
    case "ellipse":
      guard let center = point(entry, "center"), let semiAxes = point(entry, "axes") else { return nil }
      let angle = node["angle"].flatMap { numbers.value($0, key: "angle") } ?? 0
      return .ellipse(center: center, semiAxes: semiAxes, angle: angle)
    default:
      guard let center = point(entry, "center"), let radius = number(entry, "radius") else { return nil }
      guard entry.key == "disc" ? center.count == 2 : center.count >= 3 else {
        let expected = entry.key == "disc" ? "2 coordinates" : "3 coordinates or more"
        findings.error(
          node.place, "the center of a \(entry.key) has \(expected), not \(center.count)")
        return nil
      }
      return entry.key == "disc"
        ? .disc(center: center, radius: radius) : .sphere(center: center, radius: radius)
    }
  }

  /// A value that a shape must have; its absence is reported.
  private func parameter(_ shape: SourceNode.Entry, _ key: String) -> SourceNode? {
    if let value = shape.value[key] { return value }
    findings.error(
      shape.value.place, "key '\(key)' is missing in '\(shape.key)'",
      hint: Self.parameters[shape.key].map { "for example: \(shape.key): \($0.example)" })
    return nil
  }

  private func number(_ shape: SourceNode.Entry, _ key: String) -> Double? {
    parameter(shape, key).flatMap { numbers.value($0, key: key) }
  }

  private func point(_ shape: SourceNode.Entry, _ key: String) -> [Double]? {
    parameter(shape, key).flatMap { coordinates($0, key) }
  }

  private func points(_ node: SourceNode, _ key: String) -> [[Double]]? {
    guard let elements = node.elements else {
      findings.error(node.place, "a \(key) is a list of points, not \(node.kindName)")
      return nil
    }
    let points = elements.compactMap { coordinates($0, key) }
    return points.count == elements.count ? points : nil
  }

  private func coordinates(_ node: SourceNode, _ key: String) -> [Double]? {
    guard let elements = node.elements, !elements.isEmpty else {
      findings.error(node.place, "a point is a list of coordinates such as [0, 1], not \(node.kindName)")
      return nil
    }
    let values = elements.compactMap { numbers.value($0, key: key) }
    return values.count == elements.count ? values : nil
  }

  // MARK: Parts

  /// Named parts: relations of coordinates, one or several that all hold.
  private func readParts(_ node: SourceNode?) {
    for entry in node?.entries ?? [] {
      guard Self.isPartName(entry.key) else {
        findings.error(
          entry.place, "'\(shortened(entry.key, to: 40))' cannot be the name of a part of the boundary",
          hint: Self.partNameRule)
        continue
      }
      if problem.domain.geometry?.names.contains(entry.key) == true {
        findings.error(entry.place, "a shape of the geometry is called '\(entry.key)' already")
        continue
      }
      let conditions = (entry.value.elements ?? [entry.value]).compactMap { condition($0) }
      problem.parts.append(NamedPart(name: entry.key, conditions: conditions))
    }
  }

  private func condition(_ node: SourceNode) -> NamedPart.Condition? {
    guard let text = node.text else {
      findings.error(node.place, "a part is described by a relation such as 'x = 0', not \(node.kindName)")
      return nil
    }
    let parser = ExpressionParser(axes: axisNames)
    do {
      let isEquation = !text.contains("<") && !text.contains(">")
      let expression: Expression
      if isEquation {
        let equation = try parser.parseEquation(text)
        expression = equation.left - equation.right
      } else {
        // The condition of `if` is the only place of the language for inequalities.
        guard
          case .conditional(.comparison(let comparison, let left, let right), _, _) = try parser.parse(
            "if(\(text), 1, 0)")
        else { return nil }
        expression = comparison == .less || comparison == .lessOrEqual ? left - right : right - left
      }
      guard checkNames(expression.freeSymbols, node, text, scopes.coordinates, "the part") else { return nil }
      return NamedPart.Condition(
        relation: isEquation ? .zero : .notPositive,
        expression: expression.substitutingValues(numbers.bindings))
    } catch {
      findings.error(
        node.place, "'\(shortened(text, to: 40))' is no relation of coordinates: \(error.message)")
      return nil
    }
  }
}

extension Expression {
  fileprivate func substitutingValues(_ values: [String: Double]) -> Expression {
    substituting(values.mapValues { .number($0) })
  }
}
