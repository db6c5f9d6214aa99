import Arrays
package import LinearSolvers

#if canImport(Glibc)
  import Glibc
#endif

/// How a system of equations was solved.
package struct NewtonReport: Sendable {
  package var isConverged: Bool
  package var isInterrupted = false
  package var iterations: Int
  /// The norms of the residuals, the first guess's included.
  package var residuals: [Double]
  /// The norm that they are measured by.
  package var scale = 0.0
  /// For every open constant the mean that sources and fluxes of its balance leave over, and its share of their size.
  package var imbalances: [(mean: Double, share: Double)] = []
  package var reason: String

  /// The norm of the last residual relative to that of the first guess, or of zero where that is larger.
  package var residual: Double { scale > 0 ? residuals[residuals.count - 1] / scale : 0 }
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
  /// Numbers that keep their values.
  private let frozen: [Range<Int>]
  private let shouldStop: () -> Bool
  /// The largest norm that the state or a change of it had.
  private var largest = 0.0
  /// Of the residual relative to the first one, and of the last change of every unknown relative to it.
  package var tolerance = 1e-12
  package var iterationLimit = 50

  /// Steps are halved down to this share.
  private static let smallestStep = 1e-6

  /// - Parameters:
  ///   - frozen: numbers that keep their values, and whose equations are left out.
  ///   - shouldStop: asked before every iteration.
  package init(
    _ system: any BalanceSystem, linearSolver: AlgebraicSolver? = nil, frozen: [Range<Int>] = [],
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.system = system
    self.frozen = frozen
    self.shouldStop = shouldStop
    self.linearSolver = linearSolver ?? AlgebraicSolver(reusesPattern: !system.isLinear)
    open = OpenConstants(system)
    values = AlignedStorage(count: system.pattern.nonzeroCount)
    residual = StateVector(count: system.count)
    trial = StateVector(count: system.count)
    update = StateVector(count: system.count)
  }

  /// Σ |J_ij u_j| over the rows of a range: how large the numbers are that cancel in its balances.
  private func size(_ range: Range<Int>, of state: StateVector) -> Double {
    range.reduce(0) { sum, row in
      sum
        + system.pattern.positions(row).reduce(0) {
          $0 + abs(values.baseAddress[$1] * state.baseAddress[system.pattern.indices.baseAddress[$1]])
        }
    }
  }

  /// Solves `R(u, t) = 0` from the given state, and leaves the best one there.
  ///
  /// Residuals are measured by that of the first guess, or of zero where that is larger: a good guess leaves little to fall.
  ///
  /// - Throws: `LinearSolverError` if the first matrix cannot be factorised; later that is an outcome.
  package func solve(_ state: StateVector, time: Double) throws(LinearSolverError) -> NewtonReport {
    open.reset()
    var (sizes, scale) = ([Double](), 0.0)
    func measure() {
      sizes = system.openConstants.map { range in range.reduce(0) { $0 + abs(residual.baseAddress[$1]) } }
      scale = norm(residual)
    }
    let isZero = state.buffer.allSatisfy { $0 == 0 }
    if !isZero {
      trial.baseAddress.update(repeating: 0, count: trial.count)
      system.impose(on: trial, time: time)
      assemble(trial, time, jacobian: nil)
      measure()
    }
    system.impose(on: state, time: time)
    assemble(state, time, jacobian: values)
    if isZero { measure() }
    var report = try iterate(state, time, scale.isFinite ? scale : 0)
    // Where nothing flows in or out, rounding of what does inside is no imbalance.
    let sources = zip(sizes, system.openConstants).map { max($0, 1e-8 * size($1, of: state)) }
    report.imbalances = open.imbalances(sources)
    return report
  }

  /// The norm of the residual of a state.
  func residualNorm(of state: StateVector, time: Double) -> Double {
    assemble(state, time, jacobian: nil)
    return norm(residual)
  }

  private func iterate(
    _ state: StateVector, _ time: Double, _ scale: Double
  ) throws(LinearSolverError) -> NewtonReport {
    var report = NewtonReport(
      isConverged: false, iterations: 0, residuals: [norm(residual)], reason: "")
    let first = max(report.residuals[0], scale)
    report.scale = first
    guard first.isFinite else {
      report.reason = "the residual of the first guess is not finite"
      return report
    }
    guard report.residuals[0] > 0 else {
      (report.isConverged, report.reason) = (true, "the first guess solves the equations")
      return report
    }
    var size = report.residuals[0]
    largest = norm(state)
    for iteration in 1...iterationLimit {
      guard !shouldStop() else {
        (report.isInterrupted, report.reason) = (true, "it was interrupted")
        return report
      }
      let failures = linearSolver.failures
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
      largest = max(largest, norm(update))
      let before = size
      guard let step = search(state, sourceChanges, time: time, from: before) else {
        // At the level of rounding no step helps, and the step itself says how far the solution is.
        report.isConverged = isSmall(state, 1e-9) || (before <= 1e-10 * first && isSmall(state, 1e-6))
        report.reason = "no step along Newton's direction lowers the residual"
        return report
      }
      size = norm(residual)
      largest = max(largest, norm(state))
      report.residuals.append(size)
      if system.isLinear {
        report.isConverged = size.isFinite && linearSolver.failures == failures
        report.reason =
          report.isConverged ? "converged" : linearSolver.lastFailure
        return report
      }
      if step == 1, isSmall(state, tolerance) || (size <= tolerance * first && isSmall(state, 1e-9)) {
        report.isConverged = size.isFinite
        report.reason = size.isFinite ? "converged" : "the solution is not finite"
        return report
      }
      assemble(state, time, jacobian: values)
    }
    report.reason = "\(iterationLimit) iterations were not enough"
    return report
  }

  /// Whether the last change of every unknown is at most a share of the unknown, or only rounding of the whole state.
  ///
  /// Of every one: where their sizes differ much, a residual of all says nothing about the small ones.
  private func isSmall(_ state: StateVector, _ share: Double) -> Bool {
    system.ranges.allSatisfy { range in
      let change = norm(update, range)
      return change <= share * norm(state, range) || change <= 1e-14 * largest
    }
  }

  private func assemble(_ state: StateVector, _ time: Double, jacobian: AlignedStorage<Double>?) {
    system.assemble(state, time: time, residual: residual, jacobian: jacobian)
    open.addSources(to: residual)
    for range in frozen { (residual.baseAddress + range.lowerBound).update(repeating: 0, count: range.count) }
    if let jacobian {
      open.pin(jacobian)
      if !frozen.isEmpty { system.pattern.putIdentity(frozen.flatMap { $0 }, in: jacobian) }
    }
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

  private func norm(_ vector: StateVector, _ range: Range<Int>? = nil) -> Double {
    var sum = 0.0
    for i in range ?? 0..<vector.count { sum += vector.baseAddress[i] * vector.baseAddress[i] }
    return sum.squareRoot()
  }
}
