/// Decimal text into the nearest double.
///
/// Up to 19 digits and a power of ten up to 27 are rounded correctly by one 128-bit product or quotient, because
/// 5²⁷ fits into 64 bits; these are nearly all numbers that programs write. The rest is left to the standard library.
enum DecimalNumber {
  /// What a text turned out to be.
  enum Reading {
    case value(Double)
    /// Not in the form of a number.
    case malformed
    /// `nan` or `inf` in some spelling.
    case notFinite
    /// Beyond the range of doubles.
    case tooLarge
  }

  /// Reads a whole word: sign, digits with or without a point, exponent behind `e`, `E`, `d` or `D`.
  @inline(__always)
  static func read(_ word: TextLine) -> Reading {
    var place = word.start
    let end = word.end
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "-") || place.pointee == UInt8(ascii: "+") {
      isNegative = place.pointee == UInt8(ascii: "-")
      place += 1
    }
    var digits = Digits()
    var exponent = 0
    digits.take(&place, end)
    if place < end, place.pointee == UInt8(ascii: ".") {
      place += 1
      exponent = -digits.take(&place, end)
    }
    guard digits.areAny else { return isNotFinite(word) ? .notFinite : .malformed }
    if place < end {
      guard let power = exponentPart(&place, end) else { return .malformed }
      exponent += power
    }
    guard digits.count <= 19, let size = nearest(digits.significand, exponent) else { return general(word) }
    return .value(isNegative ? -size : size)
  }

  /// Digits as they come, around the point.
  private struct Digits {
    var significand: UInt64 = 0
    /// Digits from the first that is not zero on; beyond nineteen the significand has overflowed.
    var count = 0
    var areAny = false

    /// Takes digits as far as they go, and says how many they were.
    @inline(__always) @discardableResult
    mutating func take(_ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
      let first = place
      while place < end {
        let digit = place.pointee &- 0x30
        guard digit < 10 else { break }
        significand = significand &* 10 &+ UInt64(digit)
        if significand != 0 || count > 0 { count += 1 }
        place += 1
      }
      if place > first { areAny = true }
      return place - first
    }
  }

  /// The exponent from its letter to the end; bounded, so that no digits overflow it.
  private static func exponentPart(_ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
    let letter = place.pointee | 0x20
    guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "d") else { return nil }
    place += 1
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "-") || place.pointee == UInt8(ascii: "+") {
      isNegative = place.pointee == UInt8(ascii: "-")
      place += 1
    }
    guard place < end else { return nil }
    var power = 0
    while place < end {
      let digit = place.pointee &- 0x30
      guard digit < 10 else { return nil }
      power = min(power * 10 + Int(digit), 1_000_000)
      place += 1
    }
    return isNegative ? -power : power
  }

  /// significand · 10^exponent, correctly rounded; `nil` where 128 bits do not suffice.
  private static func nearest(_ significand: UInt64, _ exponent: Int) -> Double? {
    if significand == 0 { return 0 }
    if significand <= 1 << 53, abs(exponent) <= 22 {
      let power = powersOfTen[abs(exponent)]
      return exponent < 0 ? Double(significand) / power : Double(significand) * power
    }
    guard abs(exponent) <= 27 else { return nil }
    let power = powersOfFive[abs(exponent)]
    let shift = significand.leadingZeroBitCount
    let wide = significand << UInt64(shift)
    if exponent >= 0 {
      let product = wide.multipliedFullWidth(by: power)
      let extra = product.high.leadingZeroBitCount
      let high = extra == 0 ? product.high : product.high << UInt64(extra) | product.low >> UInt64(64 - extra)
      let low = extra == 0 ? product.low : product.low << UInt64(extra)
      return rounded(high, isInexact: low != 0, exponent: exponent + 64 - extra - shift)
    }
    let divisorShift = power.leadingZeroBitCount
    let divisor = power << UInt64(divisorShift)
    // The dividend's upper half must be below the divisor, or the quotient needs 65 bits.
    let halves = wide < divisor ? 0 : 1
    let (quotient, remainder) = divisor.dividingFullWidth(
      halves == 0 ? (wide, 0) : (wide >> 1, wide << 63))
    return rounded(
      quotient, isInexact: remainder != 0, exponent: exponent - 64 + halves - shift + divisorShift)
  }

  /// bits · 2^exponent to 53 bits, ties to even; the top bit is set and the result is a normal number.
  private static func rounded(_ bits: UInt64, isInexact: Bool, exponent: Int) -> Double {
    var significand = bits >> 11
    let rest = bits & 0x7FF
    if rest > 0x400 || (rest == 0x400 && (isInexact || significand & 1 == 1)) { significand += 1 }
    return Double(significand) * Double(bitPattern: UInt64(exponent + 11 + 1023) << 52)
  }

  /// Long numbers and extreme exponents.
  private static func general(_ word: TextLine) -> Reading {
    let bytes = UnsafeBufferPointer(start: word.start, count: word.count)
    // Fortran's letter for double precision.
    let text = bytes.map { $0 | 0x20 == UInt8(ascii: "d") ? UInt8(ascii: "e") : $0 }
    guard let value = Double(String(decoding: text, as: UTF8.self)) else { return .malformed }
    return value.isFinite ? .value(value) : .tooLarge
  }

  private static func isNotFinite(_ word: TextLine) -> Bool {
    let text = word.lowercased
    let bare = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    return bare.hasPrefix("nan") || bare == "inf" || bare == "infinity"
  }

  private static let powersOfTen: [Double] = (0...22).map { power in
    (0..<power).reduce(1) { product, _ in product * 10 }
  }
  private static let powersOfFive: [UInt64] = (0...27).map { power in
    (0..<power).reduce(1) { product, _ in product * 5 }
  }
}
