import Arrays
package import LinearSolvers

#if canImport(Glibc)
  import Glibc
#endif

/// How a system of equations was solved.
package struct NewtonReport: Sendable {
  package var isConverged: Bool
  package var iterations: Int
  /// The norms of the residuals, the first guess's included.
  package var residuals: [Double]
  /// For every open constant the mean that sources and fluxes of its balance leave over, and its share of their size.
  package var imbalances: [(mean: Double, share: Double)] = []
  package var reason: String

  /// The norm of the residual relative to the first one.
  package var residual: Double { residuals[0] > 0 ? residuals[residuals.count - 1] / residuals[0] : 0 }
}

/// Newton's method with a backtracking line search; a linear system takes one step.
///
/// The update solves `J δ = −R`; the step is halved until the norm of the residual falls enough (Armijo), after Dennis
/// and Schnabel, *Numerical Methods for Unconstrained Optimization and Nonlinear Equations*, 1983, section 6.3.
package final class NewtonSolver {
  private let system: any BalanceSystem
  private let linearSolver: AlgebraicSolver
  private let open: OpenConstants
  private let values: AlignedStorage<Double>
  private let residual: StateVector
  private let trial: StateVector
  private let update: StateVector
  /// Of the residual relative to the first one, and of the last change relative to the state.
  package var tolerance = 1e-12
  package var iterationLimit = 50

  /// Steps are halved down to this share.
  private static let smallestStep = 1e-6

  package init(_ system: any BalanceSystem, linearSolver: AlgebraicSolver? = nil) {
    self.system = system
    self.linearSolver = linearSolver ?? AlgebraicSolver(reusesPattern: !system.isLinear)
    open = OpenConstants(system)
    values = AlignedStorage(count: system.pattern.nonzeroCount)
    residual = StateVector(count: system.count)
    trial = StateVector(count: system.count)
    update = StateVector(count: system.count)
  }

  /// Solves `R(u, t) = 0` from the given state, and leaves the best one there.
  ///
  /// - Throws: `LinearSolverError` if the first matrix cannot be factorised; later that is an outcome.
  package func solve(_ state: StateVector, time: Double) throws(LinearSolverError) -> NewtonReport {
    system.impose(on: state, time: time)
    assemble(state, time, jacobian: values)
    let sizes = system.openConstants.map { range in range.reduce(0) { $0 + abs(residual.baseAddress[$1]) } }
    var report = try iterate(state, time)
    report.imbalances = open.imbalances(sizes)
    return report
  }

  private func iterate(_ state: StateVector, _ time: Double) throws(LinearSolverError) -> NewtonReport {
    var report = NewtonReport(
      isConverged: false, iterations: 0, residuals: [norm(residual)], reason: "")
    let first = report.residuals[0]
    guard first.isFinite else {
      report.reason = "the residual of the first guess is not finite"
      return report
    }
    guard first > 0 else {
      (report.isConverged, report.reason) = (true, "the first guess solves the equations")
      return report
    }
    var size = first
    for iteration in 1...iterationLimit {
      var sourceChanges: [Double] = []
      do throws(LinearSolverError) {
        try linearSolver.prepare(SparseMatrix(pattern: system.pattern, values: values))
        sourceChanges = try open.solve(residual, into: update, with: linearSolver)
      } catch {
        guard iteration > 1 else { throw error }
        report.reason = "the Jacobian cannot be inverted: \(error)"
        return report
      }
      report.iterations = iteration
      let before = size
      guard let step = search(state, sourceChanges, time: time, from: before) else {
        // At the level of rounding no step helps.
        report.isConverged = before <= 1e-10 * first
        report.reason = "no step along Newton's direction lowers the residual"
        return report
      }
      size = norm(residual)
      report.residuals.append(size)
      let change = step * norm(update) / max(norm(state), 1e-300)
      if system.isLinear || size <= tolerance * first || (change <= tolerance && step == 1) {
        report.isConverged = size.isFinite
        report.reason = size.isFinite ? "converged" : "the solution is not finite"
        return report
      }
      assemble(state, time, jacobian: values)
    }
    report.reason = "\(iterationLimit) iterations were not enough"
    return report
  }

  private func assemble(_ state: StateVector, _ time: Double, jacobian: AlignedStorage<Double>?) {
    system.assemble(state, time: time, residual: residual, jacobian: jacobian)
    open.addSources(to: residual)
    if let jacobian { open.pin(jacobian) }
  }

  /// Moves the state along the update as far as the residual falls; `nil` if it never does, and the state stays.
  private func search(
    _ state: StateVector, _ sourceChanges: [Double], time: Double, from before: Double
  ) -> Double? {
    var step = 1.0
    let sources = open.sources
    trial.baseAddress.update(from: state.baseAddress, count: state.count)
    while step > Self.smallestStep {
      for i in 0..<state.count {
        state.baseAddress[i] = trial.baseAddress[i] - step * update.baseAddress[i]
      }
      open.set(sources, less: sourceChanges, times: step)
      assemble(state, time, jacobian: nil)
      if system.isLinear { return step }
      let after = norm(residual)
      if after <= (1 - 1e-4 * step) * before { return step }
      step /= 2
    }
    state.baseAddress.update(from: trial.baseAddress, count: state.count)
    open.set(sources, less: sourceChanges, times: 0)
    return nil
  }

  private func norm(_ vector: StateVector) -> Double {
    var sum = 0.0
    for i in 0..<vector.count { sum += vector.baseAddress[i] * vector.baseAddress[i] }
    return sum.squareRoot()
  }
}
