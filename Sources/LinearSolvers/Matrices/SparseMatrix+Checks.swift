import Arrays

extension SparseMatrix where Index == Int {
  /// Refuses an entry that is infinite or undefined.
  ///
  /// - Throws: `LinearSolverError.invalidEntry` for the first one.
  package func checkEntries() throws(LinearSolverError) {
    let values = values.baseAddress
    let count = nonzeroCount
    // 0 · v is zero unless v is infinite or undefined; four sums run side by side.
    var sums = SIMD4<Double>(repeating: 0)
    var position = 0
    while position + 4 <= count {
      sums += 0 * UnsafeRawPointer(values + position).loadUnaligned(as: SIMD4<Double>.self)
      position += 4
    }
    for rest in position..<count { sums[0] += 0 * values[rest] }
    if sums.sum() == 0 { return }
    for major in 0..<pattern.majorCount {
      for position in pattern.positions(major) where !values[position].isFinite {
        let minor = pattern.indices.baseAddress[position]
        let (row, column) = pattern.orientation == .rows ? (major, minor) : (minor, major)
        throw .invalidEntry(row: row, column: column, reason: "is \(values[position])")
      }
    }
  }

  /// Refuses a square matrix whose halves differ by more than `tolerance`, relative to the larger of the two entries
  /// and the geometric mean of their diagonal entries.
  ///
  /// One pass: rows come in order, so that each row's lower entries are met in order by the upper ones before it.
  /// An entry that is stored in one half only counts as zero in the other.
  ///
  /// - Throws: `LinearSolverError.notSymmetric` for the first pair.
  package func checkSymmetry(tolerance: Double) throws(LinearSolverError) {
    guard firstDifference(tolerance: 0) != nil else { return }
    // Most matrices are symmetric to the bit; the others are looked at again, with their diagonal.
    let diagonal = (0..<rowCount).map { abs(self[$0, $0]).squareRoot() }
    let far = diagonal.withUnsafeBufferPointer { diagonal in
      firstDifference(tolerance: tolerance, diagonal: diagonal.baseAddress)
    }
    if let pair = far { throw .notSymmetric(row: pair.row, column: pair.column) }
  }

  /// The first pair of entries across the diagonal that differ by more than the tolerance.
  ///
  /// - Parameter diagonal: roots of the diagonal entries, which the tolerance is relative to as well.
  @inline(__always)
  private func firstDifference(
    tolerance: Double, diagonal: UnsafePointer<Double>? = nil
  ) -> (row: Int, column: Int)? {
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    let values = values.baseAddress
    let count = pattern.majorCount
    let unmet = AlignedStorage<Int>(count: count)
    let next = unmet.baseAddress
    next.update(from: starts, count: count)
    func differ(_ value: Double, _ mirrored: Double, _ row: Int, _ column: Int) -> Bool {
      if value == mirrored { return false }
      guard let diagonal else { return true }
      let scale = max(abs(value), abs(mirrored), diagonal[row] * diagonal[column])
      return !(abs(value - mirrored) <= tolerance * scale)
    }
    for row in 0..<count {
      var position = next[row]
      let end = starts[row + 1]
      // Lower entries that no upper one has met.
      while position < end, indices[position] < row {
        if differ(values[position], 0, row, indices[position]) { return (row, indices[position]) }
        position += 1
      }
      if position < end, indices[position] == row { position += 1 }
      while position < end {
        let column = indices[position]
        let last = starts[column + 1]
        var partner = next[column]
        while partner < last, indices[partner] < row {
          if differ(values[partner], 0, column, indices[partner]) { return (column, indices[partner]) }
          partner += 1
        }
        var mirrored = 0.0
        if partner < last, indices[partner] == row {
          mirrored = values[partner]
          partner += 1
        }
        next[column] = partner
        if differ(values[position], mirrored, row, column) { return (row, column) }
        position += 1
      }
    }
    return nil
  }
}
