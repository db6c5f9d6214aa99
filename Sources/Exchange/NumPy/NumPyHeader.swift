/// The header of a `.npy` file: a literal of a Python dictionary, of which only the three keys that
/// the format defines are understood.
struct NumPyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private(set) var shape: [Int] = []
  /// 4 for floats, 8 for doubles.
  private(set) var elementSize = 0
  /// Where the elements begin.
  private(set) var dataOffset = 0

  init(_ file: InputFile) throws(ExchangeError) {
    guard file.size >= 10 else { throw .unsupported(file.path, "it is not a NumPy file") }
    let start = try file.read(count: min(12, file.size), at: 0)
    guard start.starts(with: Self.magic) else { throw .unsupported(file.path, "it is not a NumPy file") }
    // Versions 2 and 3 differ from 1 in the width of the length, and in allowing more characters.
    let width = start[6] == 1 ? 2 : 4
    guard (1...3).contains(start[6]), start.count >= 8 + width else {
      throw .unsupported(file.path, "version \(start[6]) of the NumPy format is not known")
    }
    let length = start[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 16, 8 + width + length <= file.size else {
      throw .corrupted(file.path, "its header is cut off")
    }
    dataOffset = 8 + width + length
    let text = String(decoding: try file.read(count: length, at: 8 + width), as: UTF8.self)
    var literal = PythonLiteral(text)
    guard let entries = literal.dictionary(), literal.isAtEnd else {
      throw .corrupted(file.path, "its header is not a dictionary")
    }
    guard case .tuple(let lengths) = entries["shape"], case .string(let type) = entries["descr"],
      case .boolean(let isFortranOrder) = entries["fortran_order"]
    else { throw .corrupted(file.path, "its header lacks shape, descr or fortran_order") }
    switch type {
    case "<f8": elementSize = 8
    case "<f4": elementSize = 4
    default:
      throw .unsupported(file.path, "its element type '\(type.prefix(20))' is not read, only '<f8' and '<f4'")
    }
    guard !isFortranOrder || lengths.count < 2 else {
      throw .unsupported(file.path, "it is in Fortran order", hint: "save numpy.ascontiguousarray(a)")
    }
    guard lengths.count <= 32 else { throw .unsupported(file.path, "it has \(lengths.count) axes") }
    shape = lengths
  }
}

/// The little of Python's syntax that NumPy writes into its headers.
private struct PythonLiteral {
  enum Value {
    case string(String)
    case boolean(Bool)
    case tuple([Int])
  }
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = string(), take(":"), let value = value() else { return nil }
      entries[key] = value
      guard take(",") || rest.drop(while: \.isWhitespace).first == "}" else { return nil }
    }
    return entries
  }

  private mutating func value() -> Value? {
    if let text = string() { return .string(text) }
    if take("True") { return .boolean(true) }
    if take("False") { return .boolean(false) }
    guard take("(") else { return nil }
    var lengths: [Int] = []
    while !take(")") {
      rest = rest.drop(while: \.isWhitespace)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let length = Int(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      lengths.append(length)
      guard take(",") || rest.drop(while: \.isWhitespace).first == ")" else { return nil }
    }
    return .tuple(lengths)
  }

  private mutating func string() -> String? {
    rest = rest.drop(while: \.isWhitespace)
    guard let quote = rest.first, quote == "'" || quote == "\"",
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    let text = String(rest.dropFirst()[..<end])
    rest = rest[rest.index(after: end)...]
    return text
  }

  private mutating func take(_ token: String) -> Bool {
    let trimmed = rest.drop(while: \.isWhitespace)
    guard trimmed.hasPrefix(token) else { return false }
    rest = trimmed.dropFirst(token.count)
    return true
  }
}
