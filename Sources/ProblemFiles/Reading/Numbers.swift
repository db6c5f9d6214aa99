import Equations

/// Reads numbers by the core schema of YAML 1.2, and expressions of numbers and parameters.
struct Numbers {
  /// The parameters known so far.
  var bindings: [String: Double] = [:]
  let findings: Findings

  init(findings: Findings) { self.findings = findings }

  /// The number that a scalar says; reports a mistake and returns `nil` if it says none.
  func value(_ node: SourceNode, key: String) -> Double? {
    guard let text = node.text, !node.isNull else {
      findings.error(node.place, "'\(key)' must be a number, not \(node.kindName)", key: key)
      return nil
    }
    if let literal = Self.literal(text) {
      if literal.isFinite { return literal }
      findings.error(
        node.place, "'\(key)' must be a finite number, not '\(shortened(text, to: 40))'", key: key)
      return nil
    }
    return evaluated(text, node: node, key: key)
  }

  private func evaluated(_ text: String, node: SourceNode, key: String) -> Double? {
    let parser = ExpressionParser(axes: [])
    let expression: Expression
    do {
      expression = try parser.parse(text)
    } catch {
      let place = place(of: error, in: node)
      findings.error(
        place, "'\(key)' must be a number, not '\(shortened(text, to: 40))': \(error.message)",
        hint: error.hint, key: key)
      return nil
    }
    let free = expression.freeSymbols.subtracting(bindings.keys)
    guard free.isEmpty else {
      for symbol in parser.symbols(in: text) where free.contains(symbol.name) && !findings.isFull {
        findings.error(
          ScalarPlaces.place(of: symbol.range.lower..<symbol.range.upper, in: node),
          "unknown name '\(shortened(symbol.name, to: 40))' in '\(key)', which must be a number",
          hint: suggestion(for: symbol.name, in: Array(bindings.keys)) ?? "parameters above it may be used",
          key: key)
      }
      return nil
    }
    do {
      let value = try expression.value(bindings)
      if value.isFinite { return value }
      findings.error(node.place, "'\(key)' must be a finite number, but is \(value)", key: key)
    } catch {
      findings.error(node.place, "'\(key)' must be a number: \(error.message)", hint: error.hint, key: key)
    }
    return nil
  }

  private func place(of error: EquationError, in node: SourceNode) -> Place {
    guard case .text(let range) = error.subject else { return node.place }
    return ScalarPlaces.place(of: range.lower..<max(range.lower, range.upper), in: node)
  }

  /// A literal number of YAML's core schema; infinities and not-a-number included.
  static func literal(_ text: String) -> Double? {
    switch text.lowercased() {
    case ".inf", "+.inf": return .infinity
    case "-.inf": return -.infinity
    case ".nan": return .nan
    default: break
    }
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map(Double.init) }
    if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map(Double.init) }
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
    return Double(text)
  }
}

/// `did you mean 'x'?`, where one of the names is near.
func suggestion(for name: String, in names: [String]) -> String? {
  guard name.utf8.count <= 100 else { return nil }
  return nearestName(to: name, in: names).map { "did you mean '\($0)'?" }
}
