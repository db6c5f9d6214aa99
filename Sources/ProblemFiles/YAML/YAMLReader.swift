import Yams

/// Reads YAML into nodes with places, within bounds: size, nesting and aliases are checked before memory is
/// taken.
struct YAMLReader {
  /// Larger files are refused.
  static let sizeLimit = 1 << 20
  /// Deeper nesting is refused.
  static let nestingLimit = 64
  /// More aliases than this are refused in a text that has anchors.
  static let aliasLimit = 16
  /// Larger trees are refused (aliases count as what they stand for).
  static let nodeLimit = 20_000
  /// Longer lists and mappings are refused.
  static let collectionLimit = 1000

  let source: SourceText
  private(set) var diagnostics: [Diagnostic] = []
  /// Keys whose first occurrence was renamed, so that Yams composes a mapping that has them twice.
  private var renamed: [(offset: Int, name: String)] = []
  private var nodes = 0
  /// Why the file is too large to be read, if it is.
  private var excess: Diagnostic?

  /// What YAML reads: the bytes of the source, or the same with blanks before the value of an override.
  private let bytes: [UInt8]

  init(source: SourceText) {
    self.source = source
    bytes = source.bytes
  }

  /// Reads only what follows `start`; places are those of the whole text.
  init(source: SourceText, from start: Int) {
    self.source = source
    bytes = Array(repeating: 0x20, count: start) + source.bytes[start...]
  }

  /// The root node, or `nil` for an empty text.
  ///
  /// Mistakes are in `diagnostics`; after a syntax error of YAML itself there is only that one, and no node.
  mutating func read() -> SourceNode? {
    guard checkBytes() else { return nil }
    var text = String(decoding: bytes, as: UTF8.self)
    while true {
      do {
        // Yams keeps a pointer into the text's storage, which short strings do not have.
        let padded = text + String(repeating: "\n", count: 32)
        let parser = try Parser(yaml: padded, resolver: .basic, encoding: .utf8)
        guard let root = try parser.singleRoot() else { return nil }
        let tree = convert(root, depth: 0)
        guard let excess else { return tree }
        diagnostics = [excess]
        return nil
      } catch let error as YamlError {
        if case .duplicatedKeysInMapping(let names, let context) = error,
          let changed = renameKey(names.first ?? "", at: context.mark)
        {
          text = changed
          continue
        }
        diagnostics = [diagnostic(for: error)]
        return nil
      } catch {
        diagnostics = [
          Diagnostic(Place(source: source, offset: 0, length: 1), "\(error)", hint: nil, key: nil)
        ]
        return nil
      }
    }
  }

  // MARK: Before parsing

  private mutating func checkBytes() -> Bool {
    func refuse(_ offset: Int, _ message: String, hint: String? = nil) -> Diagnostic {
      Diagnostic(Place(source: source, offset: offset, length: 1), message, hint: hint, key: nil)
    }
    if bytes.count > Self.sizeLimit {
      diagnostics = [
        Diagnostic(
          file: source.name, message: "the file is larger than \(Self.sizeLimit >> 20) MiB",
          hint: "a problem file is short; data belong into files of their own")
      ]
      return false
    }
    if bytes.contains(0) {
      diagnostics = [Diagnostic(file: source.name, message: "this is a binary file, not a problem file")]
      return false
    }
    if let offset = invalidUTF8(bytes) {
      diagnostics = [refuse(offset, "this byte is not valid UTF-8", hint: "save the file as UTF-8")]
      return false
    }
    var depth = 0
    for (offset, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
      if depth > Self.nestingLimit {
        diagnostics = [refuse(offset, "brackets are nested deeper than \(Self.nestingLimit) levels")]
        return false
      }
    }
    if let offset = excessiveAlias(bytes) {
      diagnostics = [refuse(offset, "more than \(Self.aliasLimit) aliases ('*name') in one file")]
      return false
    }
    return true
  }

  private func invalidUTF8(_ bytes: [UInt8]) -> Int? {
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let encoded): offset += encoded.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }

  /// The offset of the first alias beyond the limit; a text without anchors has none.
  private func excessiveAlias(_ bytes: [UInt8]) -> Int? {
    var hasAnchor = false
    var aliases = 0
    var excess: Int?
    var previous = UInt8(ascii: "\n")
    for (offset, byte) in bytes.enumerated() {
      if Self.precedesToken(previous) {
        if byte == UInt8(ascii: "&") { hasAnchor = true }
        if byte == UInt8(ascii: "*") { aliases += 1 }
        if aliases == Self.aliasLimit + 1, excess == nil { excess = offset }
      }
      previous = byte
    }
    return hasAnchor ? excess : nil
  }

  private static func precedesToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"),
      UInt8(ascii: "-"), UInt8(ascii: "?"):
      true
    default: false
    }
  }

  // MARK: Keys that come twice

  /// The text with the first letter of the key at `mark` replaced by a private one, column for column.
  private mutating func renameKey(_ name: String, at mark: Mark) -> String? {
    guard renamed.count < 16, bytes.count < 1 << 17, let first = name.unicodeScalars.first else { return nil }
    var offset = source.offset(line: mark.line, column: mark.column)
    guard offset < bytes.count else { return nil }
    if bytes[offset] == UInt8(ascii: "'") || bytes[offset] == UInt8(ascii: "\"") { offset += 1 }
    guard bytes[offset...].starts(with: String(first).utf8),
      !renamed.contains(where: { $0.offset == offset })
    else { return nil }
    renamed.append((offset, name))
    var changed: [UInt8] = []
    var next = 0
    for (index, change) in renamed.enumerated().sorted(by: { $0.element.offset < $1.element.offset }) {
      changed += bytes[next..<change.offset]
      changed += String(Character(Self.marker(index))).utf8
      next = change.offset + String(change.name.unicodeScalars.first ?? " ").utf8.count
    }
    return String(decoding: changed + bytes[min(next, bytes.count)...], as: UTF8.self)
  }

  /// Scalars of a private plane of Unicode.
  private static func marker(_ index: Int) -> Unicode.Scalar {
    Unicode.Scalar(0xF0000 + UInt32(index)) ?? "?"
  }

  private func restoredKey(_ key: String) -> String {
    guard let first = key.unicodeScalars.first, first.value >= 0xF0000,
      Int(first.value - 0xF0000) < renamed.count
    else { return key }
    return renamed[Int(first.value - 0xF0000)].name
  }

  // MARK: Nodes

  private mutating func convert(_ node: Node, depth: Int) -> SourceNode {
    let offset = node.mark.map { source.offset(line: $0.line, column: $0.column) } ?? 0
    var place = Place(source: source, offset: offset, length: 1)
    nodes += 1
    let children = node.sequence?.count ?? node.mapping?.count ?? 0
    guard depth <= Self.nestingLimit, nodes <= Self.nodeLimit, children <= Self.collectionLimit else {
      let isDeep = depth > Self.nestingLimit
      excess =
        excess
        ?? Diagnostic(
          place, isDeep ? "the file is too deeply nested" : "there are too many elements here",
          hint: "data belong into files of their own", key: nil)
      return SourceNode(content: .scalar("", .plain), place: place)
    }
    switch node {
    case .scalar(let scalar):
      let style: SourceNode.Style =
        switch scalar.style {
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        default: .plain
        }
      let quotes = style == .plain || style == .block ? 0 : 2
      place.length = max(1, style == .block ? 1 : scalar.string.utf8.count + quotes)
      return SourceNode(content: .scalar(scalar.string, style), place: place)
    case .sequence(let sequence):
      let elements = sequence.map { convert($0, depth: depth + 1) }
      return SourceNode(
        content: .sequence(isFlow(place) ? joiningCommas(elements) : elements), place: place)
    case .mapping(let mapping):
      var entries: [SourceNode.Entry] = []
      for (key, value) in mapping {
        let keyNode = convert(key, depth: depth + 1)
        guard let name = keyNode.text else {
          report(keyNode.place, "a key must be a word, not \(keyNode.kindName)")
          continue
        }
        entries.append(
          .init(key: restoredKey(name), place: keyNode.place, value: convert(value, depth: depth + 1)))
      }
      if isFlow(place) { entries = joiningCommas(entries) }
      return SourceNode(content: .mapping(withoutRepetitions(entries)), place: place)
    case .alias(let alias):
      report(place, "the alias '\(alias.anchor)' cannot be used here")
      return SourceNode(content: .scalar("", .plain), place: place)
    }
  }

  /// Whether a collection is written in brackets (Yams reports the style of its end, which has none).
  private func isFlow(_ place: Place) -> Bool {
    var offset = place.offset
    while offset < bytes.count, bytes[offset] == UInt8(ascii: "!") || bytes[offset] == UInt8(ascii: "&") {
      while offset < bytes.count, bytes[offset] > 0x20 { offset += 1 }
      while offset < bytes.count, bytes[offset] <= 0x20 { offset += 1 }
    }
    return offset < bytes.count && (bytes[offset] == UInt8(ascii: "[") || bytes[offset] == UInt8(ascii: "{"))
  }

  private mutating func withoutRepetitions(_ entries: [SourceNode.Entry]) -> [SourceNode.Entry] {
    var places: [String: Place] = [:]
    var kept: [SourceNode.Entry] = []
    for entry in entries {
      if let first = places[entry.key] {
        let line = source.position(of: first.offset).line
        report(
          entry.place, "key '\(shortened(entry.key, to: 40))' is given twice; the first is in line \(line)")
      } else {
        places[entry.key] = entry.place
        kept.append(entry)
      }
    }
    return kept
  }

  mutating func report(_ place: Place, _ message: String, hint: String? = nil) {
    diagnostics.append(Diagnostic(place, message, hint: hint, key: nil))
  }
}
