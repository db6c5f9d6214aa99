import Arrays
import CSuiteSparse
import Exchange
import Foundation
import Testing

@Suite("Rutherford–Boeing files")
struct RutherfordBoeingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(
    _ type: String, _ sizes: [Int], _ formats: [String], _ data: [String], cards: [Int] = [3, 1, 1, 1]
  ) throws -> String {
    func integers(_ values: [Int]) -> String {
      values.map { String(repeating: " ", count: 14 - "\($0)".count) + "\($0)" }.joined()
    }
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: width - text.count)
    }
    let lines =
      [
        column("a title", 72) + "key", integers(cards),
        type + String(repeating: " ", count: 11) + integers(sizes),
      ]
      + [zip(formats, [16, 16, 20]).map(column).joined()] + data
    try put(Array(lines.joined(separator: "\n").utf8), to: folder("a.rb"))
    return folder("a.rb")
  }

  @Test("Numbers stand in columns, with or without blanks between them")
  func columns() throws {
    let path = try file(
      "rra", [1000, 3, 3, 0], ["(5I1)", "(3I4)", "(1P,3E8.1)"],
      ["1234", " 100 9991000", " 1.0E+00-1.0D+00     300"])
    let entries = try RutherfordBoeingFile.read(path)
    #expect(entries.rows == [99, 998, 999] && entries.columns == [0, 1, 2])
    // Without an exponent the scale counts.
    #expect(entries.values == [1, -1, 30])
    #expect(entries.rowCount == 1000 && entries.columnCount == 3 && entries.symmetry == .general)
    let pattern = try file(
      "psa", [2, 2, 2, 0], ["(8I2)", "(8I2)"], [" 1 2 3", " 1 2"], cards: [2, 1, 1, 0])
    #expect(try RutherfordBoeingFile.read(pattern).symmetry == .symmetric)
    // A right-hand side of the older format is skipped.
    let older = try file(
      "iua", [1, 1, 1, 0], ["(8I2)", "(8I2)", "(4I20)"],
      ["F             1             0", " 1 2", " 1", String(repeating: " ", count: 19) + "5", " 9.0"],
      cards: [4, 1, 1, 1, 1])
    #expect(try RutherfordBoeingFile.read(older).values == [5])
  }

  @Test("RBio reads what is written here, and the other way round")
  func agreesWithRBio() throws {
    let stream = RandomStream(seed: 2, purpose: "rutherford boeing")
    for trial in 0..<50 {
      let words = stream.words(at: UInt64(1000 * trial))
      let symmetry = MatrixEntries.Symmetry.allCases[trial % 3]
      let field: MatrixEntries.Field =
        symmetry == .general ? [.real, .integer, .pattern][trial / 3 % 3] : .real
      let rows = Int(words.x % 30) + 1
      let columns = symmetry == .general ? Int(words.y % 30) + 1 : rows
      var entries = MatrixEntries(rowCount: rows, columnCount: columns, symmetry: symmetry, field: field)
      for column in 0..<columns {
        for row in 0..<rows {
          let random = stream.words(at: UInt64(1000 * trial + column * rows + row + 1))
          guard random.x % 3 == 0 || row == column, symmetry == .general || row >= column else { continue }
          guard symmetry != .skewSymmetric || row > column else { continue }
          let value =
            (Double(random.y) - 0x1p31) * (random.z % 5 == 0 ? 1e-300 : random.z % 5 == 1 ? 1e200 : 1e-5)
          entries.rows.append(row)
          entries.columns.append(column)
          entries.values.append(
            field == .real ? value : field == .integer ? Double(Int(random.y % 9) - 4) : 1)
        }
      }
      try RutherfordBoeingFile.write(entries, to: folder("ours.rb"), title: "ours", key: "k")
      #expect(try RutherfordBoeingFile.read(folder("ours.rb")) == entries)
      // RBio takes no empty matrix.
      guard entries.count > 0 else { continue }
      let theirs = try #require(rbioRead(folder("ours.rb")))
      #expect(theirs.rows == entries.rows && theirs.columns == entries.columns)
      // RBio's own reading rounds a last digit differently at times.
      #expect(
        zip(theirs.values, entries.values).allSatisfy { abs($0 - $1) <= 4e-16 * abs($1) })
      // RBio finds symmetry by itself, and its writing of patterns fails.
      guard symmetry == .general, field != .pattern else { continue }
      #expect(rbioWrite(entries, folder("theirs.rb")))
      let back = try RutherfordBoeingFile.read(folder("theirs.rb"))
      #expect(back.rows == entries.rows && back.columns == entries.columns)
      #expect(zip(back.values, entries.values).allSatisfy { abs($0 - $1) <= 4e-16 * abs($1) })
    }
  }

  private func rbioRead(_ path: String) -> MatrixEntries? {
    var (title, key, type) = (
      [CChar](repeating: 0, count: 80), [CChar](repeating: 0, count: 16), [CChar](repeating: 0, count: 8)
    )
    var (rows, columns, kind, symmetry, size, zeros) = (0, 0, 0, 0, 0, 0)
    var (starts, indices): (UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?) = (nil, nil)
    var (zeroStarts, zeroIndices): (UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?) = (nil, nil)
    var (values, imaginary): (UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?) = (nil, nil)
    var name = Array(path.utf8CString)
    let status = RBread(
      &name, 0, 0, &title, &key, &type, &rows, &columns, &kind, &symmetry, &size, &zeros, &starts, &indices,
      &values,
      &imaginary, &zeroStarts, &zeroIndices)
    guard status >= 0, let starts, let indices else { return nil }
    defer { for pointer in [UnsafeMutableRawPointer(starts), .init(indices)] { free(pointer) } }
    var entries = MatrixEntries(rowCount: rows, columnCount: columns)
    for column in 0..<columns {
      for position in starts[column]..<starts[column + 1] {
        entries.rows.append(indices[position])
        entries.columns.append(column)
        entries.values.append(values?[position] ?? 1)
      }
    }
    free(values)
    return entries
  }

  private func rbioWrite(_ entries: MatrixEntries, _ path: String) -> Bool {
    var starts = [Int](repeating: 0, count: entries.columnCount + 1)
    for column in entries.columns { starts[column + 1] += 1 }
    for column in 0..<entries.columnCount { starts[column + 1] += starts[column] }
    var (rows, values, name) = (entries.rows, entries.values, Array(path.utf8CString))
    // Both are needed, whatever RBio's header says.
    var (title, key) = (Array("theirs".utf8CString), Array("k".utf8CString))
    return values.withUnsafeMutableBufferPointer { values in
      RBwrite(
        &name, &title, &key, entries.rowCount, entries.columnCount, &starts, &rows,
        values.baseAddress,
        nil, nil, nil, 0, nil) >= 0
    }
  }

  @Test("Mistakes are refused with their line")
  func mistakes() throws {
    func expectRefusal(
      _ type: String, _ sizes: [Int], _ formats: [String], _ data: [String], line: Int, _ words: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let path = try file(type, sizes, formats, data)
      let error = #expect(throws: ExchangeError.self, sourceLocation: sourceLocation) {
        try RutherfordBoeingFile.read(path)
      }
      #expect(error?.line == line, sourceLocation: sourceLocation)
      #expect(
        error?.description.contains(words) == true, "\(error?.description ?? "")",
        sourceLocation: sourceLocation)
    }
    let formats = ["(4I3)", "(4I3)", "(4E8.1)"]
    let data = ["  1  2  3", "  1  2", " 1.0E+00 2.0E+00"]
    func changed(_ index: Int, _ text: String) -> [String] {
      data.enumerated().map { $0 == index ? text : $1 }
    }
    try expectRefusal("cua", [2, 2, 2, 0], formats, data, line: 3, "complex")
    try expectRefusal("rha", [2, 2, 2, 0], formats, data, line: 3, "hermitian")
    try expectRefusal("rue", [2, 2, 2, 0], formats, data, line: 3, "assembled")
    try expectRefusal("xua", [2, 2, 2, 0], formats, data, line: 3, "type")
    try expectRefusal("rsa", [2, 3, 2, 0], formats, data, line: 3, "cannot be 2 × 3")
    try expectRefusal("rua", [2, 2, 3_000_000_000, 0], formats, data, line: 4, "promise")
    try expectRefusal(
      "rua", [2, 2, 2, 0], ["(4X3)", "(4I3)", "(4E8.1)"], data, line: 4, "formats of integers")
    try expectRefusal("rua", [2, 2, 2, 0], ["(4I3)", "(4I3)", "(4Q8)"], data, line: 4, "format of numbers")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(0, "  2  2  3"), line: 5, "first column")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(0, "  1  4  3"), line: 5, "column 1 goes")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(0, "  1  2  2"), line: 5, "header says")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(1, "  1  3"), line: 6, "row 3")
    try expectRefusal("rsa", [2, 2, 2, 0], formats, changed(1, "  1  1"), line: 6, "lower triangle")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(1, "  1  2  7"), line: 6, "should end")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(1, "  1"), line: 6, "empty")
    try expectRefusal("rua", [2, 2, 2, 0], formats, changed(2, " 1.0E+00 nan"), line: 7, "finite")
    try expectRefusal("rua", [2, 2, 2, 0], formats, data + ["rest"], line: 8, "after all entries")
    try expectRefusal("rua", [2, 2, 2, 0], formats, Array(data.dropLast()), line: 6, "too early")
  }
}
