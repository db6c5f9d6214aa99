/// Expressions with commas inside flow collections, where YAML takes them apart.
extension YAMLReader {
  /// Puts an expression together again that YAML took apart at its commas, and says so.
  mutating func joiningCommas(_ entries: [SourceNode.Entry]) -> [SourceNode.Entry] {
    var result: [SourceNode.Entry] = []
    var index = 0
    while index < entries.count {
      // After the first comma, what was meant as an argument is a key without a value.
      let rest = entries[(index + 1)...].prefix { $0.value.isNull }
      let pieces =
        [entries[index].value] + rest.map { SourceNode(content: .scalar($0.key, .plain), place: $0.place) }
      var entry = entries[index]
      let used = balancedLength(pieces)
      if used > 1 { entry.value = joined(Array(pieces[..<used]), key: entry.key) }
      result.append(entry)
      index += max(used, 1)
    }
    return result
  }

  mutating func joiningCommas(_ elements: [SourceNode]) -> [SourceNode] {
    var result: [SourceNode] = []
    var index = 0
    while index < elements.count {
      let used = balancedLength(elements[index...].prefix { $0.text != nil })
      result.append(used > 1 ? joined(Array(elements[index..<index + used]), key: nil) : elements[index])
      index += max(used, 1)
    }
    return result
  }

  /// How many pieces, from the first, it takes until every parenthesis is closed; 1 if they never are.
  private func balancedLength(_ pieces: some Collection<SourceNode>) -> Int {
    var open = 0
    for (number, piece) in pieces.enumerated() {
      guard case .scalar(let text, .plain) = piece.content else { return 1 }
      for byte in text.utf8 {
        if byte == UInt8(ascii: "(") { open += 1 }
        if byte == UInt8(ascii: ")") { open -= 1 }
      }
      if open <= 0 { return open == 0 ? number + 1 : 1 }
      if number > 64 { return 1 }
    }
    return 1
  }

  private mutating func joined(_ pieces: [SourceNode], key: String?) -> SourceNode {
    let first = pieces[0].place
    let text = pieces.compactMap(\.text).joined(separator: ", ")
    let quoted = (key.map { "\($0): " } ?? "") + "\"\(shortened(text, to: 60))\""
    report(
      first, "a comma inside '{ }' or '[ ]' ends the value '\(shortened(pieces[0].text ?? "", to: 40))'",
      hint: "put the expression in quotes: \(quoted)")
    return SourceNode(content: .scalar(text, .plain), place: first)
  }
}
