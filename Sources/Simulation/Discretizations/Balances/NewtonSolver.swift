import Arrays
import LinearSolvers

#if canImport(Glibc)
  import Glibc
#endif

/// How a system of equations was solved.
package struct NewtonReport: Sendable {
  package var isConverged: Bool
  package var iterations: Int
  /// The norm of the residual relative to the first one, or to the size of the equations' terms.
  package var residual: Double
  /// The largest residual of a pinned equation relative to the first residual.
  package var unbalanced: Double
  package var reason: String
}

/// Newton's method with a backtracking line search; a linear system takes one step.
///
/// The update solves `J δ = −R`; the step is halved until the norm of the residual falls enough (Armijo), after Dennis
/// and Schnabel, *Numerical Methods for Unconstrained Optimization and Nonlinear Equations*, 1983, section 6.3.
package final class NewtonSolver {
  private let system: any BalanceSystem
  private let linearSolver: AlgebraicSolver
  private let pinned: PinnedConstants
  private let values: AlignedStorage<Double>
  private let residual: StateVector
  private let trial: StateVector
  private let update: StateVector
  /// What the pinned equations leave over.
  package private(set) var unbalanced = 0.0
  package var tolerance = 1e-12
  package var iterationLimit = 50

  package init(_ system: any BalanceSystem, linearSolver: AlgebraicSolver) {
    self.system = system
    self.linearSolver = linearSolver
    pinned = PinnedConstants(system)
    values = AlignedStorage(count: system.pattern.nonzeroCount)
    residual = StateVector(count: system.count)
    trial = StateVector(count: system.count)
    update = StateVector(count: system.count)
  }

  /// Solves `R(u, t) = 0` from the given state, and leaves the best one there.
  package func solve(_ state: StateVector, time: Double) throws -> NewtonReport {
    system.impose(on: state, time: time)
    assemble(state, time, jacobian: values)
    let first = norm(residual)
    var size = first
    func report(_ isConverged: Bool, _ iterations: Int, _ reason: String) -> NewtonReport {
      NewtonReport(
        isConverged: isConverged, iterations: iterations, residual: first > 0 ? size / first : 0,
        unbalanced: first > 0 ? unbalanced / first : 0, reason: reason)
    }
    guard first.isFinite else { return report(false, 0, "the residual of the first guess is not finite") }
    guard first > 0 else { return report(true, 0, "the first guess solves the equations") }
    for iteration in 1...iterationLimit {
      try linearSolver.prepare(SparseMatrix(pattern: system.pattern, values: values))
      update.baseAddress.update(repeating: 0, count: update.count)
      try linearSolver.solve(residual, into: update)
      let before = size
      let step = search(state, time: time, from: before)
      size = norm(residual)
      guard let step else {
        return report(
          before <= 1e-10 * first, iteration,
          "no step along Newton's direction lowers the residual below \(before / first) of the first")
      }
      let change = step * norm(update) / max(norm(state), 1e-300)
      if system.isLinear || size <= tolerance * first || (change <= tolerance && step == 1) {
        return report(true, iteration, "converged")
      }
      assemble(state, time, jacobian: values)
    }
    return report(false, iterationLimit, "\(iterationLimit) iterations were not enough")
  }

  private func assemble(_ state: StateVector, _ time: Double, jacobian: AlignedStorage<Double>?) {
    system.assemble(state, time: time, residual: residual, jacobian: jacobian)
    unbalanced = pinned.pin(residual: residual, jacobian: jacobian)
  }

  /// Moves the state along the update as far as the residual falls; `nil` if it never does.
  private func search(_ state: StateVector, time: Double, from before: Double) -> Double? {
    var step = 1.0
    trial.baseAddress.update(from: state.baseAddress, count: state.count)
    while step > 1e-6 {
      for i in 0..<state.count {
        state.baseAddress[i] = trial.baseAddress[i] - step * update.baseAddress[i]
      }
      if system.isLinear {
        assemble(state, time, jacobian: nil)
        return step
      }
      assemble(state, time, jacobian: nil)
      let after = norm(residual)
      // At rounding level the residual need not fall any more.
      if after <= (1 - 1e-4 * step) * before || after <= 1e-14 * before { return step }
      step /= 2
    }
    state.baseAddress.update(from: trial.baseAddress, count: state.count)
    return nil
  }

  private func norm(_ vector: StateVector) -> Double {
    var sum = 0.0
    for i in 0..<vector.count { sum += vector.baseAddress[i] * vector.baseAddress[i] }
    return sum.squareRoot()
  }
}
