import Arrays
import CKernels

/// The rows of a matrix while chunks of them are written, each into memory of its own.
final class RowsPieces: @unchecked Sendable {
  let chunks: [Range<Int>]
  let rowCount: Int
  let columnCount: Int
  private let pieces: UnsafeMutablePointer<pvk_rows_piece>
  /// The end of each row in its piece, at row + 1.
  private let ends: AlignedStorage<Int32>
  private let workers: Workers?

  /// Pieces for `rowCount` rows that are expected to have so many entries in all.
  init(rowCount: Int, columnCount: Int, expected: Int, workers: Workers?) {
    chunks = RowChunks.ranges(rowCount, minimum: 4096)
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.workers = workers
    pieces = .allocate(capacity: chunks.count)
    pieces.initialize(repeating: pvk_rows_piece(), count: chunks.count)
    ends = AlignedStorage(uninitialized: rowCount + 1)
    for chunk in chunks.indices {
      let share = expected / chunks.count + 64
      precondition(
        pvk_piece_reserve(&pieces[chunk], share) != 0, "RowsPieces: no memory for \(share) entries")
    }
  }

  deinit {
    for chunk in chunks.indices { pvk_piece_free(&pieces[chunk]) }
    pieces.deallocate()
  }

  /// Has every chunk written by `body(rows, worker, ends, piece)`, which returns 0 when memory ran out.
  func fill(
    _ body:
      @escaping @Sendable (
        Range<Int>, Int, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<pvk_rows_piece>
      ) -> Int32
  ) {
    RowChunks.run(chunks.count, workers) { [self] chunk, worker in
      let done = body(chunks[chunk], worker, ends.baseAddress, &pieces[chunk])
      precondition(done != 0, "SparseMatrix: a product has more entries than fit memory or 32-bit numbers")
    }
  }

  var entryCount: Int { chunks.indices.reduce(0) { $0 + Int(pieces[$1].count) } }

  /// The matrix, its pieces put together.
  func matrix() -> SparseMatrix<Int32> {
    let values = AlignedStorage<Double>(uninitialized: entryCount)
    let (starts, indices) = assembled { from, count, first in
      (values.baseAddress + first).update(from: from, count: count)
    }
    return SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices),
      values: values)
  }

  /// The pattern, once `copyValues(from, count, first)` has been called for every piece; pieces are given back.
  func assembled(
    _ copyValues: @escaping @Sendable (UnsafePointer<Double>, Int, Int) -> Void
  ) -> (starts: AlignedStorage<Int32>, indices: AlignedStorage<Int32>) {
    var firsts = [0]
    for chunk in chunks.indices { firsts.append(firsts[chunk] + Int(pieces[chunk].count)) }
    let total = firsts[chunks.count]
    precondition(total <= Int(Int32.max), "SparseMatrix: \(total) entries do not fit 32-bit numbers")
    let starts = AlignedStorage<Int32>(uninitialized: rowCount + 1)
    let indices = AlignedStorage<Int32>(uninitialized: total)
    starts.baseAddress[0] = 0
    RowChunks.run(chunks.count, workers) { [self, firsts] chunk, _ in
      let (piece, first) = (pieces[chunk], firsts[chunk])
      guard let from = piece.indices, let numbers = piece.values else { return }
      for row in chunks[chunk] { starts.baseAddress[row + 1] = ends.baseAddress[row + 1] + Int32(first) }
      (indices.baseAddress + first).update(from: from, count: piece.count)
      copyValues(numbers, piece.count, first)
      pvk_piece_free(&pieces[chunk])
    }
    return (starts, indices)
  }
}
