/// The first line of a Matrix Market file, and the sizes behind its comments.
struct MatrixMarketHeader {
  var isCoordinate = true
  var field = MatrixEntries.Field.real
  var symmetry = MatrixEntries.Symmetry.general
  var rowCount = 0
  var columnCount = 0
  /// Lines of entries that follow, or numbers of an array.
  var entryCount = 0

  /// Reads up to the sizes and checks them against what is left of the file and what may be taken.
  init(_ scanner: inout ByteScanner, memoryLimit: Int) throws(ExchangeError) {
    guard let first = try scanner.nextLine() else { throw .unsupported(scanner.path, "the file is empty") }
    try readBanner(first, scanner)
    while true {
      guard var line = try scanner.nextLine() else {
        throw scanner.failure("the file ends before its sizes")
      }
      guard let byte = line.first, byte != UInt8(ascii: "%") else { continue }
      try readSizes(&line, scanner)
      break
    }
    try checkSizes(scanner, memoryLimit: memoryLimit)
  }

  private mutating func readBanner(_ first: TextLine, _ scanner: borrowing ByteScanner) throws(ExchangeError)
  {
    if first.count >= 2, first.start[0] == 0x1F, first.start[1] == 0x8B {
      throw .unsupported(
        scanner.path, "it is compressed by gzip", hint: "unpack it first: gunzip FILE")
    }
    var line = first
    var words: [String] = []
    while words.count < 6, let word = line.word() { words.append(word.lowercased) }
    guard words.first == "%%matrixmarket" || words.first == "%matrixmarket" else {
      throw scanner.unsupported(
        "it does not begin with '%%MatrixMarket'",
        hint: "the first line of a Matrix Market file names its kind")
    }
    guard words.count == 5, words[1] == "matrix" else {
      throw scanner.unsupported(
        "the first line must be '%%MatrixMarket matrix FORMAT FIELD SYMMETRY', not '\(first.text)'")
    }
    switch words[2] {
    case "coordinate": isCoordinate = true
    case "array": isCoordinate = false
    default: throw scanner.unsupported("the format '\(words[2])' is neither coordinate nor array")
    }
    switch words[3] {
    case "real", "double": field = .real
    case "integer", "unsigned-integer": field = .integer
    case "pattern" where isCoordinate: field = .pattern
    case "complex":
      throw scanner.unsupported(
        "complex matrices are not read", hint: "write the real and the imaginary part as two real unknowns")
    default: throw scanner.unsupported("the field '\(words[3])' is not known for the format '\(words[2])'")
    }
    switch words[4] {
    case "hermitian":
      throw scanner.unsupported(
        "hermitian matrices are complex, and complex matrices are not read",
        hint: "write the real and the imaginary part as two real unknowns")
    default:
      guard let known = MatrixEntries.Symmetry(rawValue: words[4]) else {
        throw scanner.unsupported("the symmetry '\(words[4])' is not known")
      }
      symmetry = known
    }
    guard field != .pattern || symmetry != .skewSymmetric else {
      throw scanner.unsupported("a pattern cannot be skew-symmetric")
    }
  }

  private mutating func readSizes(
    _ line: inout TextLine, _ scanner: borrowing ByteScanner
  ) throws(ExchangeError) {
    let whole = line
    let wanted = isCoordinate ? "rows, columns and entries" : "rows and columns"
    guard let rows = line.index(), let columns = line.index(), let entries = isCoordinate ? line.index() : 0,
      !line.skipBlanks()
    else { throw scanner.failure("'\(whole.text)' are not the numbers of \(wanted)") }
    (rowCount, columnCount, entryCount) = (rows, columns, entries)
    guard symmetry == .general || rows == columns else {
      throw scanner.failure("a \(symmetry.rawValue) matrix cannot be \(rows) × \(columns)")
    }
    guard !isCoordinate else {
      guard entries == 0 || (rows > 0 && columns > 0) else {
        throw scanner.failure("a \(rows) × \(columns) matrix has no \(entries) entries")
      }
      return
    }
    guard let count = arrayCount else {
      throw scanner.failure("a \(rows) × \(columns) array is larger than any memory")
    }
    entryCount = count
  }

  /// Numbers that an array of the sizes and the symmetry has; `nil` on overflow.
  private var arrayCount: Int? {
    let (square, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
    guard !overflow else { return nil }
    return switch symmetry {
    case .general: square
    case .symmetric: (square - rowCount) / 2 + rowCount
    case .skewSymmetric: (square - rowCount) / 2
    }
  }

  private func checkSizes(_ scanner: borrowing ByteScanner, memoryLimit: Int) throws(ExchangeError) {
    // "1 1 1\n", "1 1\n" and "1\n"; the last line may have no end.
    let shortest = isCoordinate ? (field == .pattern ? 4 : 6) : 2
    guard entryCount <= scanner.remaining / shortest + 1 else {
      throw scanner.failure(
        "the sizes promise \(entryCount) entries, which do not fit in the \(scanner.remaining) bytes that follow"
      )
    }
    let bytes =
      isCoordinate
      ? MatrixEntries.bytes(rowCount: rowCount, columnCount: columnCount, entries: entryCount)
      : MemoryLimit.bytes(shape: [rowCount, columnCount], elementSize: 8)
    guard let bytes, bytes <= memoryLimit else {
      throw .tooLarge(path: scanner.path, bytes: bytes ?? .max, limit: memoryLimit)
    }
  }
}
