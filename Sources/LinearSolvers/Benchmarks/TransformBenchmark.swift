package import Arrays
import Spectral

#if canImport(Glibc)
  import Glibc
#endif

/// What conjugate gradients with transforms cost on a cube with a ball left out, Neumann everywhere.
///
/// The problem of `Tests/Peers/compare_sparse.py`, but for its noise: n³ cells, the ball of radius 0.2 around
/// (½, ½, 0.4), a dipole of Gaussians. Set-up is not part of a run.
package final class TransformBenchmark: @unchecked Sendable {
  private let operation: MatrixOperator<Int32>
  private let preconditioner: TransformPreconditioner
  private let b: AlignedStorage<Double>
  private let x: AlignedStorage<Double>
  private let z: AlignedStorage<Double>
  private var options = IterationOptions()
  /// The report of the last run.
  package private(set) var report: SolveReport?

  package init(points n: Int, workers: Workers) throws(LinearSolverError) {
    let axis = PoissonAxis(
      ends: .bounded(lower: .neumann, upper: .neumann), grid: .faces, count: n, length: Double(n))
    let axes = [axis, axis, axis]
    let centre = (0..<n).map { (Double($0) + 0.5) / Double(n) }
    var mask = [Bool](repeating: true, count: n * n * n)
    var source: [Double] = []
    for cell in mask.indices {
      let (x, y, z) = (centre[cell / (n * n)] - 0.5, centre[cell / n % n] - 0.5, centre[cell % n])
      let square = x * x + y * y
      mask[cell] = square + (z - 0.4) * (z - 0.4) >= 0.04
      guard mask[cell] else { continue }
      let blob = { (height: Double) in exp(-(square + (z - height) * (z - height)) / 0.005) }
      source.append(blob(0.15) - blob(0.25))
    }
    let mean = source.reduce(0, +) / Double(source.count)
    b = AlignedStorage(count: source.count)
    x = AlignedStorage(count: source.count)
    z = AlignedStorage(count: source.count)
    for (index, value) in source.enumerated() { b.baseAddress[index] = value - mean }
    operation = MatrixOperator(.laplacian(axes, mask: mask), workers: workers)
    preconditioner = try TransformPreconditioner(axes: axes, mask: mask, workers: workers)
    options.workers = workers
    options.nullSpace = .constants(count: source.count)
  }

  /// One solve from zero to a relative residual of 1e-8.
  package func run() {
    x.buffer.update(repeating: 0)
    report = try? ConjugateGradients().solve(
      operation, b.baseAddress, into: x.baseAddress, preconditioner: preconditioner, options: options)
  }

  /// One application of the preconditioner: the transforms that every iteration contains.
  package func transform() { preconditioner.apply(b.baseAddress, into: z.baseAddress) }
}
