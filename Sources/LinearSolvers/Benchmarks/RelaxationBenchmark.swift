package import Arrays

/// What a sweep of SOR costs, with the memory it must read as the yardstick beside it.
///
/// The sweeps are those of the iteration: from one iterate to the next, with the norm of the residual on the way.
package final class RelaxationBenchmark: @unchecked Sendable {
  private let sweeps: RelaxationSweeps<Int32>
  private let vectors: [AlignedStorage<Double>]
  private let yardstick: ReadYardstick
  private var isOdd = false
  /// The last residual's norm, so that nothing is optimised away.
  package private(set) var residual = 0.0

  /// A sweep moves values, indices and starts, the right-hand side and both iterates, each once.
  package let bytes: Int

  /// The five-point Laplacian on n × n nodes, in its own order or on storage permuted by colours.
  package init(points n: Int, ordering: SweepOrdering, workers: Workers) throws(LinearSolverError) {
    let A = FivePointSystem.matrix(points: n)
    let colored = ordering == .multicolored ? try ColoredMatrix(A) : nil
    let vectors = (0..<3).map { _ in AlignedStorage<Double>(count: n * n) }
    self.vectors = vectors
    vectors[0].buffer.update(repeating: 1)
    sweeps = RelaxationSweeps(
      colored?.matrix ?? A, colors: colored?.coloring.ranges, isJacobi: false, relaxation: 1.9,
      rightHandSide: vectors[0].baseAddress, scratch: vectors[1].baseAddress, workers: workers)
    bytes = 12 * A.nonzeroCount + 28 * n * n
    yardstick = ReadYardstick(bytes: bytes, workers: workers)
  }

  /// One sweep.
  package func sweep() {
    let (old, next) = isOdd ? (vectors[2], vectors[1]) : (vectors[1], vectors[2])
    isOdd.toggle()
    residual = sweeps.forward(old.baseAddress, into: next.baseAddress)
  }

  /// Reads as many bytes as fast as they come.
  package func read() { yardstick.read(bytes: bytes) }
}
