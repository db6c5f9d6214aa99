package import Arrays
import CKernels

/// What products and conjugate gradients cost, with the memory they must move as the yardstick beside them.
///
/// The matrix is the five-point Laplacian on n × n interior nodes with 32-bit indices. Each piece is one closure's work,
/// so that a caller can time them in turn.
package final class TrafficBenchmark: @unchecked Sendable {
  private let workers: Workers
  private let operation: MatrixOperator<Int32>
  private let x: AlignedStorage<Double>
  private let y: AlignedStorage<Double>
  private let yardstick: AlignedStorage<Double>
  private let sums: AlignedStorage<Double>
  private static let readChunk = 1 << 15

  /// The Laplacian on n × n nodes, shared by workers, and an array as large as one iteration's traffic.
  package init(points n: Int, workers: Workers) {
    self.workers = workers
    operation = MatrixOperator(Self.laplacian(n), workers: workers)
    (x, y) = (AlignedStorage(count: n * n), AlignedStorage(count: n * n))
    x.buffer.update(repeating: 1)
    let matrix = operation.matrix
    let productBytes = 12 * matrix.nonzeroCount + 20 * matrix.rowCount
    (self.productBytes, iterationBytes) = (productBytes, productBytes + 64 * matrix.rowCount)
    yardstick = AlignedStorage(count: iterationBytes / 8)
    sums = AlignedStorage(count: yardstick.count / Self.readChunk + 1)
  }

  /// A product moves values, indices and starts, the vector and the result, each once.
  package let productBytes: Int
  /// An iteration moves that, three vectors for the residual and five for iterate and direction.
  package let iterationBytes: Int

  /// One product y = A x.
  package func product() { operation.apply(x.baseAddress, into: y.baseAddress) }

  /// Conjugate gradients from zero on a right-hand side of ones, for so many iterations; the start costs about one more.
  package func conjugateGradients(iterations: Int) {
    var options = IterationOptions()
    options.iterationLimit = iterations
    options.workers = workers
    options.tolerance = Tolerance(relative: 0)
    y.buffer.update(repeating: 0)
    // Nothing here can be refused.
    _ = try? ConjugateGradients().solve(
      operation, x.baseAddress, into: y.baseAddress, preconditioner: nil, options: options)
  }

  /// Reads so many bytes, at most those of an iteration, as fast as they come.
  package func read(bytes: Int) {
    let count = min(bytes / 8, yardstick.count)
    var job = pvk_read_job(
      a: yardstick.baseAddress, count: count, chunk_count: Self.readChunk, sums: sums.baseAddress)
    workers.run(
      chunks: (count + Self.readChunk - 1) / Self.readChunk, context: &job, pvk_read_chunk)
  }

  /// Built in place: the list that `SparseMatrix.laplacian` goes through takes longer than the benchmark.
  private static func laplacian(_ n: Int) -> SparseMatrix<Int32> {
    let starts = AlignedStorage<Int32>(count: n * n + 1)
    let indices = AlignedStorage<Int32>(count: 5 * n * n)
    let values = AlignedStorage<Double>(count: 5 * n * n)
    var position = 0
    for row in 0..<n * n {
      let (i, j) = (row / n, row % n)
      for (isInside, column, value) in [
        (i > 0, row - n, -1.0), (j > 0, row - 1, -1), (true, row, 4), (j < n - 1, row + 1, -1),
        (i < n - 1, row + n, -1),
      ] where isInside {
        indices.baseAddress[position] = Int32(column)
        values.baseAddress[position] = value
        position += 1
      }
      starts.baseAddress[row + 1] = Int32(position)
    }
    return SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: n * n, columnCount: n * n, starts: starts, indices: indices),
      values: values)
  }
}
