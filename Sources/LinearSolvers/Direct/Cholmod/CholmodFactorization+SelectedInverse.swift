import Arrays
import CSuiteSparse
import Synchronization

extension CholmodFactorization {
  /// The entries of A⁻¹ where a pattern has nonzeros, usually that of A: variances and covariances of a Gaussian
  /// field of precision A, and the gradient of log det A.
  ///
  /// Costs about twice a factorisation by columns and a copy of the factor, in place of a solve for every column
  /// (Takahashi, Fagan and Chin, 1973; Erisman and Tinney, *CACM* 18, 1975).
  ///
  /// - Throws: `LinearSolverError.unsupported` for an entry at which the factor has none.
  public func selectedInverse(
    on pattern: SparsityPattern<Int>
  ) throws(LinearSolverError) -> SparseMatrix<Int> {
    guard pattern.rowCount == rowCount, pattern.isSquare else {
      throw .wrongLength(what: "a row of the pattern", count: pattern.rowCount, expected: rowCount)
    }
    return try lock.withLock { _ throws(LinearSolverError) in
      var columns = cholmod_l_copy_factor(try validFactor(), common.pointer)
      defer { cholmod_l_free_factor(&columns, common.pointer) }
      guard let columns, cholmod_l_change_factor(CHOLMOD_REAL, 0, 0, 1, 1, columns, common.pointer) != 0
      else {
        throw common.failure("the selected inverse")
      }
      return try SelectedInverse(columns.pointee).entries(on: pattern, columns.pointee.permutation)
    }
  }
}

/// A⁻¹ on the pattern of L, in the order and storage of an LDLᵀ factorisation by columns.
private struct SelectedInverse {
  let count: Int
  let starts: UnsafeMutablePointer<Int>
  let lengths: UnsafeMutablePointer<Int>
  let rows: UnsafeMutablePointer<Int>
  let values: AlignedStorage<Double>

  /// From the last column to the first: with S the rows below the diagonal of column j of L,
  /// Z_Sj = −Z_SS L_Sj and Z_jj = 1/D_j − L_Sjᵀ Z_Sj, where Z_SS is known from later columns.
  init(_ factor: cholmod_factor) {
    count = factor.n
    starts = factor.p.assumingMemoryBound(to: Int.self)
    lengths = factor.nz.assumingMemoryBound(to: Int.self)
    rows = factor.i.assumingMemoryBound(to: Int.self)
    values = AlignedStorage(count: factor.nzmax)
    let (L, Z) = (factor.x.assumingMemoryBound(to: Double.self), values.baseAddress)
    let (marks, weights) = (AlignedStorage<Int>(count: count), AlignedStorage<Double>(count: count))
    let sums = AlignedStorage<Double>(count: count)
    let (mark, weight, sum) = (marks.baseAddress, weights.baseAddress, sums.baseAddress)
    for column in stride(from: count - 1, through: 0, by: -1) {
      let below = (starts[column] + 1)..<(starts[column] + lengths[column])
      for entry in below {
        // Marks are one more than the column, so that zero is none.
        mark[rows[entry]] = column + 1
        weight[rows[entry]] = L[entry]
        sum[rows[entry]] = 0
      }
      for entry in below {
        let other = rows[entry]
        var total = L[entry] * Z[starts[other]]
        for position in (starts[other] + 1)..<(starts[other] + lengths[other])
        where mark[rows[position]] == column + 1 {
          total += weight[rows[position]] * Z[position]
          sum[rows[position]] += L[entry] * Z[position]
        }
        sum[other] += total
      }
      var diagonal = 1 / L[starts[column]]
      for entry in below {
        Z[entry] = -sum[rows[entry]]
        diagonal += L[entry] * sum[rows[entry]]
      }
      Z[starts[column]] = diagonal
    }
  }

  /// The entries at the nonzeros of a pattern in the user's numbering.
  func entries(
    on pattern: SparsityPattern<Int>, _ order: UnsafeMutablePointer<Int>
  ) throws(LinearSolverError) -> SparseMatrix<Int> {
    var position = [Int](repeating: 0, count: count)
    for new in 0..<count { position[order[new]] = new }
    let found = AlignedStorage<Double>(count: pattern.nonzeroCount)
    for major in 0..<count {
      for entry in pattern.positions(major) {
        let minor = pattern.indices.baseAddress[entry]
        let (one, other) = (position[major], position[minor])
        guard let place = place(row: max(one, other), column: min(one, other)) else {
          throw .unsupported("entry (\(major), \(minor)) of the inverse is not on the pattern of the factor")
        }
        found.baseAddress[entry] = values.baseAddress[place]
      }
    }
    return SparseMatrix(pattern: pattern, values: found)
  }

  /// Where an entry is stored, by bisection.
  private func place(row: Int, column: Int) -> Int? {
    var range = starts[column]..<(starts[column] + lengths[column])
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if rows[middle] == row { return middle }
      range = rows[middle] < row ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}
