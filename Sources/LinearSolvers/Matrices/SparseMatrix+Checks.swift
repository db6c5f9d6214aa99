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
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    let values = values.baseAddress
    let count = pattern.majorCount
    let unmet = AlignedStorage<Int>(count: count)
    let next = unmet.baseAddress
    next.update(from: starts, count: count)
    for row in 0..<count {
      var position = try skipLower(next[row], below: row, in: row, tolerance)
      let end = starts[row + 1]
      if position < end, indices[position] == row { position += 1 }
      while position < end {
        let column = indices[position]
        var partner = try skipLower(next[column], below: row, in: column, tolerance)
        var mirrored = 0.0
        if partner < starts[column + 1], indices[partner] == row {
          mirrored = values[partner]
          partner += 1
        }
        next[column] = partner
        if values[position] != mirrored {
          try compare(values[position], mirrored, row, column, tolerance)
        }
        position += 1
      }
    }
  }

  /// Passes the entries of a row before column `limit`, which have no partner in the other half.
  @inline(__always)
  private func skipLower(
    _ first: Int, below limit: Int, in row: Int, _ tolerance: Double
  ) throws(LinearSolverError) -> Int {
    let end = pattern.starts.baseAddress[row + 1]
    var position = first
    while position < end, pattern.indices.baseAddress[position] < limit {
      try compare(values.baseAddress[position], 0, row, pattern.indices.baseAddress[position], tolerance)
      position += 1
    }
    return position
  }

  @inline(never)
  private func compare(
    _ value: Double, _ mirrored: Double, _ row: Int, _ column: Int, _ tolerance: Double
  ) throws(LinearSolverError) {
    let diagonal = abs(self[row, row]).squareRoot() * abs(self[column, column]).squareRoot()
    guard abs(value - mirrored) <= tolerance * max(abs(value), abs(mirrored), diagonal) else {
      throw .notSymmetric(row: row, column: column)
    }
  }

}
