package import Arrays

/// What products and conjugate gradients cost, with the memory they must move as the yardstick beside them.
///
/// The matrix is that of `FivePointSystem` with 32-bit indices. Each piece is one closure's work, so that a caller can
/// time them in turn.
package final class TrafficBenchmark: @unchecked Sendable {
  private let workers: Workers
  private let operation: MatrixOperator<Int32>
  private let x: AlignedStorage<Double>
  private let y: AlignedStorage<Double>
  private let yardstick: ReadYardstick

  /// The Laplacian on n × n nodes, shared by workers, and an array as large as one iteration's traffic.
  package init(points n: Int, workers: Workers) {
    self.workers = workers
    operation = MatrixOperator(FivePointSystem.matrix(points: n), workers: workers)
    (x, y) = (AlignedStorage(count: n * n), AlignedStorage(count: n * n))
    x.buffer.update(repeating: 1)
    let matrix = operation.matrix
    let productBytes = 12 * matrix.nonzeroCount + 20 * matrix.rowCount
    (self.productBytes, iterationBytes) = (productBytes, productBytes + 64 * matrix.rowCount)
    yardstick = ReadYardstick(bytes: iterationBytes, workers: workers)
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
  package func read(bytes: Int) { yardstick.read(bytes: bytes) }
}
