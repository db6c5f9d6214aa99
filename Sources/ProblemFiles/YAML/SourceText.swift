/// A text that messages point into: a problem file or the value of an override.
///
/// Lines break where libyaml breaks them, so that its marks and our offsets agree.
package final class SourceText: Sendable {
  /// What messages call it: the file's path, or `--set domain.t`.
  package let name: String
  package let bytes: [UInt8]
  /// The offset of the first byte of every line.
  private let lineStarts: [Int]
  /// The offset of every Unicode scalar, so that columns cost nothing on long lines; empty for ASCII.
  private let scalarStarts: [Int]
  /// Texts are ordered by this, then by offset: the file is 0, overrides follow.
  package let rank: Int

  package init(name: String, bytes: [UInt8], rank: Int = 0) {
    self.name = name
    self.bytes = bytes
    self.rank = rank
    var starts = [0]
    var index = 0
    while index < bytes.count {
      let length = SourceText.lineBreakLength(bytes, index)
      index += max(length, 1)
      if length > 0 { starts.append(index) }
    }
    lineStarts = starts
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    scalarStarts = isASCII ? [] : bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 }
  }

  /// How many scalars begin before an offset.
  private func scalarIndex(_ offset: Int) -> Int {
    scalarStarts.isEmpty ? offset : Self.firstIndex(in: scalarStarts, notBelow: offset)
  }

  /// The offset of the scalar with a number.
  private func scalarOffset(_ index: Int) -> Int {
    if scalarStarts.isEmpty { return min(index, bytes.count) }
    return index < scalarStarts.count ? scalarStarts[index] : bytes.count
  }

  private static func firstIndex(in sorted: [Int], notBelow value: Int) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many bytes the line break at `index` has; 0 where there is none.
  static func lineBreakLength(_ bytes: [UInt8], _ index: Int) -> Int {
    switch bytes[index] {
    case 0x0A: return 1
    case 0x0D: return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
    case 0xE2:
      guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
      return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }

  /// The line (from 1) and column (from 1, in Unicode scalars) of an offset.
  package func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    let line = Self.firstIndex(in: lineStarts, notBelow: offset + 1)
    return (line, scalarIndex(offset) - scalarIndex(lineStarts[line - 1]) + 1)
  }

  /// The offset of a line and column as libyaml counts them; clamped to the text.
  package func offset(line: Int, column: Int) -> Int {
    guard line >= 1 else { return 0 }
    guard line <= lineStarts.count else { return bytes.count }
    var start = lineStarts[line - 1]
    // libyaml does not count a byte order mark.
    if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    return scalarOffset(scalarIndex(start) + max(column, 1) - 1)
  }

  /// The part of a line (from 1) around a column, and the column at which it starts.
  package func excerpt(line: Int, around column: Int) -> (text: String, column: Int) {
    guard line >= 1, line <= lineStarts.count else { return ("", 1) }
    let skipped = column > 80 ? column - 60 : 0
    let start = scalarOffset(scalarIndex(lineStarts[line - 1]) + skipped)
    let limit = scalarOffset(scalarIndex(start) + 100)
    var end = start
    while end < limit, SourceText.lineBreakLength(bytes, end) == 0 { end += 1 }
    return (slice(start, end), skipped + 1)
  }

  /// The text between two offsets.
  package func slice(_ lower: Int, _ upper: Int) -> String {
    let lower = min(max(lower, 0), bytes.count)
    return String(decoding: bytes[lower..<min(max(upper, lower), bytes.count)], as: UTF8.self)
  }
}

/// A stretch of a text, in bytes.
package struct Place: Sendable {
  package var source: SourceText
  package var offset: Int
  package var length: Int

  package init(source: SourceText, offset: Int, length: Int) {
    self.source = source
    self.offset = offset
    self.length = length
  }
}
