import Arrays

/// Gaussian elimination that keeps to the pattern of a matrix.
enum IncompleteElimination {
  /// What is done to the diagonal besides eliminating.
  struct DiagonalRule {
    /// The share of dropped entries that is added to the diagonal of both of their rows.
    var modification: Double
    /// A pivot below this share of the diagonal that was given is replaced by the latter.
    var safety: Double
  }

  /// The strictly upper triangle of a symmetric matrix by rows (values still zero), and its diagonal.
  ///
  /// - Throws: `.notSymmetric`, `.invalidEntry` for an entry on the diagonal that is zero, `.notPositiveDefinite` for
  ///   one that is negative.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  static func upperTriangle<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>
  ) throws(LinearSolverError) -> (upper: SparseMatrix<Index>, diagonal: [Double]) {
    let reciprocals = try matrix.reciprocalDiagonal()
    let count = matrix.rowCount
    let diagonal = (0..<count).map { 1 / reciprocals.baseAddress[$0] }
    for row in 0..<count where diagonal[row] < 0 { throw .notPositiveDefinite(column: row) }
    try checkSymmetry(matrix, diagonal)
    let (starts, indices) = (matrix.pattern.starts.baseAddress, matrix.pattern.indices.baseAddress)
    let upperStarts = AlignedStorage<Index>(count: count + 1)
    var stored = 0
    for row in 0..<count {
      for position in Int(starts[row])..<Int(starts[row + 1]) where Int(indices[position]) > row {
        stored += 1
      }
      upperStarts.baseAddress[row + 1] = Index(truncatingIfNeeded: stored)
    }
    let upperIndices = AlignedStorage<Index>(count: stored)
    stored = 0
    for row in 0..<count {
      for position in Int(starts[row])..<Int(starts[row + 1]) where Int(indices[position]) > row {
        upperIndices.baseAddress[stored] = indices[position]
        stored += 1
      }
    }
    let pattern = SparsityPattern<Index>(
      unchecked: .rows, rowCount: count, columnCount: count, starts: upperStarts, indices: upperIndices)
    return (SparseMatrix(pattern: pattern), diagonal)
  }

  /// Copies the strictly upper triangle's values.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  static func copyUpper<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, into values: AlignedStorage<Double>
  ) {
    let (starts, indices) = (matrix.pattern.starts.baseAddress, matrix.pattern.indices.baseAddress)
    var stored = 0
    for row in 0..<matrix.rowCount {
      for position in Int(starts[row])..<Int(starts[row + 1]) where Int(indices[position]) > row {
        values.baseAddress[stored] = matrix.values.baseAddress[position]
        stored += 1
      }
    }
  }

  /// Every entry against its mirror image, which one walk through the rows finds: the entries of column j are met in
  /// the order of row j.
  private static func checkSymmetry<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, _ diagonal: [Double]
  ) throws(LinearSolverError) {
    let count = matrix.rowCount
    let (starts, indices) = (matrix.pattern.starts.baseAddress, matrix.pattern.indices.baseAddress)
    let values = matrix.values.baseAddress
    var next = (0..<count).map { Int(starts[$0]) }
    for row in 0..<count {
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let column = Int(indices[position])
        let mirror = next[column]
        guard mirror < Int(starts[column + 1]), Int(indices[mirror]) == row else {
          throw .notSymmetric(row: row, column: column)
        }
        next[column] += 1
        let allowed = 1e-10 * max(diagonal[row], diagonal[column])
        guard abs(values[mirror] - values[position]) <= allowed else {
          throw .notSymmetric(row: row, column: column)
        }
      }
    }
  }

  /// Eliminates in place: `upper` becomes U with a unit diagonal, `pivots` the reciprocals of D.
  ///
  /// - Returns: the column of a pivot that is not positive, at which it has stopped.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  static func cholesky<Index: SparseIndex>(
    _ upper: SparseMatrix<Index>, _ pivots: AlignedStorage<Double>, _ rule: DiagonalRule
  ) -> Int? {
    let (starts, indices) = (upper.pattern.starts.baseAddress, upper.pattern.indices.baseAddress)
    let (values, diagonal) = (upper.values.baseAddress, pivots.baseAddress)
    let given = (0..<upper.rowCount).map { diagonal[$0] }
    for k in 0..<upper.rowCount {
      let pivot = diagonal[k] < rule.safety * given[k] ? given[k] : diagonal[k]
      guard pivot > 1e-10 * given[k] else { return k }
      let range = Int(starts[k])..<Int(starts[k + 1])
      for position in range {
        let i = Int(indices[position])
        let factor = values[position] / pivot
        diagonal[i] -= factor * values[position]
        var target = Int(starts[i])
        let end = Int(starts[i + 1])
        for other in (position + 1)..<max(range.upperBound, position + 1) {
          let j = indices[other]
          let update = factor * values[other]
          while target < end, indices[target] < j { target += 1 }
          if target < end, indices[target] == j {
            values[target] -= update
          } else {
            diagonal[i] -= rule.modification * update
            diagonal[Int(j)] -= rule.modification * update
          }
        }
      }
      for position in range { values[position] /= pivot }
      diagonal[k] = 1 / pivot
    }
    return nil
  }
}
