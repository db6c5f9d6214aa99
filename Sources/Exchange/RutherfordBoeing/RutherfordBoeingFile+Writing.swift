extension RutherfordBoeingFile {
  /// Writes a matrix; a symmetric one by its lower triangle.
  ///
  /// Entries are sorted by columns; numbers are read back as the same doubles.
  ///
  /// - Throws: `ExchangeError.mismatch` for entries that the format cannot hold, and any trouble with the file.
  public static func write(
    _ entries: MatrixEntries, to path: String, title: String = "", key: String = ""
  ) throws(ExchangeError) {
    if let flaw = entries.flaw() { throw .mismatch(path, flaw) }
    let order = entries.rows.indices.sorted {
      (entries.columns[$0], entries.rows[$0], $0) < (entries.columns[$1], entries.rows[$1], $1)
    }
    for (one, other) in zip(order, order.dropFirst())
    where entries.rows[one] == entries.rows[other] && entries.columns[one] == entries.columns[other] {
      throw .mismatch(
        path, "the entry in row \(entries.rows[one]), column \(entries.columns[one]) is listed twice")
    }
    let columns = Columns(entries, order)
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      var text = DecimalText()
      text.append(columns.header(entries, title: title, key: key))
      var starts = [Int](repeating: 1, count: entries.columnCount + 1)
      for column in entries.columns { starts[column + 1] += 1 }
      for column in 0..<entries.columnCount { starts[column + 1] += starts[column] - 1 }
      try columns.pointers.write(starts.lazy.map { "\($0)" }, &text, file)
      try columns.indices.write(order.lazy.map { "\(entries.rows[$0] + 1)" }, &text, file)
      if entries.field != .pattern {
        try columns.values.write(
          order.lazy.map { Columns.text(entries.values[$0], entries.field) }, &text, file)
      }
      try text.flush(to: file, isComplete: true)
    }
  }

  /// How wide the fields of a file are, and how many stand on a line.
  private struct Columns {
    var pointers: Layout
    var indices: Layout
    var values: Layout

    init(_ entries: MatrixEntries, _ order: [Int]) {
      pointers = Layout(width: "\(entries.count + 1)".count + 1)
      indices = Layout(width: "\(max(entries.rowCount, 1))".count + 1)
      let longest = entries.values.map { Self.text($0, entries.field).count }.max() ?? 0
      values = Layout(width: max(longest, entries.field == .integer ? 1 : 8) + 1)
    }

    /// Real numbers have a point always, because Fortran reads `4` in a column of E20.12 as 4e-12.
    static func text(_ value: Double, _ field: MatrixEntries.Field) -> String {
      if field == .integer { return "\(Int(value))" }
      let text = value.description.uppercased()
      guard let exponent = text.firstIndex(of: "E"), !text.contains(".") else { return text }
      return text[..<exponent] + ".0" + text[exponent...]
    }

    func header(_ entries: MatrixEntries, title: String, key: String) -> String {
      let type =
        String(entries.field.rawValue.prefix(1))
        + (entries.symmetry == .symmetric
          ? "s"
          : entries.symmetry == .skewSymmetric ? "z" : entries.rowCount == entries.columnCount ? "u" : "r")
        + "a"
      let lines = [
        pointers.lineCount(entries.columnCount + 1), indices.lineCount(entries.count),
        entries.field == .pattern ? 0 : values.lineCount(entries.count),
      ]
      let format =
        entries.field == .pattern
        ? ""
        : entries.field == .integer
          ? values.format("I") : values.format("E", decimals: max(1, values.width - 8))
      return plain(title, 72) + plain(key, 8) + "\n"
        + ([lines.reduce(0, +)] + lines).map { padded("\($0)", 14) }.joined() + "\n" + type
        + String(repeating: " ", count: 11)
        + [entries.rowCount, entries.columnCount, entries.count, 0].map { padded("\($0)", 14) }.joined()
        + "\n"
        + plain(pointers.format("I"), 16) + plain(indices.format("I"), 16) + plain(format, 20) + "\n"
    }

    /// Printable characters, cut or filled up to a width.
    private func plain(_ text: String, _ width: Int) -> String {
      let bytes = text.utf8.prefix(width).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
      return String(decoding: bytes, as: UTF8.self) + String(repeating: " ", count: width - bytes.count)
    }
  }

  /// Fields of equal width on lines of at most eighty characters.
  private struct Layout {
    var width: Int
    var perLine: Int { max(1, 80 / width) }

    func lineCount(_ numbers: Int) -> Int { (numbers + perLine - 1) / perLine }

    func format(_ letter: String, decimals: Int? = nil) -> String {
      "(\(perLine)\(letter)\(width)\(decimals.map { ".\($0)" } ?? ""))"
    }

    func write(
      _ fields: some Sequence<String>, _ text: inout DecimalText, _ file: OutputFile
    ) throws(ExchangeError) {
      var position = 0
      for field in fields {
        text.append(padded(field, width))
        position += 1
        guard position == perLine else { continue }
        text.append(byte: UInt8(ascii: "\n"))
        position = 0
        try text.flush(to: file)
      }
      if position > 0 { text.append(byte: UInt8(ascii: "\n")) }
    }
  }

  /// Right-aligned in a field.
  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}
