import Arrays

extension SparseMatrix {
  /// The same matrix compressed along the other axis: a copy, rows from columns or columns from rows.
  ///
  /// `O(nonzeros + rows + columns)`; the minor numbers come out sorted.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  public func reoriented() -> SparseMatrix {
    let (majorCount, minorCount, count) = (pattern.majorCount, pattern.minorCount, nonzeroCount)
    let starts = AlignedStorage<Index>(count: minorCount + 1)
    let indices = AlignedStorage<Index>(count: count)
    let entries = AlignedStorage<Double>(count: count)
    let (oldStarts, oldIndices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    let (oldValues, newStarts) = (values.baseAddress, starts.baseAddress)
    for position in 0..<count { newStarts[Int(oldIndices[position]) + 1] += 1 }
    for minor in 0..<minorCount { newStarts[minor + 1] += newStarts[minor] }
    // Every start moves to the next one's place while its list is filled, and is moved back afterwards.
    for major in 0..<majorCount {
      for position in Int(oldStarts[major])..<Int(oldStarts[major + 1]) {
        let minor = Int(oldIndices[position])
        let place = Int(newStarts[minor])
        newStarts[minor] += 1
        indices.baseAddress[place] = Index(truncatingIfNeeded: major)
        entries.baseAddress[place] = oldValues[position]
      }
    }
    for minor in (0..<minorCount).reversed() { newStarts[minor + 1] = newStarts[minor] }
    newStarts[0] = 0
    let other = SparsityPattern<Index>(
      unchecked: pattern.orientation == .rows ? .columns : .rows, rowCount: rowCount,
      columnCount: columnCount,
      starts: starts, indices: indices)
    return SparseMatrix(pattern: other, values: entries)
  }

  /// This matrix compressed by rows: itself, or a copy.
  public var compressedByRows: SparseMatrix { pattern.orientation == .rows ? self : reoriented() }
}
