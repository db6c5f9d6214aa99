import Equations

/// Holds the nodes of a file against the table of keys: names, types, ranges, counts.
struct StructureCheck {
  let tree: KeyTree
  let findings: Findings
  let numbers: Numbers

  func run(_ root: SourceNode) {
    guard root.entries != nil else {
      findings.error(
        root.place, "a problem file is a mapping of keys such as 'problem: heat-1d', not \(root.kindName)")
      return
    }
    check(root, tree.root, path: "", label: "the file", keyPlace: root.place)
  }

  private func check(
    _ node: SourceNode, _ known: KeyTree.Node, path: String, label: String, keyPlace: Place
  ) {
    guard let key = known.key else { return }
    if key.types.contains(.anything) { return }
    if node.isNull {
      findings.error(keyPlace, "\(label) has no value", hint: exampleHint(key), key: path)
      return
    }
    switch node.content {
    case .mapping(let entries): checkMapping(node, entries, known, key, path: path, label: label)
    case .sequence(let elements):
      guard key.types.contains(.list) else { return wrongType(node, key, path: path, label: label) }
      if let count = key.count, !count.contains(elements.count) {
        let rule =
          count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "at least \(count.lowerBound)"
        findings.error(
          node.place,
          "\(label) must have \(rule) element\(count.upperBound == 1 ? "" : "s"), not \(elements.count)",
          hint: exampleHint(key), key: path)
      }
      guard let element = known.element.first else { return }
      for (index, node) in elements.enumerated() {
        check(node, element, path: "\(path).\(index)", label: "an element of \(label)", keyPlace: node.place)
      }
    case .scalar(let text, _): checkScalar(node, text, key, path: path, label: label)
    }
  }

  private func checkMapping(
    _ node: SourceNode, _ entries: [SourceNode.Entry], _ known: KeyTree.Node, _ key: Key, path: String,
    label: String
  ) {
    guard key.types.contains(.mapping) else { return wrongType(node, key, path: path, label: label) }
    if let kindKey = key.kindKey, isOfAnUnknownKind(node, key.path, kindKey, label) { return }
    for entry in entries {
      let entryPath = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      guard let child = known.child(entry.key) else {
        let place = path.isEmpty ? "" : " in '\(path)'"
        findings.error(
          entry.place, "unknown key '\(shortened(entry.key, to: 60))'\(place)",
          hint: suggestion(for: entry.key, in: known.childNames) ?? knownKeys(known), key: entryPath)
        continue
      }
      check(
        entry.value, child, path: entryPath, label: "'\(shortened(entry.key, to: 60))'", keyPlace: entry.place
      )
    }
    for (number, entry) in entries.enumerated() {
      guard let other = known.child(entry.key)?.key?.excludes,
        entries[..<number].contains(where: { $0.key == other })
      else { continue }
      findings.error(
        entry.place, "'\(other)' and '\(entry.key)' exclude each other",
        key: path.isEmpty ? entry.key : "\(path).\(entry.key)")
    }
    for child in known.children where child.node.key?.isRequired == true && node[child.name] == nil {
      findings.missing(
        node.place, "key '\(child.name)' is missing" + (path.isEmpty ? "" : " in '\(path)'"),
        hint: child.node.key.flatMap { exampleHint($0, name: child.name) }, key: path)
    }
  }

  /// Whether a mapping names its kind, and no registry has that name; says so as a warning.
  private func isOfAnUnknownKind(
    _ node: SourceNode, _ path: String, _ kindKey: String, _ label: String
  ) -> Bool {
    let steps = kindKey.split(separator: ".").map(String.init)
    guard let names = tree.names["\(path).\(kindKey)"],
      let kind = steps.reduce(Optional(node), { $0?[$1] }), let name = kind.text,
      !names.contains(where: { $0.name == name })
    else { return false }
    findings.warning(
      kind.place, "\(label) is of the kind '\(shortened(name, to: 40))', which this version does not know",
      hint: suggestion(for: name, in: names.map(\.name))
        ?? "it knows \(names.map(\.name).joined(separator: ", "))", key: path)
    return true
  }

  private func knownKeys(_ known: KeyTree.Node) -> String? {
    known.childNames.isEmpty ? nil : "known keys: \(known.childNames.joined(separator: ", "))"
  }

  private func exampleHint(_ key: Key, name: String? = nil) -> String? {
    guard !key.example.isEmpty else { return nil }
    let last = key.path.split(separator: ".").last.map(String.init) ?? key.path
    let shown = name ?? (last.contains("*") || last.contains("[") ? nil : last)
    return "for example: \(shown.map { "\($0): " } ?? "")\(key.example)"
  }

  private func wrongType(_ node: SourceNode, _ key: Key, path: String, label: String) {
    let hint = hint(for: node, key) ?? exampleHint(key)
    findings.error(
      node.place, "\(label) must be \(Self.words(key.types)), not \(node.kindName)", hint: hint, key: path)
  }

  private func hint(for node: SourceNode, _ key: Key) -> String? {
    guard let text = node.text else { return nil }
    if key.types.contains(.boolean) {
      if ["yes", "on", "y", "1"].contains(text.lowercased()) { return "did you mean 'true'?" }
      if ["no", "off", "n", "0"].contains(text.lowercased()) { return "did you mean 'false'?" }
      return suggestion(for: text, in: ["true", "false"])
    }
    return nil
  }

  private func checkScalar(_ node: SourceNode, _ text: String, _ key: Key, path: String, label: String) {
    var choices: [String] = []
    for type in key.types {
      switch type {
      case .text, .anything: return
      case .expression, .equation: return
      case .name: if Self.isName(text) { return }
      case .boolean: if node.boolean != nil { return }
      case .choice(let words):
        if words.contains(text) { return }
        choices += words
      case .registered:
        guard let names = tree.names[key.path], !names.isEmpty else { return }
        if names.contains(where: { $0.name == text }) { return }
        choices += names.map(\.name)
      case .number, .integer:
        checkNumber(node, type, key, path: path, label: label)
        return
      case .list, .mapping: continue
      }
    }
    guard !choices.isEmpty else { return wrongType(node, key, path: path, label: label) }
    findings.error(
      node.place, "\(label) cannot be '\(shortened(text, to: 40))'",
      hint: suggestion(for: text, in: choices) ?? "choose from: \(choices.joined(separator: ", "))", key: path
    )
  }

  private func checkNumber(_ node: SourceNode, _ type: ValueType, _ key: Key, path: String, label: String) {
    let name = path.split(separator: ".").last { Int($0) == nil }.map(String.init) ?? path
    guard let value = numbers.value(node, key: name) else { return }
    let written = shortened(node.text ?? "", to: 40)
    if type == .integer, value != value.rounded() || abs(value) > 9_007_199_254_740_992 {
      findings.error(node.place, "\(label) must be a whole number, not \(written)", key: path)
    } else if let range = key.range, !range.contains(value) {
      findings.error(node.place, "\(label) must be \(range), not \(written)", key: path)
    }
  }

  /// A letter, then letters, digits and `_`.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    return isLetter(first)
      && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
  }

  /// What a value must be, in words.
  static func words(_ types: [ValueType]) -> String {
    let words = types.map { type in
      switch type {
      case .text: "a text"
      case .name: "a name"
      case .number: "a number"
      case .integer: "a whole number"
      case .boolean: "true or false"
      case .expression: "an expression"
      case .equation: "an equation"
      case .choice(let words): "one of \(words.joined(separator: ", "))"
      case .registered: "a registered name"
      case .list: "a list '[ ]'"
      case .mapping: "a mapping 'key: value'"
      case .anything: "anything"
      }
    }
    return words.joined(separator: " or ")
  }
}
