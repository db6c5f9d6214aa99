package import Arrays
import Spectral

/// Conjugate gradients with multigrid from nothing to a relative residual of 1e-8, set-up included.
///
/// `FivePointSystem`; geometric multigrid gets the grid instead of the matrix.
package final class MultigridBenchmark: @unchecked Sendable {
  private let points: Int
  private let matrix: SparseMatrix<Int32>
  private let workers: Workers
  private let b: AlignedStorage<Double>
  private let x: AlignedStorage<Double>
  /// The report of the last run, with its times.
  package private(set) var report: SolveReport?

  package init(points n: Int, workers: Workers) {
    points = n
    self.workers = workers
    matrix = FivePointSystem.matrix(points: n)
    b = FivePointSystem.rightHandSide(count: n * n)
    x = AlignedStorage(count: n * n)
  }

  /// One solve with a registered kind of preconditioner, or without.
  package func run(preconditioner name: String?) {
    let clock = ContinuousClock()
    let start = clock.now
    var options = PreconditionerOptions()
    options.workers = workers
    let kind = name.flatMap { try? PreconditionerRegistry.kind(named: $0) }
    let made = kind.flatMap { try? $0.make(for: matrix, options: options) }
    solve(MatrixOperator(matrix, workers: workers), made, setUp: clock.now - start)
  }

  /// One solve with V(2,2)-cycles on grids; nothing is stored of the matrix.
  package func runGeometric() {
    let clock = ContinuousClock()
    let start = clock.now
    let axis = PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: points,
      length: Double(points + 1))
    let diffusion = BoxDiffusion([axis, axis])
    let made = GeometricMultigrid(diffusion, workers: workers)
    solve(BoxOperator(diffusion, workers: workers), made, setUp: clock.now - start)
  }

  private func solve(_ A: any LinearOperator, _ made: (any Preconditioner)?, setUp: Duration) {
    var options = IterationOptions()
    options.workers = workers
    x.buffer.update(repeating: 0)
    report = try? ConjugateGradients().solve(
      A, b.baseAddress, into: x.baseAddress, preconditioner: made, options: options)
    report?.setupSeconds = Double(setUp.components.seconds) + 1e-18 * Double(setUp.components.attoseconds)
  }

  /// ‖b − A x‖ / ‖b‖ with the stored matrix, of the last run.
  package var trueResidual: Double {
    let A = MatrixOperator(matrix)
    let y = AlignedStorage<Double>(count: b.count)
    A.apply(x.baseAddress, into: y.baseAddress)
    var (rest, size) = (0.0, 0.0)
    for i in 0..<b.count {
      let r = b.baseAddress[i] - y.baseAddress[i]
      (rest, size) = (rest + r * r, size + b.baseAddress[i] * b.baseAddress[i])
    }
    return (rest / size).squareRoot()
  }
}
