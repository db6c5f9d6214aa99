/// Reads big-endian fields of a file one after the other, never past its end.
struct HeaderCursor {
  let file: InputFile
  private(set) var position: Int
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowLength = 1 << 16

  init(_ file: InputFile, position: Int) {
    self.file = file
    self.position = position
  }

  /// Bytes between here and the end of the file.
  var remaining: Int { file.size - position }

  /// Fails with `reason` for a header that contradicts itself.
  func broken(_ reason: String) -> ExchangeError {
    .corrupted(file.path, "its header is damaged: \(reason)")
  }

  mutating func skip(_ count: Int) throws(ExchangeError) {
    guard count >= 0, count <= remaining else { throw broken("it ends too early") }
    position += count
  }

  mutating func bytes(_ count: Int) throws(ExchangeError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw broken("it ends too early") }
    if position < windowStart || position + count > windowStart + window.count {
      window = try file.read(count: min(max(count, Self.windowLength), remaining), at: position)
      windowStart = position
    }
    let start = position - windowStart
    position += count
    return window[start..<start + count]
  }

  mutating func unsigned(width: Int) throws(ExchangeError) -> UInt64 {
    var value: UInt64 = 0
    for byte in try bytes(width) { value = value << 8 | UInt64(byte) }
    return value
  }

  /// A count or an offset: not negative as a signed number of this width.
  mutating func count(width: Int, of what: String) throws(ExchangeError) -> Int {
    let value = try unsigned(width: width)
    guard value < 1 << (UInt64(width) * 8 - 1) else { throw broken("the \(what) is negative") }
    return Int(value)
  }

  /// A name, padded to four bytes.
  mutating func name(width: Int) throws(ExchangeError) -> String {
    let length = try count(width: width, of: "length of a name")
    guard length > 0, length <= 256 else { throw broken("a name has \(length) bytes") }
    let text = try bytes(length)
    guard !text.contains(0), !text.contains(UInt8(ascii: "/")),
      let name = String(validating: text, as: UTF8.self)
    else { throw broken("a name is not valid text") }
    try skip(length.paddedToFour - length)
    return name
  }
}

extension Int {
  /// The next multiple of four.
  var paddedToFour: Int { (self + 3) & ~3 }
}
