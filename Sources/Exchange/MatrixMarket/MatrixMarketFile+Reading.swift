import Arrays

extension MatrixMarketFile {
  /// The lines behind the sizes of a coordinate file: one entry each.
  static func coordinates(
    _ scanner: inout ByteScanner, _ header: MatrixMarketHeader
  ) throws(ExchangeError) -> MatrixEntries {
    var entries = MatrixEntries(
      rowCount: header.rowCount, columnCount: header.columnCount, symmetry: header.symmetry,
      field: header.field)
    entries.rows.reserveCapacity(header.entryCount)
    entries.columns.reserveCapacity(header.entryCount)
    entries.values.reserveCapacity(header.entryCount)
    while var line = try scanner.nextLine() {
      guard line.skipBlanks(), line.start.pointee != UInt8(ascii: "%") else { continue }
      guard entries.count < header.entryCount else {
        throw scanner.failure("'\(line.text)' follows after all \(header.entryCount) entries")
      }
      let whole = line
      guard let row = line.index(), let column = line.index() else {
        throw scanner.failure("'\(whole.text)' does not begin with a row and a column")
      }
      guard row >= 1, row <= header.rowCount, column >= 1, column <= header.columnCount else {
        throw scanner.failure(
          "row \(row), column \(column) is outside the \(header.rowCount) × \(header.columnCount) matrix",
          hint: "rows and columns count from 1")
      }
      if header.symmetry != .general {
        try checkTriangle(row, column, header.symmetry, scanner)
      }
      var value = 1.0
      if header.field != .pattern {
        guard let word = line.word() else { throw scanner.failure("'\(whole.text)' has no value") }
        value = try number(word, isInteger: header.field == .integer, scanner)
      }
      guard !line.skipBlanks() else {
        throw scanner.failure("'\(line.text)' follows where the line should end")
      }
      entries.rows.append(row - 1)
      entries.columns.append(column - 1)
      entries.values.append(value)
    }
    guard entries.count == header.entryCount else {
      throw endsEarly(scanner, entries.count, header.entryCount)
    }
    return entries
  }

  /// The numbers of an array file: by columns, of symmetric ones the lower triangle.
  static func array(
    _ scanner: inout ByteScanner, _ header: MatrixMarketHeader
  ) throws(ExchangeError) -> NDArray<Double> {
    let (rows, columns) = (header.rowCount, header.columnCount)
    let elements = AlignedStorage<Double>(count: rows * columns)
    let skipped = header.symmetry == .skewSymmetric ? 1 : 0
    var (row, column, count) = (skipped, 0, 0)
    while var line = try scanner.nextLine() {
      guard line.skipBlanks(), line.start.pointee != UInt8(ascii: "%") else { continue }
      while let word = line.word() {
        guard count < header.entryCount else {
          throw scanner.failure("'\(word.text)' follows after all \(header.entryCount) numbers")
        }
        let value = try number(word, isInteger: header.field == .integer, scanner)
        elements.baseAddress[row * columns + column] = value
        if header.symmetry != .general, row != column {
          elements.baseAddress[column * columns + row] = header.symmetry == .symmetric ? value : -value
        }
        count += 1
        row += 1
        guard row == rows else { continue }
        column += 1
        row = header.symmetry == .general ? 0 : column + skipped
      }
    }
    guard count == header.entryCount else { throw endsEarly(scanner, count, header.entryCount) }
    return NDArray(shape: [rows, columns], elements.buffer)
  }

  /// A number that a double holds.
  @inline(__always)
  static func number(
    _ word: TextLine, isInteger: Bool = false, _ scanner: borrowing ByteScanner
  ) throws(ExchangeError) -> Double {
    guard case .value(let value) = DecimalNumber.read(word), !isInteger || isExactInteger(value) else {
      throw refusal(of: word, isInteger: isInteger, scanner)
    }
    return value
  }

  private static func isExactInteger(_ value: Double) -> Bool {
    value == value.rounded(.towardZero) && value.magnitude <= 0x1p53
  }

  /// Why a word is not read as a number.
  static func refusal(
    of word: TextLine, isInteger: Bool, _ scanner: borrowing ByteScanner
  ) -> ExchangeError {
    switch DecimalNumber.read(word) {
    case .value(let value):
      value == value.rounded(.towardZero)
        ? scanner.failure("'\(word.text)' has more digits than a double holds")
        : scanner.failure("'\(word.text)' is not an integer")
    case .malformed: scanner.failure("'\(word.text)' is not a number")
    case .notFinite: scanner.failure("'\(word.text)' is not a finite number")
    case .tooLarge: scanner.failure("'\(word.text)' is larger than any double")
    }
  }

  private static func checkTriangle(
    _ row: Int, _ column: Int, _ symmetry: MatrixEntries.Symmetry, _ scanner: borrowing ByteScanner
  ) throws(ExchangeError) {
    guard row >= column else {
      throw scanner.failure(
        "row \(row), column \(column) is above the diagonal of a \(symmetry.rawValue) matrix",
        hint: "only the lower triangle is listed; a file with both is 'general'")
    }
    guard row != column || symmetry != .skewSymmetric else {
      throw scanner.failure("row \(row), column \(column) is on the diagonal of a skew-symmetric matrix")
    }
  }

  private static func endsEarly(
    _ scanner: borrowing ByteScanner, _ found: Int, _ promised: Int
  ) -> ExchangeError {
    scanner.failure("the file ends after \(found) of \(promised) entries")
  }
}
