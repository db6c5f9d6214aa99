/// A JSON document whose members keep their order.
indirect enum JSON: Sendable {
  case null
  case text(String)
  case number(Double)
  case integer(Int)
  case boolean(Bool)
  case list([JSON])
  case object([(String, JSON)])

  /// A text, or null.
  static func optional(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }

  /// The document, indented by two spaces.
  var text: String { text(indent: "") }

  private func text(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .text(let text): return Self.quoted(text)
    // JSON knows no infinities; a number's description is its shortest exact form.
    case .number(let value): return value.isFinite ? value.description : "null"
    case .integer(let value): return value.description
    case .boolean(let value): return value.description
    case .list(let elements):
      if elements.isEmpty { return "[]" }
      let lines = elements.map { inner + $0.text(indent: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.text(indent: inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
