/// Writes nodes as YAML in one fixed form.
///
/// No comments, sections in the order of the table, values on one line. Reading the text again gives the
/// same nodes.
struct CanonicalText {
  let tree: KeyTree

  /// - Parameter sections: those that are written; all unless given.
  func text(_ root: SourceNode, sections: Set<String>? = nil) -> String {
    let order = tree.root.childNames
    let chosen = (root.entries ?? []).filter { sections?.contains($0.key) ?? true }
    let entries = chosen.enumerated().sorted { first, second in
      let places = [first, second].map { order.firstIndex(of: $0.element.key) ?? order.count }
      return (places[0], first.offset) < (places[1], second.offset)
    }.map(\.element)
    return entries.map { section($0) }.joined()
  }

  private func section(_ entry: SourceNode.Entry) -> String {
    let key = scalar(entry.key, .plain, isKey: true)
    switch entry.value.content {
    case .mapping(let entries) where !entries.isEmpty:
      return "\(key):\n"
        + entries.map { "  \(scalar($0.key, .plain, isKey: true)): \(flow($0.value))\n" }.joined()
    case .sequence(let elements) where !elements.isEmpty:
      return "\(key):\n" + elements.map { "  - \(flow($0))\n" }.joined()
    default: return "\(key): \(flow(entry.value))\n"
    }
  }

  private func flow(_ node: SourceNode) -> String {
    switch node.content {
    case .scalar(let text, let style): return scalar(text, style, isKey: false)
    case .sequence(let elements): return "[" + elements.map { flow($0) }.joined(separator: ", ") + "]"
    case .mapping(let entries):
      return "{"
        + entries.map { "\(scalar($0.key, .plain, isKey: true)): \(flow($0.value))" }.joined(separator: ", ")
        + "}"
    }
  }

  /// Without quotes where that reads back as the same scalar everywhere.
  private func scalar(_ text: String, _ style: SourceNode.Style, isKey: Bool) -> String {
    let wasPlain = style == .plain && !isKey
    let node = SourceNode(content: .scalar(text, .plain), place: Self.nowhere)
    if node.isNull { return wasPlain ? "null" : quoted(text) }
    if node.boolean != nil { return wasPlain || isKey ? text : quoted(text) }
    return Self.isSafe(text) ? text : quoted(text)
  }

  private static let nowhere = Place(source: SourceText(name: "", bytes: []), offset: 0, length: 0)

  /// Begins with a letter, a digit, `(`, `.` or a sign, and holds nothing that YAML could read otherwise.
  private static func isSafe(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, last != 0x20, text.utf8.count < 200 else {
      return false
    }
    func isWord(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard isWord(first) || first == UInt8(ascii: "(") || first == UInt8(ascii: ".") || isSign(text) else {
      return false
    }
    return !text.hasPrefix("...") && text.utf8.allSatisfy { isWord($0) || " _.+-*/^()=<>'".utf8.contains($0) }
  }

  private static func isSign(_ text: String) -> Bool {
    let start = text.utf8.prefix(2).map { $0 }
    return start.count == 2 && start[0] == UInt8(ascii: "-") && start[1] != UInt8(ascii: "-")
      && start[1] != 0x20
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        let isPlain = (0x20..<0x7F).contains(scalar.value)
        result += isPlain ? String(Character(scalar)) : "\\U" + hexadecimal(scalar.value)
      }
    }
    return result + "\""
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
