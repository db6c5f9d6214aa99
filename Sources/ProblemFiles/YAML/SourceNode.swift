/// A node of a problem file, with its place: what Yams composes, reduced to what problem files use.
package struct SourceNode: Sendable {
  package enum Style: Sendable { case plain, singleQuoted, doubleQuoted, block }

  package enum Content: Sendable {
    case scalar(String, Style)
    case sequence([SourceNode])
    case mapping([Entry])
  }

  /// A key, where it stands, and its value.
  package struct Entry: Sendable {
    package var key: String
    package var place: Place
    package var value: SourceNode
  }

  package var content: Content
  package var place: Place

  /// The text of a scalar.
  package var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The elements of a sequence.
  package var elements: [SourceNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  /// The entries of a mapping.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The value under a key of a mapping.
  package subscript(key: String) -> SourceNode? { entries?.first { $0.key == key }?.value }

  /// Whether the scalar stands without quotes and says null by the core schema of YAML 1.2.
  package var isNull: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The Boolean of a plain scalar by the core schema of YAML 1.2.
  package var boolean: Bool? {
    guard case .scalar(let text, .plain) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// What people call this kind of node.
  package var kindName: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar: isNull ? "empty" : "'\(shortened(text ?? "", to: 40))'"
    }
  }
}

/// The text, cut after `limit` characters, in one line.
func shortened(_ text: String, to limit: Int) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
    count += 1
  }
  return result
}
