/// A reader of the little of JSON that headers of tensors are made of: objects, strings, and arrays of whole numbers.
///
/// Nothing here recurses, so that no nesting exhausts the stack; what it returns is never longer than what it reads.
struct HeaderScanner {
  /// What is wrong, and at which byte.
  struct Mistake: Error {
    var reason: String
    var position: Int
  }

  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func mistake(_ reason: String) -> Mistake { Mistake(reason: reason, position: position) }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return position == bytes.count
    }
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  /// Whether the next byte that is no blank is this one, which is then taken.
  mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func take(_ character: Unicode.Scalar) throws(Mistake) {
    guard takes(character) else { throw mistake("'\(character)' is missing") }
  }

  /// The members of an object; `member` is called behind the colon of each and takes the value.
  mutating func object(
    _ member: (String, inout HeaderScanner) throws(Mistake) -> Void
  ) throws(Mistake) {
    try take("{")
    guard !takes("}") else { return }
    repeat {
      let key = try string()
      try take(":")
      try member(key, &self)
    } while takes(",")
    try take("}")
  }

  /// An array of whole numbers that are not negative, at most `limit` of them.
  mutating func numbers(limit: Int) throws(Mistake) -> [Int] {
    try take("[")
    var numbers: [Int] = []
    guard !takes("]") else { return numbers }
    repeat {
      guard numbers.count < limit else { throw mistake("an array has more than \(limit) numbers") }
      numbers.append(try number())
    } while takes(",")
    try take("]")
    return numbers
  }

  private mutating func number() throws(Mistake) -> Int {
    skipBlanks()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit))
      guard !overflow, !carry else { throw mistake("a number is too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw mistake("a whole number is missing") }
    guard position == start + 1 || bytes[start] != 0x30 else { throw mistake("a number begins with zero") }
    return value
  }

  mutating func string() throws(Mistake) -> String {
    try take("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw mistake("a string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: Array(String(try escape()).utf8))
      case 0..<0x20: throw mistake("a control character stands in a string")
      default:
        position += 1
        text.append(byte)
      }
    }
    throw mistake("a string does not end")
  }

  /// What stands behind a backslash.
  private mutating func escape() throws(Mistake) -> Unicode.Scalar {
    guard position < bytes.count else { throw mistake("a string does not end") }
    let kind = bytes[position]
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard (0xD800..<0xDC00).contains(first), position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      else { throw mistake("half of a surrogate pair stands alone") }
      position += 2
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw mistake("half of a surrogate pair stands alone") }
      return scalar
    default: throw mistake("an unknown escape stands in a string")
    }
  }

  private mutating func hexadecimal() throws(Mistake) -> UInt32 {
    guard position + 4 <= bytes.count else { throw mistake("a string does not end") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw mistake("four hexadecimal digits are missing")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }
}
