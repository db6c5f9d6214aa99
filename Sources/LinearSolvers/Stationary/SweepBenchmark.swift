package import Arrays
import Spectral

/// One sweep of SOR on the five-point Laplacian of n² unknowns, as the methods do it: with the residual of the old
/// iterate.
///
/// Lexicographic on one thread, and by colours on workers. Their yardstick is reading `bytes` bytes of memory.
package final class SweepBenchmark: @unchecked Sendable {
  /// Values, column numbers and row starts once; b and the old iterate read, the new one written.
  package let bytes: Double
  private let lexicographic: RelaxationSweeps<Int32>
  private let colored: RelaxationSweeps<Int32>
  private let memory: AlignedStorage<Double>
  private let count: Int

  package init(points n: Int, workers: Workers?) throws(LinearSolverError) {
    let axis = PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: n, length: Double(n + 1))
    let matrix = SparseMatrix<Int32>.laplacian([axis, axis])
    count = matrix.rowCount
    bytes = Double(12 * matrix.nonzeroCount + (4 + 24) * count)
    memory = AlignedStorage(count: 3 * count)
    let permuted = try ColoredMatrix(matrix)
    let (b, scratch) = (UnsafePointer(memory.baseAddress), memory.baseAddress + count)
    lexicographic = RelaxationSweeps(
      matrix, colors: nil, isJacobi: false, relaxation: 1.5, rightHandSide: b, scratch: scratch, workers: nil)
    colored = RelaxationSweeps(
      permuted.matrix, colors: permuted.coloring.ranges, isJacobi: false, relaxation: 1.5, rightHandSide: b,
      scratch: scratch, workers: workers)
    for index in 0..<count { memory.baseAddress[index] = 1 }
  }

  /// One lexicographic sweep on the calling thread.
  package func runLexicographic() {
    _ = lexicographic.forward(memory.baseAddress + count, into: memory.baseAddress + 2 * count)
  }

  /// One sweep over all colours on the workers.
  package func runColored() {
    _ = colored.forward(memory.baseAddress + count, into: memory.baseAddress + 2 * count)
  }
}
