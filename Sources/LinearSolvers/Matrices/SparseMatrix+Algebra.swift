public import Arrays
import CKernels

extension SparseMatrix where Index == Int32 {
  /// The transpose, compressed by rows like the matrix itself.
  ///
  /// `O(entries + rows + columns)`: a counting sort whose chunks of rows are shared by workers. `transposed` reads
  /// the same numbers along the other axis and copies nothing.
  public func transposedCopy(workers: Workers? = nil) -> SparseMatrix {
    precondition(
      pattern.orientation == .rows, "transposedCopy: the matrix must be compressed by rows, it is by columns")
    let sorting = ColumnSorting(
      rowCount: rowCount, columnCount: columnCount, starts: pattern.starts, indices: pattern.indices,
      workers: workers)
    let indices = AlignedStorage<Int32>(uninitialized: nonzeroCount)
    let entries = AlignedStorage<Double>(uninitialized: nonzeroCount)
    sorting.fill(values.baseAddress, into: indices, entries.baseAddress, pvk_columns_fill_f64)
    return SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: columnCount, columnCount: rowCount,
        starts: sorting.columnStarts, indices: indices),
      values: entries)
  }

  /// The product A B of two matrices that are compressed by rows; entries that cancel are kept.
  ///
  /// Gustavson's algorithm (ACM TOMS 4, 1978): row after row with a dense accumulator, linear in the multiplications.
  /// Chunks of rows are shared by workers; the result does not depend on them.
  public func multiplied(by other: SparseMatrix, workers: Workers? = nil) -> SparseMatrix {
    product(
      with: other, sorted: true, expected: 2 * max(nonzeroCount, other.nonzeroCount), workers: workers
    ).matrix()
  }

  /// The triple product Pᵀ A P with a tall P: what multigrid has for coarse matrices.
  public func galerkinProduct(with P: SparseMatrix, workers: Workers? = nil) -> SparseMatrix {
    let prolongation = TransferMatrix(P)
    return galerkinProduct(prolongation.transposedCopy(workers: workers), prolongation, workers: workers)
  }

  /// The rows of a product, in any order of columns unless sorted.
  func product(with other: SparseMatrix, sorted: Bool, expected: Int, workers: Workers?) -> RowsPieces {
    precondition(
      pattern.orientation == .rows && other.pattern.orientation == .rows,
      "SparseMatrix product: both matrices must be compressed by rows")
    precondition(
      columnCount == other.rowCount,
      "SparseMatrix product: \(rowCount) × \(columnCount) and \(other.rowCount) × \(other.columnCount)")
    let (A, B) = (self, other)
    let pieces = RowsPieces(
      rowCount: rowCount, columnCount: B.columnCount, expected: expected, workers: workers)
    let markers = (0..<(workers?.count ?? 1)).map { _ in AlignedStorage<Int32>(count: B.columnCount) }
    pieces.fill { rows, worker, ends, piece in
      pvk_rows_times_rows(
        rows.lowerBound, rows.upperBound, A.pattern.starts.baseAddress, A.pattern.indices.baseAddress,
        A.values.baseAddress, B.pattern.starts.baseAddress, B.pattern.indices.baseAddress,
        B.values.baseAddress, markers[worker].baseAddress, B.columnCount, sorted ? 1 : 0, ends, piece)
    }
    return pieces
  }
}

extension SparseMatrix {
  /// The matrix by rows with 32-bit numbers: itself where it is so already, sharing values where it can.
  ///
  /// The columns of a symmetric matrix are its rows.
  ///
  /// - Throws: `LinearSolverError.unsupported` if it has more rows or entries than 32 bits can number.
  func compactRows(isSymmetric: Bool, workers: Workers?) throws(LinearSolverError) -> SparseMatrix<Int32> {
    guard max(nonzeroCount, max(rowCount, columnCount)) < Int(Int32.max) else {
      throw .unsupported("\(nonzeroCount) nonzeros are more than 32-bit numbers can count")
    }
    let starts = Self.compact(pattern.starts, count: pattern.majorCount + 1)
    let indices = Self.compact(pattern.indices, count: nonzeroCount)
    func matrix(rows: Int, columns: Int) -> SparseMatrix<Int32> {
      SparseMatrix<Int32>(
        pattern: SparsityPattern(
          unchecked: .rows, rowCount: rows, columnCount: columns, starts: starts, indices: indices),
        values: values)
    }
    if pattern.orientation == .rows || isSymmetric { return matrix(rows: rowCount, columns: columnCount) }
    return matrix(rows: columnCount, columns: rowCount).transposedCopy(workers: workers)
  }

  private static func compact(_ numbers: AlignedStorage<Index>, count: Int) -> AlignedStorage<Int32> {
    if let same = numbers as? AlignedStorage<Int32> { return same }
    let compact = AlignedStorage<Int32>(uninitialized: count)
    // Not generic: unspecialised code would take longer than the set-up.
    if let wide = numbers as? AlignedStorage<Int> {
      for k in 0..<count { compact.baseAddress[k] = Int32(truncatingIfNeeded: wide.baseAddress[k]) }
    } else {
      for k in 0..<count { compact.baseAddress[k] = Int32(numbers.baseAddress[k]) }
    }
    return compact
  }
}
