/// The four lines before the data of a Rutherford–Boeing file; the fifth of the older Harwell–Boeing format is skipped.
struct RutherfordBoeingHeader {
  var title = ""
  var field = MatrixEntries.Field.real
  var symmetry = MatrixEntries.Symmetry.general
  var rowCount = 0
  var columnCount = 0
  var entryCount = 0
  var pointers: FortranFormat
  var indices: FortranFormat
  /// `nil` for patterns.
  var values: FortranFormat?
  /// Whether right-hand sides follow the matrix, in the older format.
  var hasRightHandSides: Bool

  /// Reads the header and checks its sizes against what is left of the file and what may be taken.
  init(_ scanner: inout ByteScanner, memoryLimit: Int) throws(ExchangeError) {
    guard let first = try scanner.nextLine() else { throw .unsupported(scanner.path, "the file is empty") }
    title = first.columns(0..<72).text
    guard let second = try scanner.nextLine() else { throw Self.cutOff(scanner) }
    let cards = second.columns(0..<70).fields(of: 14)
    guard cards.count >= 4 || second.fieldsBetweenBlanks.count >= 4 else {
      throw scanner.unsupported(
        "'\(second.text)' are not the numbers of lines of a Rutherford–Boeing file",
        hint: "files of this format end in .rb, .rua or .rsa; Matrix Market files in .mtx")
    }
    hasRightHandSides = cards.count >= 5 && (cards[4] ?? 0) > 0
    guard let third = try scanner.nextLine() else { throw Self.cutOff(scanner) }
    let kind = third.columns(0..<3)
    let sizes = third.columns(14..<70).fields(of: 14).compactMap { $0 }
    guard sizes.count >= 3 else {
      throw scanner.failure("'\(third.text)' has no numbers of rows, columns and entries")
    }
    (rowCount, columnCount, entryCount) = (sizes[0], sizes[1], sizes[2])
    (field, symmetry) = try Self.kind(kind, scanner)
    guard symmetry == .general || rowCount == columnCount else {
      throw scanner.failure("a \(symmetry.rawValue) matrix cannot be \(rowCount) × \(columnCount)")
    }
    guard let fourth = try scanner.nextLine() else { throw Self.cutOff(scanner) }
    func format(_ range: Range<Int>, isReal: Bool) -> FortranFormat? {
      let format = FortranFormat(fourth.columns(range).text)
      return format.flatMap { $0.isReal && !isReal ? nil : $0 }
    }
    guard let pointers = format(0..<16, isReal: false), let indices = format(16..<32, isReal: false) else {
      throw scanner.failure("'\(fourth.text)' does not begin with two formats of integers, such as (16I5)")
    }
    (self.pointers, self.indices) = (pointers, indices)
    values = format(32..<52, isReal: true)
    guard field == .pattern || values != nil else {
      throw scanner.failure("'\(fourth.columns(32..<52).text)' is no format of numbers, such as (3E26.18)")
    }
    if hasRightHandSides, try scanner.nextLine() == nil { throw Self.cutOff(scanner) }
    try checkSizes(scanner, memoryLimit: memoryLimit)
  }

  private static func kind(
    _ word: TextLine, _ scanner: borrowing ByteScanner
  ) throws(ExchangeError) -> (MatrixEntries.Field, MatrixEntries.Symmetry) {
    let letters = Array(word.lowercased)
    guard letters.count == 3 else {
      throw scanner.failure("'\(word.text)' is no type of a matrix, such as rua")
    }
    let field: MatrixEntries.Field
    switch letters[0] {
    case "r": field = .real
    case "i": field = .integer
    case "p": field = .pattern
    case "c", "q":
      throw scanner.unsupported(
        "complex matrices are not read", hint: "write the real and the imaginary part as two real unknowns")
    default: throw scanner.failure("'\(word.text)' is no type of a matrix, such as rua")
    }
    guard letters[2] == "a" else {
      throw scanner.unsupported("only assembled matrices are read, and '\(word.text)' is not")
    }
    switch letters[1] {
    case "u", "r": return (field, .general)
    case "s": return (field, .symmetric)
    case "z": return (field, .skewSymmetric)
    case "h": throw scanner.unsupported("hermitian matrices are complex, and complex matrices are not read")
    default: throw scanner.failure("'\(word.text)' is no type of a matrix, such as rua")
    }
  }

  private func checkSizes(_ scanner: borrowing ByteScanner, memoryLimit: Int) throws(ExchangeError) {
    guard entryCount == 0 || (rowCount > 0 && columnCount > 0) else {
      throw scanner.failure("a \(rowCount) × \(columnCount) matrix has no \(entryCount) entries")
    }
    // One character at least for every number.
    let perEntry = values == nil || field == .pattern ? 1 : 2
    let room = scanner.remaining
    guard columnCount < room, entryCount <= (room - columnCount) / perEntry else {
      throw scanner.failure(
        "the sizes promise \(columnCount) columns and \(entryCount) entries, which do not fit in the \(room) bytes "
          + "that follow")
    }
    let bytes = MatrixEntries.bytes(rowCount: rowCount, columnCount: columnCount, entries: entryCount)
    guard let bytes, bytes <= memoryLimit else {
      throw .tooLarge(path: scanner.path, bytes: bytes ?? .max, limit: memoryLimit)
    }
  }

  private static func cutOff(_ scanner: borrowing ByteScanner) -> ExchangeError {
    scanner.failure("the file ends in its header")
  }
}

extension TextLine {
  /// Integers in columns of a width; `nil` for a column that holds none.
  fileprivate func fields(of width: Int) -> [Int?] {
    stride(from: 0, to: count, by: width).map { start in
      var field = columns(start..<(start + width))
      let value = field.index()
      return field.skipBlanks() ? nil : value
    }
  }

  fileprivate var fieldsBetweenBlanks: [Int] {
    var (line, found): (TextLine, [Int]) = (self, [])
    while found.count < 8, let value = line.index() { found.append(value) }
    return found
  }
}
