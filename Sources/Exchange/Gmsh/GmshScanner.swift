import Glibc

/// Words and numbers of a text, with the line they stand in.
struct GmshScanner {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  /// The current line, from 1.
  private(set) var line = 1

  /// The text must not be changed by the caller; a zero byte is added so that C can read numbers in place.
  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes + [0]
    self.path = path
  }

  /// The number of bytes not yet read.
  var remaining: Int { bytes.count - 1 - position }

  func error(_ reason: String, _ kind: ExchangeError.Kind = .corrupted, hint: String? = nil) -> ExchangeError
  {
    ExchangeError(path: path, kind: kind, reason: reason, line: line, hint: hint)
  }

  private mutating func skipBlanks() {
    while position < bytes.count - 1, bytes[position] <= 0x20 {
      if bytes[position] == 0x0A { line += 1 }
      position += 1
    }
  }

  /// The next word, `nil` at the end.
  mutating func word() -> ArraySlice<UInt8>? {
    skipBlanks()
    let start = position
    while position < bytes.count - 1, bytes[position] > 0x20 { position += 1 }
    return start < position ? bytes[start..<position] : nil
  }

  /// The rest of the line, without its end.
  mutating func restOfLine() -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count - 1, bytes[position] != 0x0A { position += 1 }
    return bytes[start..<position]
  }

  /// The next number, which must be an integer.
  mutating func integer(_ what: StaticString) throws(ExchangeError) -> Int {
    skipBlanks()
    var index = position
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var value = 0
    let start = index
    while true {
      let digit = Int(bytes[index]) - 48
      guard digit >= 0, digit <= 9 else { break }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = product.addingReportingOverflow(digit)
      guard !overflow, !second else { throw error("the \(what) is too large") }
      value = sum
      index += 1
    }
    guard index > start, bytes[index] <= 0x20 else { throw expected("an integer", what) }
    position = index
    return isNegative ? -value : value
  }

  /// The next number, which must be an integer in a range.
  mutating func integer(_ what: StaticString, in range: ClosedRange<Int>) throws(ExchangeError) -> Int {
    let value = try integer(what)
    guard range.contains(value) else {
      throw error("the \(what) \(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  /// The next number, which must be finite.
  mutating func number(_ what: StaticString) throws(ExchangeError) -> Double {
    skipBlanks()
    // strtod also takes words such as infinity and hexadecimal numbers.
    let start = position
    var digits = start
    if bytes[digits] == UInt8(ascii: "-") || bytes[digits] == UInt8(ascii: "+") { digits += 1 }
    guard start < bytes.count - 1, bytes[digits] < UInt8(ascii: "A"),
      bytes[digits] != UInt8(ascii: "0") || bytes[digits + 1] | 0x20 != UInt8(ascii: "x")
    else { throw expected("a number", what) }
    let (value, length) = bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress!.withMemoryRebound(to: CChar.self, capacity: buffer.count) { text in
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(text + start, &end)
        return (value, end.map { UnsafePointer($0) - (text + start) } ?? 0)
      }
    }
    guard length > 0, bytes[start + length] <= 0x20 else { throw expected("a number", what) }
    guard value.isFinite else { throw error("the \(what) is not a finite number") }
    position = start + length
    return value
  }

  private mutating func expected(_ kind: StaticString, _ what: StaticString) -> ExchangeError {
    guard let found = word() else { return error("the file ends where \(kind) is needed for the \(what)") }
    return error("'\(Self.text(found))' stands where \(kind) is needed for the \(what)")
  }

  /// A few characters of a word, fit for a message.
  static func text(_ word: ArraySlice<UInt8>) -> String {
    String(decoding: word.prefix(40).map { $0 < 0x20 ? 0x3F : $0 }, as: UTF8.self)
  }
}
