extension IterationRun {
  /// Runs the cycles of a method until the residual, computed anew, says enough, or nothing more can be gained.
  ///
  /// Each cycle finds the residual of x in `r` and its norm in `residualNorm`, and leaves x improved.
  func solve(residual r: UnsafeMutablePointer<Double>, cycle: () -> CycleEnd) -> SolveReport {
    if rightHandSideNorm == 0 { return reportOfZero() }
    project(x)
    var norm = trueResidual(into: r)
    reference = options.tolerance.reference == .rightHandSide ? rightHandSideNorm : norm
    target = max(options.tolerance.relative * reference, options.tolerance.absolute)
    history.append(reference > 0 ? norm / reference : 0)
    var strikes = 0
    while true {
      if !norm.isFinite { outcome = .notFinite }
      if outcome == nil && norm > target && iterations >= iterationLimit { outcome = .iterationLimit }
      if norm <= target {
        outcome = .converged
        break
      }
      if outcome != nil { break }
      residualNorm = norm
      if norm < bestNorm { keepIterate() }
      let before = (norm: norm, iterations: iterations)
      let end = cycle()
      project(x)
      norm = trueResidual(into: r)
      if outcome != nil || norm <= target { continue }
      let gain = norm / before.norm
      switch end {
      case .told:
        // The recurrence claims what is not so: rounding. Half is worth another start.
        strikes = gain < 0.5 ? 0 : strikes + 1
      case .restart:
        strikes = gain < 1 - 1e-9 ? 0 : strikes + 1
      case .breakdown(let reason):
        if gain < 0.99 && iterations > before.iterations { continue }
        remarks.append(reason)
        outcome = .breakdown
      }
      if strikes >= 2 {
        outcome = .stagnated
        remarks.append("The true residual stays at \(norm / rightHandSideNorm) ‖b‖ after a new start from it.")
      }
    }
    return report(norm, residual: r)
  }

  /// Takes the best iterate back where the last one is worse, and says what came out.
  private func report(_ last: Double, residual r: UnsafeMutablePointer<Double>) -> SolveReport {
    var norm = last
    if outcome != .converged && bestNorm.isFinite && !(norm <= bestNorm) {
      pass.combine(x, 1, best)
      pass.run()
      norm = trueResidual(into: r)
    }
    if outcome != .converged && iterations > 0 {
      remarks.append("The answer is the iterate with the smallest residual of \(iterations).")
    }
    return SolveReport(
      outcome: outcome ?? .stagnated, method: name, preconditioner: preconditioner?.name,
      iterations: iterations, trueResidual: norm / rightHandSideNorm, history: history,
      operatorApplications: operatorApplications, preconditionerApplications: preconditionerApplications,
      solveSeconds: seconds, remarks: remarks)
  }

  /// The answer to b = 0 is zero.
  private func reportOfZero() -> SolveReport {
    x.update(repeating: 0, count: columnCount)
    return SolveReport(
      outcome: .converged, method: name, preconditioner: preconditioner?.name, trueResidual: 0, history: [0],
      solveSeconds: seconds, remarks: ["The right-hand side is zero, and so is the answer."])
  }
}
