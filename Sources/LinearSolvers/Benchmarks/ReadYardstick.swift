package import Arrays
import CKernels

/// An array that workers read as fast as it comes: what memory gives, for whatever has to read as much.
package final class ReadYardstick: @unchecked Sendable {
  private let workers: Workers
  private let array: AlignedStorage<Double>
  private let sums: AlignedStorage<Double>
  private static let chunk = 1 << 15

  /// An array of so many bytes.
  package init(bytes: Int, workers: Workers) {
    self.workers = workers
    array = AlignedStorage(count: max(1, bytes / 8))
    sums = AlignedStorage(count: array.count / Self.chunk + 1)
  }

  /// Reads so many bytes, at most the whole array.
  package func read(bytes: Int) {
    let count = min(bytes / 8, array.count)
    var job = pvk_read_job(
      a: array.baseAddress, count: count, chunk_count: Self.chunk, sums: sums.baseAddress)
    workers.run(chunks: (count + Self.chunk - 1) / Self.chunk, context: &job, pvk_read_chunk)
  }
}
