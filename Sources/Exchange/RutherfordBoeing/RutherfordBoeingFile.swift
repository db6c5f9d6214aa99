/// Sparse matrices in the Rutherford–Boeing format, and in the older Harwell–Boeing one.
///
/// Duff, Grimes, Lewis, *The Rutherford–Boeing sparse matrix collection*, RAL-TR-97-031, 1997. Read are assembled
/// matrices, real, integer and pattern; right-hand sides of Harwell–Boeing files are skipped.
///
/// Files are read here and not by SuiteSparse's RBio: that library takes memory as the header says, splits numbers at
/// blanks where the format has them in columns (a legal `(5I1)` line `1234` is one number to it), and reports success
/// on a full disk. The tests hold this reader and writer against it instead.
public enum RutherfordBoeingFile {
  /// Reads a matrix.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: The bytes that the lists may take.
  public static func read(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> MatrixEntries {
    var scanner = ByteScanner(try InputFile(path))
    return try entries(&scanner, memoryLimit: memoryLimit)
  }

  /// The content of a file that is in memory; `path` is what errors call it.
  package static func read(
    bytes: [UInt8], path: String, memoryLimit: Int
  ) throws(ExchangeError) -> MatrixEntries {
    var scanner = ByteScanner(bytes, path: path)
    return try entries(&scanner, memoryLimit: memoryLimit)
  }

  private static func entries(
    _ scanner: inout ByteScanner, memoryLimit: Int
  ) throws(ExchangeError) -> MatrixEntries {
    let header = try RutherfordBoeingHeader(&scanner, memoryLimit: memoryLimit)
    var entries = MatrixEntries(
      rowCount: header.rowCount, columnCount: header.columnCount, symmetry: header.symmetry,
      field: header.field)
    entries.columns.reserveCapacity(header.entryCount)
    var numbers = FieldReader(format: header.pointers)
    try readColumns(&scanner, header, &numbers, into: &entries.columns)
    entries.rows.reserveCapacity(header.entryCount)
    numbers = FieldReader(format: header.indices)
    for entry in 0..<header.entryCount {
      let (row, column) = (try numbers.integer(&scanner), entries.columns[entry])
      guard row >= 1, row <= header.rowCount else {
        throw scanner.failure("row \(row) of column \(column + 1) is not among the \(header.rowCount) rows")
      }
      if header.symmetry != .general,
        row - 1 < column || (header.symmetry == .skewSymmetric && row - 1 == column)
      {
        throw scanner.failure(
          "row \(row), column \(column + 1) has no place in the lower triangle of a \(header.symmetry.rawValue) matrix"
        )
      }
      entries.rows.append(row - 1)
    }
    try numbers.requireEnd(scanner)
    if header.field == .pattern {
      entries.values = Array(repeating: 1, count: header.entryCount)
    } else if let format = header.values {
      try readValues(&scanner, header, format, into: &entries.values)
    }
    while !header.hasRightHandSides, let line = try scanner.nextLine() {
      guard line.first == nil else { throw scanner.failure("'\(line.text)' follows after all entries") }
    }
    return entries
  }

  private static func readValues(
    _ scanner: inout ByteScanner, _ header: RutherfordBoeingHeader, _ format: FortranFormat,
    into values: inout [Double]
  ) throws(ExchangeError) {
    values.reserveCapacity(header.entryCount)
    var numbers = FieldReader(format: format)
    for _ in 0..<header.entryCount {
      values.append(try numbers.real(&scanner, isInteger: header.field == .integer))
    }
    try numbers.requireEnd(scanner)
  }

  /// The column of every entry, from where each column begins.
  private static func readColumns(
    _ scanner: inout ByteScanner, _ header: RutherfordBoeingHeader, _ numbers: inout FieldReader,
    into columns: inout [Int]
  ) throws(ExchangeError) {
    guard try numbers.integer(&scanner) == 1 else {
      throw scanner.failure("the first column does not begin at 1")
    }
    for column in 0..<header.columnCount {
      let next = try numbers.integer(&scanner) - 1
      guard next >= columns.count, next <= header.entryCount else {
        throw scanner.failure(
          "column \(column + 1) goes from entry \(columns.count + 1) to \(next) of \(header.entryCount)")
      }
      columns.append(contentsOf: repeatElement(column, count: next - columns.count))
    }
    guard columns.count == header.entryCount else {
      throw scanner.failure(
        "the columns have \(columns.count) entries, and the header says \(header.entryCount)")
    }
    try numbers.requireEnd(scanner)
  }
}

/// Numbers one after the other from lines with columns.
private struct FieldReader {
  let format: FortranFormat
  private var line: TextLine?
  private var position = 0

  init(format: FortranFormat) { self.format = format }

  private mutating func field(_ scanner: inout ByteScanner) throws(ExchangeError) -> TextLine {
    if line == nil || position == format.repetition {
      guard let next = try scanner.nextLine() else { throw scanner.failure("the file ends too early") }
      (line, position) = (next, 0)
    }
    guard let line else { throw scanner.failure("the file ends too early") }
    let start = position * format.width
    position += 1
    var field = line.columns(start..<(start + format.width))
    let whole = field
    guard let word = field.word() else { throw scanner.failure("field \(position) of the line is empty") }
    guard !field.skipBlanks() else {
      throw scanner.failure(
        "'\(whole.text)' in columns \(start + 1) to \(start + format.width) is not one number")
    }
    return word
  }

  mutating func integer(_ scanner: inout ByteScanner) throws(ExchangeError) -> Int {
    var word = try field(&scanner)
    let whole = word
    guard let value = word.index() else { throw scanner.failure("'\(whole.text)' is no number of an entry") }
    return value
  }

  mutating func real(_ scanner: inout ByteScanner, isInteger: Bool) throws(ExchangeError) -> Double {
    let word = try field(&scanner)
    let value = try MatrixMarketFile.number(word, isInteger: isInteger, scanner)
    guard format.scale != 0, !word.hasExponent else { return value }
    return scaled(value)
  }

  private func scaled(_ value: Double) -> Double {
    let power = (0..<abs(format.scale)).reduce(1.0) { product, _ in product * 10 }
    return format.scale > 0 ? value / power : value * power
  }

  /// Nothing may follow the last number on its line.
  func requireEnd(_ scanner: borrowing ByteScanner) throws(ExchangeError) {
    guard let line, position * format.width < line.count else { return }
    var rest = line.columns(position * format.width..<line.count)
    guard rest.skipBlanks() else { return }
    throw scanner.failure("'\(rest.text)' follows where the numbers should end")
  }
}

extension TextLine {
  fileprivate var hasExponent: Bool {
    UnsafeBufferPointer(start: start, count: count).contains {
      [UInt8(ascii: "e"), UInt8(ascii: "d")].contains($0 | 0x20)
    }
  }
}
