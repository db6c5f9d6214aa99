import Arrays
import COpenBLAS

/// Where the eigenvalues of a symmetric, preconditioned operator lie, from a few Lanczos steps.
///
/// The largest comes out well and is rounded up by a twentieth; the smallest is too large as a rule, and whoever uses it
/// must watch the convergence that it promises.
struct SpectrumEstimate {
  static let steps = 20
  private(set) var lower: Double
  private(set) var upper: Double

  /// Takes `steps` products from a random vector; nil where the preconditioner is not positive.
  init?(_ run: IterationRun) {
    let start = run.makeVector()
    let stream = RandomStream(seed: 0, purpose: "spectrum estimate")
    for index in stride(from: 0, to: run.columnCount, by: 2) {
      let pair = stream.normals(at: UInt64(index / 2))
      start[index] = pair.x
      if index + 1 < run.columnCount { start[index + 1] = pair.y }
    }
    run.project(start)
    var lanczos = Lanczos(run)
    guard lanczos.start(from: start), lanczos.beta > 0 else { return nil }
    var diagonal: [Double] = []
    var below: [Double] = []
    for _ in 0..<min(Self.steps, run.columnCount) {
      guard lanczos.advance() else { return nil }
      diagonal.append(lanczos.alpha)
      below.append(lanczos.beta)
      if !(lanczos.beta > 1e-12 * abs(lanczos.alpha)) { break }
    }
    OneBLASThread.ensure()
    // Eigenvalues in ascending order take the place of the diagonal.
    guard LAPACKE_dsterf(Int32(diagonal.count), &diagonal, &below) == 0, let last = diagonal.last else {
      return nil
    }
    (lower, upper) = (diagonal[0], 1.05 * last)
  }
}
