extension ProblemFileReader {
  /// The JSON schema (draft 2020-12) of problem files, for editors; generated from the tables of keys.
  public var schema: String {
    var members: [(String, JSONValue)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text(tables[0].title)),
    ]
    if case .object(let rest) = schema(of: tree.root) { members += rest }
    return JSONValue.object(members).text(indent: 0) + "\n"
  }

  private func schema(of node: KeyTree.Node) -> JSONValue {
    guard let key = node.key else { return .object([]) }
    var members: [(String, JSONValue)] = []
    var text = key.text
    if let unit = key.unit { text += " Unit: \(unit)." }
    if let defaultValue = key.defaultValue { text += " Default: \(defaultValue)." }
    members.append(("description", .text(text)))
    if !key.example.isEmpty { members.append(("examples", .list([.text(key.example)]))) }
    let alternatives = key.types.map { schema(of: $0, key, node) }
    if alternatives.count == 1, case .object(let only) = alternatives[0] { return .object(members + only) }
    return .object(members + [("anyOf", .list(alternatives))])
  }

  private func schema(of type: ValueType, _ key: Key, _ node: KeyTree.Node) -> JSONValue {
    switch type {
    case .text: return .object([("type", .list([.text("string"), .text("number"), .text("boolean")]))])
    case .name: return .object([("type", .text("string")), ("pattern", .text("^[A-Za-z][A-Za-z0-9_]*$"))])
    case .equation: return .object([("type", .text("string"))])
    case .expression, .number, .integer:
      // A number may be written as an expression, which is a string to JSON.
      var number: [(String, JSONValue)] = [("type", .text(type == .integer ? "integer" : "number"))]
      if let range = key.range {
        number.append((range.excludesLower ? "exclusiveMinimum" : "minimum", .number(range.lower)))
        if range.upper.isFinite { number.append(("maximum", .number(range.upper))) }
      }
      return .object([("anyOf", .list([.object(number), .object([("type", .text("string"))])]))])
    case .boolean: return .object([("type", .text("boolean"))])
    case .choice(let words):
      // Words such as 2 are numbers to a YAML reader.
      let values = words.map { JSONValue.text($0) } + words.compactMap { Double($0).map { .number($0) } }
      return .object([("enum", .list(values))])
    case .registered:
      let names = tree.names[key.path] ?? []
      guard !names.isEmpty else { return .object([("type", .text("string"))]) }
      return .object([("enum", .list(names.map { .text($0.name) }))])
    case .list:
      var members: [(String, JSONValue)] = [("type", .text("array"))]
      if let element = node.element.first { members.append(("items", schema(of: element))) }
      if let count = key.count {
        members.append(("minItems", .number(Double(count.lowerBound))))
        members.append(("maxItems", .number(Double(count.upperBound))))
      }
      return .object(members)
    case .mapping: return mappingSchema(node)
    case .anything: return .object([])
    }
  }

  private func mappingSchema(_ node: KeyTree.Node) -> JSONValue {
    var members: [(String, JSONValue)] = [("type", .text("object"))]
    if !node.children.isEmpty {
      members.append(("properties", .object(node.children.map { ($0.name, schema(of: $0.node)) })))
    }
    let required = node.children.filter { $0.node.key?.isRequired == true }.map { JSONValue.text($0.name) }
    if !required.isEmpty { members.append(("required", .list(required))) }
    members.append(("additionalProperties", node.wildcard.first.map { schema(of: $0) } ?? .boolean(false)))
    return .object(members)
  }
}

/// A JSON document, members in the order given.
private enum JSONValue {
  case text(String)
  case number(Double)
  case boolean(Bool)
  case list([JSONValue])
  case object([(String, JSONValue)])

  func text(indent: Int) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let value): return plain(value)
    case .boolean(let value): return "\(value)"
    case .list(let elements):
      if elements.isEmpty { return "[]" }
      return "[\n" + elements.map { inner + $0.text(indent: indent + 2) }.joined(separator: ",\n")
        + "\n\(outer)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      return "{\n"
        + members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.text(indent: indent + 2))" }.joined(
          separator: ",\n")
        + "\n\(outer)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: if scalar.value >= 0x20 { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "\""
  }
}
