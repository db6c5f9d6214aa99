public import Arrays

extension MatrixMarketFile {
  /// Writes a sparse matrix; a symmetric one by its lower triangle.
  ///
  /// Numbers are the shortest that are read back as the same doubles.
  ///
  /// - Throws: `ExchangeError.mismatch` for entries that the format cannot hold, and any trouble with the file.
  public static func write(
    _ entries: MatrixEntries, to path: String, comment: String = ""
  ) throws(ExchangeError) {
    if let flaw = entries.flaw() { throw .mismatch(path, flaw) }
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      var text = DecimalText()
      text.append(
        "%%MatrixMarket matrix coordinate \(entries.field.rawValue) \(entries.symmetry.rawValue)\n")
      append(comment, to: &text)
      text.append("\(entries.rowCount) \(entries.columnCount) \(entries.count)\n")
      for entry in entries.rows.indices {
        text.append(entries.rows[entry] + 1)
        text.append(byte: UInt8(ascii: " "))
        text.append(entries.columns[entry] + 1)
        if entries.field != .pattern {
          text.append(byte: UInt8(ascii: " "))
          text.append(entries.values[entry])
        }
        text.append(byte: UInt8(ascii: "\n"))
        try text.flush(to: file)
      }
      try text.flush(to: file, isComplete: true)
    }
  }

  /// Writes a dense array of one (a column) or two axes (rows, columns).
  public static func write(
    _ array: NDArray<Double>, to path: String, comment: String = ""
  ) throws(ExchangeError) {
    guard (1...2).contains(array.shape.count) else {
      throw .mismatch(path, "an array of \(array.shape.count) axes is neither a vector nor a matrix")
    }
    let (rows, columns) = (array.shape[0], array.shape.count == 2 ? array.shape[1] : 1)
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      var text = DecimalText()
      text.append("%%MatrixMarket matrix array real general\n")
      append(comment, to: &text)
      text.append("\(rows) \(columns)\n")
      for column in 0..<columns {
        for row in 0..<rows {
          let value = array[flat: row * columns + column]
          guard value.isFinite else {
            throw .mismatch(path, "the number in row \(row), column \(column) is \(value)")
          }
          text.append(value)
          text.append(byte: UInt8(ascii: "\n"))
          try text.flush(to: file)
        }
      }
      try text.flush(to: file, isComplete: true)
    }
  }

  private static func append(_ comment: String, to text: inout DecimalText) {
    guard !comment.isEmpty else { return }
    for line in comment.split(whereSeparator: \.isNewline) { text.append("% \(line)\n") }
  }
}
