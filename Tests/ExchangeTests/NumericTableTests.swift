import Exchange
import Testing

@Suite("Tables of numbers")
struct NumericTableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String) throws -> NumericTable {
    try put(Array(text.utf8), to: folder("t.csv"))
    return try NumericTable(path: folder("t.csv"))
  }

  @Test(
    "Separators, headers, comments and line ends are understood",
    arguments: [
      "x,u\n1,2\n3,4\n", "# source\n\nx;u\r\n1;2\r\n3;4", "x\tu\n1\t2\n\n3\t4\n",
      "\u{FEFF}\"x\", \"u\"\n 1 , 2e0\n+3,4.0\n",
      "x   u\n 1  2\n3 4",
    ])
  func spellings(text: String) throws {
    let table = try table(text)
    #expect(table.names == ["x", "u"])
    #expect(table.columns == [[1, 3], [2, 4]])
    #expect(table.column("u") == [2, 4])
    #expect(table.column("v") == nil)
  }

  @Test("A file without names has columns all the same")
  func unnamed() throws {
    let table = try table("1 nan\n2 -inf\n")
    #expect(table.names.isEmpty)
    #expect(table.columns[0] == [1, 2])
    #expect(table.columns[1][0].isNaN && table.columns[1][1] == -.infinity)
  }

  @Test(
    "Mistakes are reported with their line",
    arguments: [
      ("x,u\n1,2\n3\n", 3), ("1,2\n3,four\n", 2), ("x,u\n1,\n", 2), ("x,1\n", 1), ("x,u\nx,u\n", 2),
    ])
  func mistakes(text: String, line: Int) throws {
    let error = #expect(throws: ExchangeError.self) { try table(text) }
    #expect(error?.line == line)
    #expect(error?.description.hasPrefix("\(folder("t.csv")):\(line): ") == true)
  }

  @Test("Empty and binary files are refused")
  func notTables() throws {
    #expect(throws: ExchangeError.self) { try table("") }
    #expect(throws: ExchangeError.self) { try table("# nothing\n\n") }
    try put([0xFF, 0xFE, 0x0A], to: folder("b"))
    let error = #expect(throws: ExchangeError.self) { try NumericTable(path: folder("b")) }
    #expect(error?.line == 1)
  }
}
