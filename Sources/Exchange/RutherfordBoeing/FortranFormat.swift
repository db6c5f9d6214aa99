/// The columns of a line of numbers as Fortran describes them: `(16I5)`, `(1P,3E26.18)`.
struct FortranFormat: Equatable {
  /// Fields of a line, and the characters of each.
  var repetition: Int
  var width: Int
  /// Whether the letter is one for real numbers.
  var isReal: Bool
  /// Numbers without an exponent are divided by ten to this power (`1P`).
  var scale = 0

  /// Understands `(nIw)`, `(nEw.d)`, also D, F, G, a scale and an exponent width; `nil` for other formats.
  init?(_ text: String) {
    var rest = Substring(text.filter { !$0.isWhitespace }).uppercased()[...]
    guard rest.first == "(", rest.last == ")" else { return nil }
    rest = rest.dropFirst().dropLast()
    // Groups such as (4(E20.12)) say the same without their inner pair.
    if rest.last == ")", let open = rest.firstIndex(of: "("), rest[..<open].allSatisfy(\.isNumber) {
      rest = (rest[..<open] + rest[rest.index(after: open)...].dropLast())[...]
    }
    func number(signed: Bool = false) -> Int? {
      let sign = signed && rest.first == "-" ? -1 : 1
      if sign < 0 { rest = rest.dropFirst() }
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      return Int(digits).map { sign * $0 }
    }
    var count = number(signed: true)
    if rest.first == "P" {
      guard let power = count, abs(power) <= 20 else { return nil }
      scale = power
      rest = rest.dropFirst()
      if rest.first == "," { rest = rest.dropFirst() }
      count = number()
    }
    guard let letter = rest.first, "IEDFG".contains(letter) else { return nil }
    rest = rest.dropFirst()
    isReal = letter != "I"
    guard let width = number(), (1...256).contains(width), (1...256).contains(count ?? 1) else { return nil }
    self.width = width
    repetition = count ?? 1
    if rest.first == "." {
      rest = rest.dropFirst()
      guard number() != nil else { return nil }
      if rest.first == "E" {
        rest = rest.dropFirst()
        guard number() != nil else { return nil }
      }
    }
    guard rest.isEmpty else { return nil }
  }

  /// Lines that so many numbers take.
  func lineCount(_ numbers: Int) -> Int { numbers / repetition + (numbers % repetition > 0 ? 1 : 0) }
}
