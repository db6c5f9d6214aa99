/// One word of the equation language.
struct Token: Equatable {
  enum Kind: Equatable {
    case number(Double)
    case name(String)
    case plus, minus, times, divide, power
    case open, close, openBracket, closeBracket, comma, equals
    case comparison(Comparison)
    case end
  }
  var kind: Kind
  var range: TextRange
}

/// Cuts text into tokens.
///
/// Works on UTF-8 bytes, so that positions cost nothing.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next token, or the mistake that stands there.
  mutating func next() throws(EquationError) -> Token {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    let start = position
    guard position < bytes.count else { return token(.end, from: start, length: 0) }
    let byte = bytes[position]
    if Self.isLetter(byte) { return name() }
    if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && Self.isDigit(peek(1))) { return try number() }
    switch byte {
    case UInt8(ascii: "+"): return token(.plus, from: start, length: 1)
    case UInt8(ascii: "-"): return token(.minus, from: start, length: 1)
    case UInt8(ascii: "/"): return token(.divide, from: start, length: 1)
    case UInt8(ascii: "^"): return token(.power, from: start, length: 1)
    case UInt8(ascii: "("): return token(.open, from: start, length: 1)
    case UInt8(ascii: ")"): return token(.close, from: start, length: 1)
    case UInt8(ascii: "["): return token(.openBracket, from: start, length: 1)
    case UInt8(ascii: "]"): return token(.closeBracket, from: start, length: 1)
    case UInt8(ascii: ","): return token(.comma, from: start, length: 1)
    case UInt8(ascii: "="): return token(.equals, from: start, length: 1)
    case UInt8(ascii: "*"):
      let isPower = peek(1) == byte
      return token(isPower ? .power : .times, from: start, length: isPower ? 2 : 1)
    case UInt8(ascii: "<"), UInt8(ascii: ">"):
      let orEqual = peek(1) == UInt8(ascii: "=")
      let isLess = byte == UInt8(ascii: "<")
      let comparison: Comparison =
        isLess ? (orEqual ? .lessOrEqual : .less) : (orEqual ? .greaterOrEqual : .greater)
      return token(.comparison(comparison), from: start, length: orEqual ? 2 : 1)
    default: throw strayCharacter()
    }
  }

  private mutating func token(_ kind: Token.Kind, from start: Int, length: Int) -> Token {
    position = start + length
    return Token(kind: kind, range: TextRange(start, position))
  }

  private func peek(_ distance: Int) -> UInt8 {
    position + distance < bytes.count ? bytes[position + distance] : 0
  }

  private mutating func name() -> Token {
    let start = position
    var end = position
    while end < bytes.count, Self.isLetter(bytes[end]) || Self.isDigit(bytes[end]) { end += 1 }
    return token(.name(String(decoding: bytes[start..<end], as: UTF8.self)), from: start, length: end - start)
  }

  private mutating func number() throws(EquationError) -> Token {
    let start = position
    var end = position
    func skipDigits() { while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 } }
    skipDigits()
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      end += 1
      skipDigits()
    }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      var digits = end + 1
      if digits < bytes.count, bytes[digits] == UInt8(ascii: "+") || bytes[digits] == UInt8(ascii: "-") {
        digits += 1
      }
      // `2exp(x)` is a missing operator, not a broken exponent.
      if digits < bytes.count, Self.isDigit(bytes[digits]) {
        end = digits
        skipDigits()
      }
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw EquationError(.text(TextRange(start, end)), "the number \(text.prefix(40)) is too large")
    }
    return token(.number(value), from: start, length: end - start)
  }

  private func strayCharacter() -> EquationError {
    var end = position + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    let character = String(decoding: bytes[position..<end], as: UTF8.self)
    let isPrintable = character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    let shown = isPrintable ? "'\(character)'" : "with code \(bytes[position])"
    return EquationError(.text(TextRange(position, end)), "stray character \(shown)")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }
}
