import Arrays
import Equations
import LinearSolvers
import Spectral

/// Natural continuation: the solution for milder parameters is followed to the ones wanted, by Newton's method from a guess
/// along the secant.
///
/// The parameters are functions of t (`Problem.continuationPaths`), which goes from 1 to 0. Steps grow where Newton's method
/// has little to do and halve where it fails; there is no way around a fold, where the solutions end. After Allgower and
/// Georg, *Introduction to Numerical Continuation Methods*, 2003, section 6.1.
struct ParameterContinuation {
  let newton: NewtonSolver

  private static let firstStep = 0.25
  private static let smallestStep = 1e-4
  /// Newton iterations of a step, at the most and at ease.
  private static let (limit, ease) = (12, 4)

  /// Leaves the solution in a state that holds a first guess, or the one for the last parameters that were reached.
  ///
  /// - Parameter describe: the parameters at t, for people.
  /// - Throws: `LinearSolverError` if the first matrix at t = 1 cannot be factorised; later that is an outcome.
  func solve(
    _ state: StateVector, describe: (Double) -> String
  ) throws(LinearSolverError) -> NewtonReport {
    var report = try newton.solve(state, time: 1)
    guard report.isConverged else {
      report.reason += ", for \(describe(1)) already"
      return report
    }
    let wholeLimit = newton.iterationLimit
    newton.iterationLimit = Self.limit
    defer { newton.iterationLimit = wholeLimit }
    let (last, before) = (StateVector(count: state.count), StateVector(count: state.count))
    var (t, tBefore, step) = (1.0, Double.nan, Self.firstStep)
    while t > 0 {
      let next = step >= t ? 0 : t - step
      last.baseAddress.update(from: state.baseAddress, count: state.count)
      if !tBefore.isNaN {
        let share = (next - t) / (t - tBefore)
        for i in 0..<state.count {
          state.baseAddress[i] += share * (last.baseAddress[i] - before.baseAddress[i])
        }
      }
      let attempt = try? newton.solve(state, time: next)
      report.iterations += attempt?.iterations ?? 1
      if let attempt, attempt.isConverged {
        let iterations = report.iterations
        report = attempt
        report.iterations = iterations
        before.baseAddress.update(from: last.baseAddress, count: state.count)
        (tBefore, t) = (t, next)
        if attempt.iterations <= Self.ease { step *= 2 }
        continue
      }
      state.baseAddress.update(from: last.baseAddress, count: state.count)
      if let attempt, attempt.isInterrupted {
        (report.isConverged, report.isInterrupted, report.reason) = (false, true, attempt.reason)
        return report
      }
      step = (t - next) / 2
      guard step >= Self.smallestStep else {
        report.isConverged = false
        report.residuals.append(newton.residualNorm(of: state, time: 0))
        report.reason =
          "the continuation came no further than \(describe(t)), whose solution is kept "
          + "(\(attempt?.reason ?? "the Jacobian cannot be inverted"))"
        return report
      }
    }
    return report
  }
}
