/// Rows of text in columns, two spaces between them.
struct Table {
  private var rows: [[String]] = []

  init(_ rows: [[String]] = []) { self.rows = rows }

  mutating func add(_ row: String...) { rows.append(row) }

  /// The rows, each behind `indent`; the last column is as wide as it likes.
  func text(indent: String = "") -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.dropLast().enumerated() {
        if column < widths.count {
          widths[column] = max(widths[column], cell.count)
        } else {
          widths.append(cell.count)
        }
      }
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        line += cell
        let isLast = column == row.count - 1
        if !isLast { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      return line
    }.joined(separator: "\n")
  }
}
