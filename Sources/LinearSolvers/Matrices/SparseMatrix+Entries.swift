import Arrays
public import Exchange

extension SparseMatrix {
  /// The compressed matrix of a list of entries, both triangles of a symmetric one; repeated entries are summed in the
  /// order in which they are listed, and counted.
  ///
  /// `O(entries + rows + columns)` where every row is listed with increasing columns, as files usually have it; else
  /// rows are sorted one by one.
  ///
  /// - Throws: `LinearSolverError.invalidEntry` for one out of range, out of place or not finite; `.notSquare` for a
  ///   symmetric list that is not; `.invalidPattern` for more entries than `Index` can number.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public static func assembled(
    from entries: MatrixEntries, _ orientation: MatrixOrientation = .rows
  ) throws(LinearSolverError) -> (matrix: SparseMatrix, duplicateCount: Int) {
    try check(entries)
    let (majors, minors) =
      orientation == .rows ? (entries.rows, entries.columns) : (entries.columns, entries.rows)
    let majorCount = orientation == .rows ? entries.rowCount : entries.columnCount
    // Skew-symmetric entries change their sign with their triangle.
    let mirror: Double? =
      switch entries.symmetry {
      case .general: nil
      case .symmetric: 1
      case .skewSymmetric: -1
      }
    let starts = AlignedStorage<Index>(count: majorCount + 1)
    let next = starts.baseAddress + 1
    for entry in majors.indices {
      next[majors[entry]] += 1
      if mirror != nil, majors[entry] != minors[entry] { next[minors[entry]] += 1 }
    }
    for major in 0..<majorCount { starts.baseAddress[major + 1] += starts.baseAddress[major] }
    let count = Int(starts.baseAddress[majorCount])
    // Positions move up by one row while rows fill, so that they end where they must be.
    for major in stride(from: majorCount, to: 0, by: -1) {
      starts.baseAddress[major] = starts.baseAddress[major - 1]
    }
    let indices = AlignedStorage<Index>(count: count)
    let values = AlignedStorage<Double>(count: count)
    func put(_ major: Int, _ minor: Int, _ value: Double) {
      let position = Int(next[major])
      indices.baseAddress[position] = Index(minor)
      values.baseAddress[position] = value
      next[major] += 1
    }
    for entry in majors.indices {
      let (major, minor, value) = (majors[entry], minors[entry], entries.values[entry])
      put(major, minor, value)
      if let mirror, major != minor { put(minor, major, mirror * value) }
    }
    let duplicates = sumRepeated(majorCount, starts.baseAddress, indices.baseAddress, values.baseAddress)
    let pattern = SparsityPattern(
      unchecked: orientation, rowCount: entries.rowCount, columnCount: entries.columnCount, starts: starts,
      indices: indices)
    return (SparseMatrix(pattern: pattern, values: values), duplicates)
  }

  private static func check(_ entries: MatrixEntries) throws(LinearSolverError) {
    guard entries.symmetry == .general || entries.rowCount == entries.columnCount else {
      throw .notSquare(rows: entries.rowCount, columns: entries.columnCount)
    }
    let largest = max(entries.rowCount, entries.columnCount, 2 * entries.count)
    guard largest < Int(clamping: Index.max) else {
      throw .invalidPattern(
        reason: "\(entries.count) entries are too many for indices of \(Index.bitWidth) bits")
    }
    for entry in entries.rows.indices {
      let (row, column, value) = (entries.rows[entry], entries.columns[entry], entries.values[entry])
      guard row >= 0, row < entries.rowCount, column >= 0, column < entries.columnCount else {
        throw .invalidEntry(
          row: row, column: column,
          reason: "is outside the \(entries.rowCount) × \(entries.columnCount) matrix")
      }
      guard value.isFinite else { throw .invalidEntry(row: row, column: column, reason: "is \(value)") }
      guard entries.symmetry == .general || row >= column else {
        throw .invalidEntry(
          row: row, column: column, reason: "is above the diagonal of a \(entries.symmetry.rawValue) matrix")
      }
      guard entries.symmetry != .skewSymmetric || row != column else {
        throw .invalidEntry(row: row, column: column, reason: "is on the diagonal of a skew-symmetric matrix")
      }
    }
  }

  /// Sorts rows that are not, sums what is repeated, and closes the gaps; how many entries went away.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  private static func sumRepeated(
    _ majorCount: Int, _ starts: UnsafeMutablePointer<Index>, _ indices: UnsafeMutablePointer<Index>,
    _ values: UnsafeMutablePointer<Double>
  ) -> Int {
    var kept = 0
    var begin = 0
    for major in 0..<majorCount {
      let end = Int(starts[major + 1])
      sortRow(begin..<end, indices, values)
      let first = kept
      for position in begin..<end {
        if kept > first, indices[kept - 1] == indices[position] {
          values[kept - 1] += values[position]
        } else {
          (indices[kept], values[kept]) = (indices[position], values[position])
          kept += 1
        }
      }
      begin = end
      starts[major + 1] = Index(kept)
    }
    return begin - kept
  }

  /// Sorts a row by its minor numbers, keeping the order of equal ones.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  private static func sortRow(
    _ range: Range<Int>, _ indices: UnsafeMutablePointer<Index>, _ values: UnsafeMutablePointer<Double>
  ) {
    guard let disorder = range.dropFirst().first(where: { indices[$0 - 1] > indices[$0] }) else { return }
    guard range.count > 64 else {
      for position in disorder..<range.upperBound {
        let (index, value) = (indices[position], values[position])
        var place = position
        while place > range.lowerBound, indices[place - 1] > index {
          (indices[place], values[place]) = (indices[place - 1], values[place - 1])
          place -= 1
        }
        (indices[place], values[place]) = (index, value)
      }
      return
    }
    let row = range.map { (index: indices[$0], value: values[$0], position: $0) }.sorted {
      $0.index != $1.index ? $0.index < $1.index : $0.position < $1.position
    }
    for (offset, entry) in row.enumerated() {
      indices[range.lowerBound + offset] = entry.index
      values[range.lowerBound + offset] = entry.value
    }
  }

  /// The entries as a list, for writing; of a symmetric matrix those on and below the diagonal.
  ///
  /// - Parameter symmetry: How the list is to be read; the caller knows that it fits.
  public func entries(_ symmetry: MatrixEntries.Symmetry = .general) -> MatrixEntries {
    var entries = MatrixEntries(rowCount: rowCount, columnCount: columnCount, symmetry: symmetry)
    entries.rows.reserveCapacity(nonzeroCount)
    entries.columns.reserveCapacity(nonzeroCount)
    entries.values.reserveCapacity(nonzeroCount)
    forEachEntry { row, column, value in
      switch symmetry {
      case .general: break
      case .symmetric: if row < column { return }
      case .skewSymmetric: if row <= column { return }
      }
      entries.rows.append(row)
      entries.columns.append(column)
      entries.values.append(value)
    }
    return entries
  }
}
