import Foundation

/// The iteration z ← γ A z + b from z = b.
struct PicardIteration {
  let gamma: Double
  let options: PicardOptions

  /// The fixed point, with the report of a solve of (I − γ A) z = b.
  func solve(_ A: SparseMatrix<Int>, _ b: [Double]) -> (z: [Double], report: SolveReport) {
    let begin = ContinuousClock.now
    let map = MatrixOperator(A)
    var (z, image) = (b, b)
    var history: [Double] = []
    var outcome = SolveOutcome.iterationLimit
    let limit = options.iterationLimit ?? sufficientIterations
    var iterations = 0
    while iterations < limit {
      map.apply(z, into: &image)
      iterations += 1
      var (step, size) = (0.0, 0.0)
      for index in z.indices {
        let next = gamma * image[index] + b[index]
        step = max(step, abs(next - z[index]))
        size = max(size, abs(next))
        // max passes over what is not a number.
        if !next.isFinite { outcome = .notFinite }
        z[index] = next
      }
      history.append(size > 0 ? step / size : step)
      guard outcome != .notFinite else { break }
      if step <= options.tolerance * (1 - abs(gamma)) * size {
        outcome = .converged
        break
      }
    }
    map.apply(z, into: &image)
    var (rest, whole) = (0.0, 0.0)
    for index in z.indices {
      let defect = b[index] + gamma * image[index] - z[index]
      rest += defect * defect
      whole += b[index] * b[index]
    }
    let report = SolveReport(
      outcome: outcome, method: "picard", iterations: iterations,
      trueResidual: whole > 0 ? (rest / whole).squareRoot() : rest.squareRoot(), history: history,
      operatorApplications: iterations + 1, solveSeconds: begin.secondsToNow)
    return (z, report)
  }

  /// Steps shrink at least by |γ| each if no row of |A| sums to more than one; a few more for rounding.
  private var sufficientIterations: Int {
    guard gamma != 0 else { return 2 }
    let steps = log(options.tolerance * (1 - abs(gamma)) / 4) / log(abs(gamma))
    return Int(min(steps, 1e7)) + 20
  }
}
