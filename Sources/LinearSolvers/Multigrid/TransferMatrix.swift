import Arrays
import CKernels

/// A prolongation or a restriction between two levels, by rows, in the precision of a cycle.
///
/// Made for the unknowns x of the matrices as they are, and scaled to the unknowns x / scale of a `SplitMatrix` once
/// the scale of the coarse level is known.
final class TransferMatrix: @unchecked Sendable {
  let rowCount: Int
  let columnCount: Int
  let chunks: [Range<Int>]
  let starts: AlignedStorage<Int32>
  let indices: AlignedStorage<Int32>
  let values: CycleVector

  init(
    rowCount: Int, columnCount: Int, starts: AlignedStorage<Int32>, indices: AlignedStorage<Int32>,
    values: CycleVector
  ) {
    (self.rowCount, self.columnCount) = (rowCount, columnCount)
    (self.starts, self.indices, self.values) = (starts, indices, values)
    chunks = RowChunks.ranges(rowCount, minimum: 8192, maximum: 8)
  }

  /// A matrix by rows as a transfer of doubles.
  convenience init(_ matrix: SparseMatrix<Int32>) {
    let values = CycleVector(uninitialized: matrix.nonzeroCount, precision: .double)
    values.doubles.update(from: matrix.values.baseAddress, count: matrix.nonzeroCount)
    self.init(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount, starts: matrix.pattern.starts,
      indices: matrix.pattern.indices, values: values)
  }

  var nonzeroCount: Int { values.count }

  /// The transpose, as another matrix by rows.
  func transposedCopy(workers: Workers?) -> TransferMatrix {
    let sorting = ColumnSorting(
      rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices, workers: workers)
    let transposed = CycleVector(uninitialized: nonzeroCount, precision: values.precision)
    let rows = AlignedStorage<Int32>(uninitialized: nonzeroCount)
    switch values.precision {
    case .single: sorting.fill(values.singles, into: rows, transposed.singles, pvk_columns_fill_f32)
    case .double: sorting.fill(values.doubles, into: rows, transposed.doubles, pvk_columns_fill_f64)
    }
    return TransferMatrix(
      rowCount: columnCount, columnCount: rowCount, starts: sorting.columnStarts, indices: rows,
      values: transposed)
  }

  /// Makes a prolongation (or a restriction, whose rows are coarse) one between scaled unknowns.
  func scale(
    fine: AlignedStorage<Double>, coarse: AlignedStorage<Double>, rowsAreCoarse: Bool, workers: Workers?
  ) {
    let flag: Int32 = rowsAreCoarse ? 1 : 0
    RowChunks.run(chunks.count, workers) { [self] chunk, _ in
      let (first, last) = (chunks[chunk].lowerBound, chunks[chunk].upperBound)
      values.precision == .single
        ? pvk_transfer_scale_f32(
          first, last, starts.baseAddress, indices.baseAddress, fine.baseAddress, coarse.baseAddress, flag,
          values.singles)
        : pvk_transfer_scale_f64(
          first, last, starts.baseAddress, indices.baseAddress, fine.baseAddress, coarse.baseAddress, flag,
          values.doubles)
    }
  }

  /// y = T x, or y += T x, on the rows of a chunk.
  func apply(_ chunk: Int, _ x: CycleVector, into y: CycleVector, adding: Bool) {
    let (first, last) = (chunks[chunk].lowerBound, chunks[chunk].upperBound)
    let flag: Int32 = adding ? 1 : 0
    values.precision == .single
      ? pvk_transfer_f32(
        first, last, starts.baseAddress, indices.baseAddress, values.singles, x.singles, flag, y.singles)
      : pvk_transfer_f64(
        first, last, starts.baseAddress, indices.baseAddress, values.doubles, x.doubles, flag, y.doubles)
  }

  var byteCount: Int { 4 * starts.count + 4 * indices.count + values.byteCount }
}

extension RowsPieces {
  /// The rows as a transfer in the precision of a cycle.
  func transfer(_ precision: MultigridPrecision) -> TransferMatrix {
    let values = CycleVector(uninitialized: entryCount, precision: precision)
    let (starts, indices) = assembled { from, count, first in
      precision == .single
        ? pvk_copy_doubles_f32(count, from, values.singles + first)
        : pvk_copy_doubles_f64(count, from, values.doubles + first)
    }
    return TransferMatrix(
      rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices, values: values)
  }
}

extension SparseMatrix where Index == Int32 {
  /// R A P of a matrix by rows: the coarse matrix, entries sorted.
  ///
  /// A P is never stored: every row of R A is multiplied by P while it is in the cache.
  func galerkinProduct(_ R: TransferMatrix, _ P: TransferMatrix, workers: Workers?) -> SparseMatrix<Int32> {
    let A = self
    let pieces = RowsPieces(
      rowCount: R.rowCount, columnCount: P.columnCount, expected: 10 * R.rowCount, workers: workers)
    let workerCount = workers?.count ?? 1
    let fine = (0..<workerCount).map { _ in AlignedStorage<Int32>(count: P.rowCount) }
    let coarse = (0..<workerCount).map { _ in AlignedStorage<Int32>(count: P.columnCount) }
    pieces.fill { rows, worker, ends, piece in
      var row = pvk_rows_piece()
      defer { pvk_piece_free(&row) }
      let (first, last) = (rows.lowerBound, rows.upperBound)
      let (starts, indices) = (A.pattern.starts.baseAddress, A.pattern.indices.baseAddress)
      switch R.values.precision {
      case .single:
        return pvk_rows_galerkin_f32(
          first, last, R.starts.baseAddress, R.indices.baseAddress, R.values.singles, starts, indices,
          A.values.baseAddress, P.starts.baseAddress, P.indices.baseAddress, P.values.singles,
          fine[worker].baseAddress, coarse[worker].baseAddress, P.columnCount, &row, ends, piece)
      case .double:
        return pvk_rows_galerkin_f64(
          first, last, R.starts.baseAddress, R.indices.baseAddress, R.values.doubles, starts, indices,
          A.values.baseAddress, P.starts.baseAddress, P.indices.baseAddress, P.values.doubles,
          fine[worker].baseAddress, coarse[worker].baseAddress, P.columnCount, &row, ends, piece)
      }
    }
    return pieces.matrix()
  }
}
