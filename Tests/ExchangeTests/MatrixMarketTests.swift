import Arrays
import Exchange
import Foundation
import Testing

@Suite("Matrix Market files")
struct MatrixMarketTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> MatrixMarketFile.Content {
    try put(Array(text.utf8), to: folder("a.mtx"))
    return try MatrixMarketFile.read(folder("a.mtx"))
  }

  private func entries(_ text: String) throws -> MatrixEntries {
    guard case .coordinate(let entries) = try read(text) else {
      Issue.record("it is an array")
      return MatrixEntries(rowCount: 0, columnCount: 0)
    }
    return entries
  }

  @Test("Fields, comments, blank lines, line ends and capitals are understood")
  func spellings() throws {
    let expected = MatrixEntries(
      rowCount: 3, columnCount: 4, rows: [0, 2], columns: [3, 0], values: [0.5, -1e-3])
    for text in [
      "%%MatrixMarket matrix coordinate real general\n3 4 2\n1 4 0.5\n3 1 -1e-3\n",
      "%%matrixmarket MATRIX Coordinate REAL General\r\n% a\r\n%\r\n\r\n 3  4\t2 \r\n1 4 5.0D-1\r\n3 1 -.001",
      "%%MatrixMarket matrix coordinate real general\n3 4 2\n\n% between\n1 4 +.5E0\n\n3 1 -1.e-3\n\n\n",
    ] {
      #expect(try entries(text) == expected)
    }
    let pattern = try entries("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n")
    #expect(pattern.values == [1, 1] && pattern.symmetry == .symmetric && pattern.field == .pattern)
    let skew = try entries("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 -7\n")
    #expect(skew.values == [-7] && skew.symmetry == .skewSymmetric && skew.field == .integer)
    #expect(try entries("%%MatrixMarket matrix coordinate real general\n0 0 0\n").count == 0)
  }

  @Test("Arrays are listed by columns, symmetric ones by the lower triangle")
  func arrays() throws {
    func array(_ head: String, _ body: String) throws -> NDArray<Double> {
      try put(Array("%%MatrixMarket matrix array \(head)\n\(body)".utf8), to: folder("a.mtx"))
      return try MatrixMarketFile.readArray(folder("a.mtx"))
    }
    #expect(try array("real general", "2 3\n1\n2\n3\n4\n5\n6\n").elements == [1, 3, 5, 2, 4, 6])
    #expect(try array("integer symmetric", "2 2\n1\n2\n3").elements == [1, 2, 2, 3])
    #expect(try array("real skew-symmetric", "3 3\n1 2\n3").elements == [0, -1, -2, 1, 0, -3, 2, 3, 0])
    let sparse = try array("real general", "2 2\n0\n5\n0\n0\n")
    #expect(sparse.elements == [0, 0, 5, 0])
    let entries = try MatrixMarketFile.readEntries(folder("a.mtx"))
    #expect(entries.rows == [1] && entries.columns == [0] && entries.values == [5])
  }

  @Test(
    "Mistakes are refused with their line",
    arguments: [
      ("", nil, "empty"), ("hello\n", 1, "does not begin"),
      ("%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n", 1, "complex"),
      ("%%MatrixMarket matrix coordinate complex hermitian\n1 1 0\n", 1, "complex"),
      ("%%MatrixMarket matrix coordinate real hermitian\n1 1 0\n", 1, "hermitian"),
      ("%%MatrixMarket matrix array pattern general\n1 1\n1\n", 1, "pattern"),
      ("%%MatrixMarket matrix coordinate pattern skew-symmetric\n1 1 0\n", 1, "skew"),
      ("%%MatrixMarket matrix coordinate real\n1 1 0\n", 1, "FORMAT FIELD"),
      ("%%MatrixMarket matrix coordinate real general\n% only\n", 2, "before its sizes"),
      ("%%MatrixMarket matrix coordinate real general\n2 2\n", 2, "numbers of rows"),
      ("%%MatrixMarket matrix coordinate real general\n-2 2 1\n", 2, "numbers of rows"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 99999999999999999999\n", 2, "numbers of rows"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1000000\n1 1 1\n", 2, "promise"),
      ("%%MatrixMarket matrix array real general\n400000000 4000000000\n1\n", 2, "promise"),
      ("%%MatrixMarket matrix array real general\n9000000000000000000 9\n1\n", 2, "larger than any memory"),
      ("%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n", 2, "cannot be 2 × 3"),
      ("%%MatrixMarket matrix coordinate real general\n0 3 1\n1 1 1\n", 2, "no 1 entries"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n0 1 1\n", 3, "outside"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 3 1\n", 3, "outside"),
      ("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n", 3, "above the diagonal"),
      ("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 2 1\n", 3, "on the diagonal"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 one\n", 3, "'one' is not a number"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 nan\n", 3, "not a finite"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 -Infinity\n", 3, "not a finite"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1e999\n", 3, "larger than any double"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1e\n", 3, "not a number"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 0x10\n", 3, "not a number"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1\n", 3, "no value"),
      ("%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 1 1.5\n", 3, "not an integer"),
      (
        "%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 1 9007199254740993000\n", 3, "more digits"
      ),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1 7\n", 3, "where the line should end"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1.0 1 1\n", 3, "row and a column"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1\n2 2 2\n", 4, "after all 1 entries"),
      ("%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n", 3, "after 1 of 2"),
      ("%%MatrixMarket matrix array real general\n2 1\n1\n2\n3\n", 5, "after all 2 numbers"),
      ("%%MatrixMarket matrix array real general\n2 1\n1\n", 3, "after 1 of 2"),
    ] as [(String, Int?, String)])
  func mistakes(text: String, line: Int?, words: String) throws {
    let error = #expect(throws: ExchangeError.self) { _ = try read(text) }
    #expect(error?.line == line)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test("Compressed files, folders and memory limits are refused clearly")
  func refused() throws {
    try put([0x1F, 0x8B, 8, 0, 0], to: folder("a.mtx.gz"))
    let error = #expect(throws: ExchangeError.self) { try MatrixMarketFile.read(folder("a.mtx.gz")) }
    #expect(error?.reason == "it is compressed by gzip" && error?.hint?.contains("gunzip") == true)
    #expect(throws: ExchangeError.self) { try MatrixMarketFile.read(folder.path) }
    let text = "%%MatrixMarket matrix coordinate real general\n2000000000000000000 1 1\n1 1 1\n"
    let large = #expect(throws: ExchangeError.self) { _ = try read(text) }
    #expect(large?.kind == .tooLarge)
    try put(Array("%%MatrixMarket matrix array real general\n3 1\n1 2 3\n".utf8), to: folder("b.mtx"))
    #expect(throws: ExchangeError.self) { try MatrixMarketFile.read(folder("b.mtx"), memoryLimit: 23) }
    #expect(throws: Never.self) { _ = try MatrixMarketFile.read(folder("b.mtx"), memoryLimit: 24) }
  }

  @Test("What is written is read back bit for bit, across the blocks of a large file")
  func roundTrip() throws {
    let stream = RandomStream(seed: 5, purpose: "matrix market")
    let count = 60_000
    var entries = MatrixEntries(rowCount: count, columnCount: 1 << 20, field: .real)
    for index in 0..<count {
      let words = stream.words(at: UInt64(index))
      let bits = UInt64(words.x) << 32 | UInt64(words.y)
      let value = Double(bitPattern: bits)
      entries.rows.append(index)
      entries.columns.append(Int(words.z % (1 << 20)))
      entries.values.append(value.isFinite ? value : Double(words.w % 10))
    }
    try MatrixMarketFile.write(entries, to: folder("r.mtx"), comment: "two\nlines")
    let back = try MatrixMarketFile.readEntries(folder("r.mtx"))
    #expect(back.rows == entries.rows && back.columns == entries.columns)
    #expect(back.values.map(\.bitPattern) == entries.values.map(\.bitPattern))
    let array = NDArray(shape: [3, 2], [1, -0.0, 0x1p-1074, 1 / 3, 1e300, 123456.789])
    try MatrixMarketFile.write(array, to: folder("d.mtx"))
    #expect(
      try MatrixMarketFile.readArray(folder("d.mtx")).elements.map(\.bitPattern)
        == array.elements.map(\.bitPattern))
    let lower = MatrixEntries(
      rowCount: 2, columnCount: 2, symmetry: .symmetric, field: .integer, rows: [0, 1], columns: [0, 0],
      values: [2, -1])
    try MatrixMarketFile.write(lower, to: folder("s.mtx"))
    #expect(
      String(decoding: try bytes(of: folder("s.mtx")), as: UTF8.self)
        == "%%MatrixMarket matrix coordinate integer symmetric\n2 2 2\n1 1 2\n2 1 -1\n")
    #expect(try MatrixMarketFile.readEntries(folder("s.mtx")) == lower)
  }

  @Test("Entries that the format cannot hold are not written")
  func unwritable() throws {
    let bad = [
      MatrixEntries(rowCount: 1, columnCount: 1, rows: [1], columns: [0], values: [1]),
      MatrixEntries(rowCount: 1, columnCount: 1, rows: [0], columns: [0], values: [.nan]),
      MatrixEntries(rowCount: 1, columnCount: 1, field: .integer, rows: [0], columns: [0], values: [0.5]),
      MatrixEntries(rowCount: 2, columnCount: 2, symmetry: .symmetric, rows: [0], columns: [1], values: [1]),
      MatrixEntries(rowCount: 2, columnCount: 3, symmetry: .symmetric),
    ]
    for entries in bad {
      let error = #expect(throws: ExchangeError.self) {
        try MatrixMarketFile.write(entries, to: folder("x.mtx"))
      }
      #expect(error?.kind == .mismatch)
      #expect(throws: ExchangeError.self) { try RutherfordBoeingFile.write(entries, to: folder("x.rb")) }
    }
    #expect(folder.names.isEmpty)
  }
}

@Suite("Numbers in text")
struct DecimalNumberTests {
  /// The value that the reader makes of a word, through a file of one number.
  private func value(_ words: [String]) throws -> [Double] {
    let text = "%%MatrixMarket matrix array real general\n\(words.count) 1\n" + words.joined(separator: "\n")
    guard
      case .array(let array) = try MatrixMarketFile.read(
        bytes: Array(text.utf8), path: "memory", memoryLimit: 1 << 30)
    else { return [] }
    return array.elements
  }

  @Test("Numbers are rounded as the standard library rounds them")
  func rounding() throws {
    let stream = RandomStream(seed: 9, purpose: "decimal text")
    var words: [String] = []
    for index in 0..<100_000 {
      let random = stream.words(at: UInt64(index))
      let bits = UInt64(random.x) << 32 | UInt64(random.y)
      switch index % 4 {
      // Shortest texts of doubles near one, of any double, and digits with the point anywhere.
      case 0: words.append("\(Double(bits) * 0x1p-64 * (random.z % 2 == 0 ? 1 : 1e5))")
      case 1: words.append(Double(bitPattern: bits).isFinite ? "\(Double(bitPattern: bits))" : "0")
      case 2: words.append("\(bits)e\(Int(random.z % 60) - 30)")
      default:
        let digits = "\(bits)"
        words.append("-" + digits.prefix(Int(random.z % 20)) + "." + digits.suffix(Int(random.w % 19) + 1))
      }
    }
    // Halfway between neighbours, on both sides, and beyond nineteen digits.
    words += [
      "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000000001",
      "4503599627370496.5", "4503599627370497.5", "0.000000000000000000000000000000000001", "1e23", "8.5e22",
      "0000000000000000000000000.1", "123456789012345678901234567890", "4.9e-324", "2e-324", "1e-400",
      "1.7976931348623157e308", "0e999999999999", "0.1e1000000000000000000",
    ].filter { Double($0)?.isFinite == true }
    let read = try value(words)
    for (word, value) in zip(words, read) {
      #expect(value.bitPattern == Double(word)?.bitPattern, "\(word)")
    }
  }
}
