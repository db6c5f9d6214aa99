/// A line of text as bytes, taken apart from its front.
struct TextLine {
  private(set) var start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>

  init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    (self.start, self.end) = (start, end)
  }

  var count: Int { end - start }

  /// Skips blanks; whether anything is left.
  @inline(__always)
  mutating func skipBlanks() -> Bool {
    while start < end, Self.isBlank(start.pointee) { start += 1 }
    return start < end
  }

  /// The first byte that is no blank.
  var first: UInt8? {
    var line = self
    return line.skipBlanks() ? line.start.pointee : nil
  }

  /// The bytes up to the next blank.
  mutating func word() -> TextLine? {
    guard skipBlanks() else { return nil }
    let first = start
    while start < end, !Self.isBlank(start.pointee) { start += 1 }
    return TextLine(start: first, end: start)
  }

  /// The bytes from one column to another, as far as there are any.
  func columns(_ range: Range<Int>) -> TextLine {
    TextLine(start: start + min(range.lowerBound, count), end: start + min(range.upperBound, count))
  }

  /// A whole number that is not negative, with a blank or the end behind it; `nil`, and nothing taken, for anything
  /// else.
  @inline(__always)
  mutating func index() -> Int? {
    guard skipBlanks() else { return nil }
    var place = start
    var value = 0
    while place < end {
      let digit = place.pointee &- 0x30
      guard digit < 10 else { break }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit))
      guard !overflow, !carry else { return nil }
      value = sum
      place += 1
    }
    guard place > start, place == end || Self.isBlank(place.pointee) else { return nil }
    start = place
    return value
  }

  /// Everything, trimmed and safe to be printed.
  var text: String {
    var line = self
    _ = line.skipBlanks()
    let bytes = UnsafeBufferPointer(start: line.start, count: line.count)
    let shown = bytes.prefix(40).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
    var text = String(decoding: shown, as: UTF8.self)
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The first 64 bytes in lower case, safe to be printed: for words of a format.
  var lowercased: String {
    let bytes = UnsafeBufferPointer(start: start, count: min(count, 64)).map { byte in
      (0x41...0x5A).contains(byte) ? byte | 0x20 : (0x20..<0x7F).contains(byte) ? byte : UInt8(ascii: "?")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
