import Arrays
import CKernels

/// A prolongation or a restriction between the scaled unknowns of two levels, by rows.
final class TransferMatrix: @unchecked Sendable {
  enum Direction { case prolongation, restriction }

  let chunks: [Range<Int>]
  private let matrix: SparsityPattern<Int32>
  private let values: CycleVector

  /// Scales a matrix P or Pᵀ between unknowns x to one between unknowns x / scale.
  init(
    _ transfer: SparseMatrix<Int32>, _ direction: Direction, fine: SplitMatrix,
    coarseScale: AlignedStorage<Double>, workers: Workers?
  ) {
    matrix = transfer.pattern
    values = CycleVector(count: transfer.nonzeroCount, precision: fine.precision)
    chunks = RowChunks.ranges(transfer.rowCount, minimum: 8192, maximum: 8)
    let coarseRows: Int32 = direction == .restriction ? 1 : 0
    RowChunks.run(chunks.count, workers) { [self] chunk, _ in
      let rows = chunks[chunk]
      if fine.precision == .single {
        pvk_transfer_scale_f32(
          rows.lowerBound, rows.upperBound, matrix.starts.baseAddress, matrix.indices.baseAddress,
          transfer.values.baseAddress, fine.scale.baseAddress, coarseScale.baseAddress, coarseRows,
          values.singles)
      } else {
        pvk_transfer_scale_f64(
          rows.lowerBound, rows.upperBound, matrix.starts.baseAddress, matrix.indices.baseAddress,
          transfer.values.baseAddress, fine.scale.baseAddress, coarseScale.baseAddress, coarseRows,
          values.doubles)
      }
    }
  }

  /// y = T x, or y += T x, on the rows of a chunk.
  func apply(_ chunk: Int, _ x: CycleVector, into y: CycleVector, adding: Bool) {
    let rows = chunks[chunk]
    if values.precision == .single {
      pvk_transfer_f32(
        rows.lowerBound, rows.upperBound, matrix.starts.baseAddress, matrix.indices.baseAddress,
        values.singles, x.singles, adding ? 1 : 0, y.singles)
    } else {
      pvk_transfer_f64(
        rows.lowerBound, rows.upperBound, matrix.starts.baseAddress, matrix.indices.baseAddress,
        values.doubles, x.doubles, adding ? 1 : 0, y.doubles)
    }
  }

  var nonzeroCount: Int { values.count }
  var byteCount: Int { 4 * matrix.starts.count + 4 * matrix.indices.count + values.byteCount }
}
