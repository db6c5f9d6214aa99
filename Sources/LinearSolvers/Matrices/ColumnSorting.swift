import Arrays
import CKernels

/// A counting sort of the entries of compressed rows by column, its chunks of rows shared by workers.
struct ColumnSorting: Sendable {
  let columnStarts: AlignedStorage<Int32>
  private let chunks: [Range<Int>]
  private let columnCount: Int
  private let starts: AlignedStorage<Int32>
  private let indices: AlignedStorage<Int32>
  /// Where each chunk writes its next entry of each column.
  private let next: AlignedStorage<Int32>
  private let workers: Workers?

  init(
    rowCount: Int, columnCount: Int, starts: AlignedStorage<Int32>, indices: AlignedStorage<Int32>,
    workers: Workers?
  ) {
    // Every chunk keeps a counter per column: not more of them than there are entries.
    let entries = Int(starts.baseAddress[rowCount])
    let limit = max(1, min(8, entries / max(columnCount, 1)))
    let chunks = RowChunks.ranges(rowCount, minimum: 8192, maximum: limit)
    let next = AlignedStorage<Int32>(uninitialized: chunks.count * columnCount)
    columnStarts = AlignedStorage(uninitialized: columnCount + 1)
    RowChunks.run(chunks.count, workers) { chunk, _ in
      pvk_columns_count(
        chunks[chunk].lowerBound, chunks[chunk].upperBound, starts.baseAddress, indices.baseAddress,
        next.baseAddress + chunk * columnCount, columnCount)
    }
    pvk_columns_offsets(columnCount, chunks.count, next.baseAddress, columnStarts.baseAddress)
    (self.chunks, self.columnCount, self.next, self.workers) = (chunks, columnCount, next, workers)
    (self.starts, self.indices) = (starts, indices)
  }

  /// The function that writes some rows to their places, for one type of numbers.
  typealias Kernel<Number> =
    @Sendable (
      Int, Int, UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Number>,
      UnsafeMutablePointer<Int32>,
      UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Number>
    ) -> Void

  /// Writes the row numbers and the values in the order of columns; once.
  func fill<Number>(
    _ values: UnsafePointer<Number>, into rows: AlignedStorage<Int32>,
    _ sorted: UnsafeMutablePointer<Number>, _ kernel: @escaping Kernel<Number>
  ) {
    nonisolated(unsafe) let (values, sorted) = (values, sorted)
    RowChunks.run(chunks.count, workers) { [self] chunk, _ in
      kernel(
        chunks[chunk].lowerBound, chunks[chunk].upperBound, starts.baseAddress, indices.baseAddress, values,
        next.baseAddress + chunk * columnCount, rows.baseAddress, sorted)
    }
  }
}
