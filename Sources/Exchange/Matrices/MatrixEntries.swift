/// The entries of a sparse matrix as files hold them: lists of rows, columns and values, counted from zero.
///
/// Entries may come in any order and repeat; of a symmetric matrix only those on and below the diagonal are listed, as
/// exchange formats want it.
public struct MatrixEntries: Sendable, Hashable {
  /// How entries that are not listed follow from those that are.
  public enum Symmetry: String, Sendable, Hashable, CaseIterable {
    /// They are zero.
    case general
    /// a(j, i) = a(i, j).
    case symmetric
    /// a(j, i) = −a(i, j); the diagonal is zero and not listed.
    case skewSymmetric = "skew-symmetric"
  }
  /// What a file holds for each entry.
  public enum Field: String, Sendable, Hashable, CaseIterable {
    case real, integer
    /// No number: every listed entry is one.
    case pattern
  }
  public var rowCount: Int
  public var columnCount: Int
  public var symmetry: Symmetry
  public var field: Field
  /// As long as `columns` and `values`.
  public var rows: [Int]
  public var columns: [Int]
  public var values: [Double]

  /// A list of entries, taken as it is.
  public init(
    rowCount: Int, columnCount: Int, symmetry: Symmetry = .general, field: Field = .real, rows: [Int] = [],
    columns: [Int] = [], values: [Double] = []
  ) {
    precondition(
      rows.count == columns.count && rows.count == values.count,
      "MatrixEntries: \(rows.count) rows, \(columns.count) columns and \(values.count) values")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.symmetry = symmetry
    self.field = field
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The number of listed entries.
  public var count: Int { rows.count }

  /// Why the list is no matrix that can be written; `nil` if it is.
  func flaw() -> String? {
    guard rowCount >= 0, columnCount >= 0 else { return "\(rowCount) × \(columnCount) is no size" }
    guard symmetry == .general || rowCount == columnCount else {
      return "a \(symmetry.rawValue) matrix cannot be \(rowCount) × \(columnCount)"
    }
    for entry in rows.indices {
      let (row, column, value) = (rows[entry], columns[entry], values[entry])
      let place = "the entry in row \(row), column \(column)"
      guard row >= 0, row < rowCount, column >= 0, column < columnCount else {
        return "\(place) is outside the \(rowCount) × \(columnCount) matrix"
      }
      guard value.isFinite else { return "\(place) is \(value), which the format cannot hold" }
      guard symmetry == .general || row >= column else {
        return "\(place) is above the diagonal of a \(symmetry.rawValue) matrix"
      }
      guard symmetry != .skewSymmetric || row != column else {
        return "\(place) is on the diagonal of a skew-symmetric matrix"
      }
      if field == .integer, value != value.rounded(.towardZero) {
        return "\(place) is \(value), which is no integer"
      }
    }
    return nil
  }

  /// Bytes of lists with so many entries and of the starts that compressing them takes; `nil` on overflow.
  static func bytes(rowCount: Int, columnCount: Int, entries: Int) -> Int? {
    let (lists, overflow) = entries.multipliedReportingOverflow(by: 24)
    let (starts, tooLong) = max(rowCount, columnCount).multipliedReportingOverflow(by: 8)
    let (sum, carry) = lists.addingReportingOverflow(starts)
    return overflow || tooLong || carry ? nil : sum
  }
}
