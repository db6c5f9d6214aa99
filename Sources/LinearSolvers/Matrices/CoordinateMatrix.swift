import Arrays

/// A sparse matrix as a list of entries (COO), for building: entries may come in any order and repeat.
///
/// Repeated entries are summed when the list is compressed, as finite elements want it; `duplicateCount` of the
/// result says how many were.
public struct CoordinateMatrix: Sendable {
  public let rowCount: Int
  public let columnCount: Int
  public private(set) var rows: [Int] = []
  public private(set) var columns: [Int] = []
  public private(set) var values: [Double] = []

  /// A matrix without entries.
  public init(rowCount: Int, columnCount: Int) {
    precondition(
      rowCount >= 0 && columnCount >= 0, "CoordinateMatrix: \(rowCount) × \(columnCount) is no size")
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// A matrix with these entries.
  ///
  /// - Throws: `LinearSolverError.invalidEntry` for one out of range or not finite, `.invalidPattern` if the lists
  ///   are not equally long.
  public init(
    rowCount: Int, columnCount: Int, rows: [Int], columns: [Int], values: [Double]
  ) throws(LinearSolverError) {
    self.init(rowCount: rowCount, columnCount: columnCount)
    guard rows.count == columns.count, rows.count == values.count else {
      throw .invalidPattern(
        reason:
          "\(rows.count) rows, \(columns.count) columns and \(values.count) values do not belong together")
    }
    for entry in rows.indices {
      guard (0..<rowCount).contains(rows[entry]), (0..<columnCount).contains(columns[entry]) else {
        throw .invalidEntry(
          row: rows[entry], column: columns[entry],
          reason: "is outside the \(rowCount) × \(columnCount) matrix")
      }
      guard values[entry].isFinite else {
        throw .invalidEntry(row: rows[entry], column: columns[entry], reason: "is \(values[entry])")
      }
    }
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  public mutating func reserveCapacity(_ count: Int) {
    rows.reserveCapacity(count)
    columns.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  /// Adds `value` to an entry.
  public mutating func add(_ value: Double, row: Int, column: Int) {
    precondition(
      row >= 0 && row < rowCount && column >= 0 && column < columnCount,
      "CoordinateMatrix: entry (\(row), \(column)) is outside \(rowCount) × \(columnCount)")
    rows.append(row)
    columns.append(column)
    values.append(value)
  }

  /// The compressed matrix, entries sorted and repeated ones summed in the order in which they were added.
  ///
  /// `O(entries + rows + columns)`: two passes of counting sort, which are stable, so that sums are reproducible.
  public func compressed<Index: SparseIndex>(
    _ orientation: MatrixOrientation = .rows, as index: Index.Type = Int.self
  ) -> (matrix: SparseMatrix<Index>, duplicateCount: Int) {
    let (majors, minors) = orientation == .rows ? (rows, columns) : (columns, rows)
    let (majorCount, minorCount) =
      orientation == .rows ? (rowCount, columnCount) : (columnCount, rowCount)
    let byMinor = Self.order(of: Array(0..<majors.count), by: minors, bins: minorCount)
    let order = Self.order(of: byMinor, by: majors, bins: majorCount)
    let starts = AlignedStorage<Index>(count: majorCount + 1)
    let indices = AlignedStorage<Index>(count: order.count)
    let entries = AlignedStorage<Double>(count: order.count)
    var count = 0
    var duplicates = 0
    var previous = (major: -1, minor: -1)
    for entry in order {
      let (major, minor) = (majors[entry], minors[entry])
      if (major, minor) == previous {
        entries.baseAddress[count - 1] += values[entry]
        duplicates += 1
        continue
      }
      indices.baseAddress[count] = Index(minor)
      entries.baseAddress[count] = values[entry]
      count += 1
      starts.baseAddress[major + 1] = Index(count)
      previous = (major, minor)
    }
    for major in 0..<majorCount where starts.baseAddress[major + 1] < starts.baseAddress[major] {
      starts.baseAddress[major + 1] = starts.baseAddress[major]
    }
    let pattern = SparsityPattern<Index>(
      unchecked: orientation, rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices)
    return (SparseMatrix(pattern: pattern, values: entries), duplicates)
  }

  /// `items`, which number entries, stably sorted by a key below `bins`.
  private static func order(of items: [Int], by key: [Int], bins: Int) -> [Int] {
    var next = [Int](repeating: 0, count: bins + 1)
    for item in items { next[key[item] + 1] += 1 }
    for bin in 0..<bins { next[bin + 1] += next[bin] }
    var sorted = [Int](repeating: 0, count: items.count)
    for item in items {
      sorted[next[key[item]]] = item
      next[key[item]] += 1
    }
    return sorted
  }
}
