/// Columns of numbers from a text file: separated by commas, semicolons, tabs or blanks.
public struct NumericTable: Sendable, Hashable {
  /// Names from the first line; empty if the file begins with numbers.
  public var names: [String]
  /// The columns, all of one length.
  public var columns: [[Double]]

  /// The column called `name`.
  public func column(_ name: String) -> [Double]? {
    names.firstIndex(of: name).map { columns[$0] }
  }

  /// Reads a file.
  ///
  /// Empty lines and lines that begin with `#` are skipped.
  ///
  /// Errors carry the number of the line.
  public init(path: String, memoryLimit: Int = MemoryLimit.standard) throws(ExchangeError) {
    let bytes = try InputFile(path).readAll(limit: memoryLimit)
    names = []
    columns = []
    var width: Int?
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw ExchangeError(
          path: path, kind: .unsupportedFormat, reason: "the line is not UTF-8 text", line: index + 1)
      }
      let fields = Self.fields(text)
      guard let first = fields.first, !first.hasPrefix("#") else { continue }
      let numbers = fields.map { Double($0) }
      if width == nil && numbers.allSatisfy({ $0 == nil }) {
        names = fields
        width = fields.count
        columns = fields.map { _ in [] }
        continue
      }
      if width == nil {
        width = fields.count
        columns = fields.map { _ in [] }
      }
      guard fields.count == columns.count else {
        throw ExchangeError(
          path: path, kind: .corrupted,
          reason: "the line has \(fields.count) columns, and the first \(columns.count)",
          line: index + 1)
      }
      for (column, number) in numbers.enumerated() {
        guard let number else {
          throw ExchangeError(
            path: path, kind: .corrupted, reason: "'\(fields[column].prefix(40))' is not a number",
            line: index + 1)
        }
        columns[column].append(number)
      }
    }
    guard width != nil else {
      throw ExchangeError(path: path, kind: .corrupted, reason: "the table is empty")
    }
  }

  private static func fields(_ line: String) -> [String] {
    func trimmed(_ text: Substring) -> String {
      let quotes: Set<Character> = [" ", "\t", "\r", "\"", "\u{FEFF}"]
      let start = text.drop { quotes.contains($0) }
      return String(start.reversed().drop { quotes.contains($0) }.reversed())
    }
    guard !trimmed(line[...]).isEmpty else { return [] }
    if let separator = ([",", ";"] as [Character]).first(where: { line.contains($0) }) {
      return line.split(separator: separator, omittingEmptySubsequences: false).map(trimmed)
    }
    return line.split { " \t\r".contains($0) }.map(trimmed)
  }
}
