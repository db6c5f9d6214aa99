/// Finds where parts of a scalar's value stand in the file, through quotes, escapes and folded lines.
enum ScalarPlaces {
  /// The place of the bytes `range` of the value of a scalar node.
  static func place(of range: Range<Int>, in node: SourceNode) -> Place {
    guard case .scalar(let value, let style) = node.content else { return node.place }
    let source = node.place.source
    let offsets = sourceOffsets(
      of: Array(value.utf8), style: style, bytes: source.bytes, start: node.place.offset)
    guard !offsets.isEmpty else { return node.place }
    let lower = min(max(range.lowerBound, 0), value.utf8.count)
    let upper = min(max(range.upperBound, lower), value.utf8.count)
    let first = offsets[lower]
    let last = upper > lower ? offsets[upper - 1] + 1 : first + 1
    return Place(source: source, offset: first, length: max(last - first, 1))
  }

  /// For every byte of the value, and its end, an offset into the file.
  ///
  /// Bytes that are not white space come in the same order in both texts; white space may be folded, so
  /// each of its bytes is placed right after the byte before.
  private static func sourceOffsets(
    of value: [UInt8], style: SourceNode.Style, bytes: [UInt8], start: Int
  ) -> [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(value.count + 1)
    var cursor = contentStart(bytes, start, style)
    for byte in value {
      if isSpace(byte) {
        offsets.append(min(cursor, bytes.count))
        if cursor < bytes.count, isSpace(bytes[cursor]) { cursor += 1 }
        continue
      }
      while cursor < bytes.count, isSpace(bytes[cursor]) { cursor += 1 }
      offsets.append(min(cursor, bytes.count))
      guard cursor < bytes.count else { continue }
      switch (style, bytes[cursor]) {
      case (.singleQuoted, UInt8(ascii: "'")): cursor += 2
      case (.doubleQuoted, UInt8(ascii: "\\")): cursor += escapeLength(bytes, cursor)
      default: cursor += 1
      }
    }
    offsets.append(min(cursor, bytes.count))
    return offsets
  }

  /// Behind the tag, the anchor, the opening quote or the header of a block.
  private static func contentStart(_ bytes: [UInt8], _ start: Int, _ style: SourceNode.Style) -> Int {
    var cursor = start
    while cursor < bytes.count, bytes[cursor] == UInt8(ascii: "!") || bytes[cursor] == UInt8(ascii: "&") {
      while cursor < bytes.count, !isSpace(bytes[cursor]) { cursor += 1 }
      while cursor < bytes.count, isSpace(bytes[cursor]) { cursor += 1 }
    }
    switch style {
    case .plain: break
    case .singleQuoted, .doubleQuoted: cursor += 1
    case .block: while cursor < bytes.count, bytes[cursor] != 0x0A, bytes[cursor] != 0x0D { cursor += 1 }
    }
    return cursor
  }

  private static func escapeLength(_ bytes: [UInt8], _ cursor: Int) -> Int {
    guard cursor + 1 < bytes.count else { return 1 }
    switch bytes[cursor + 1] {
    case UInt8(ascii: "x"): return 4
    case UInt8(ascii: "u"): return 6
    case UInt8(ascii: "U"): return 10
    default: return 2
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
