extension IterationRun {
  /// Runs the cycles of a method until the residual, computed anew, says enough, or nothing more can be gained.
  ///
  /// Each cycle finds the residual of x in `r` and its norm in `residualNorm`, and leaves x improved.
  func solve(residual r: UnsafeMutablePointer<Double>, cycle: () -> CycleEnd) -> SolveReport {
    if rightHandSideNorm == 0 { return reportOfZero() }
    ordinarySize.enlarge(x, count: columnCount)
    project(x)
    measure(into: r)
    setTarget()
    history.append(reference > 0 ? residualNorm / reference : 0)
    var strikes = 0
    while shallGoOn {
      if residualNorm < bestNorm { keepIterate() }
      let before = (norm: residualNorm, normal: normalNorm, iterations: iterations)
      let end = cycle()
      project(x)
      measure(into: r)
      if outcome != nil || isEnough { continue }
      let gain = min(residualNorm / before.norm, isLeastSquares ? normalNorm / before.normal : 1)
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
      case .orthogonal:
        strikes = isOrthogonal(r) ? strikes : strikes + 1
      }
      if strikes >= 2 {
        outcome = .stagnated
        remarks.append(
          "The true residual stays at \(residualNorm / rightHandSideNorm) ‖b‖ after a new start from it.")
      }
    }
    return report(residual: r)
  }

  /// The same for least squares: with more rows than columns a small residual of the normal equations is enough too.
  func solveLeastSquares(residual r: UnsafeMutablePointer<Double>, cycle: () -> CycleEnd) -> SolveReport {
    if rowCount > columnCount {
      let vector = makeVector()
      normalResidual = vector
      applyTranspose(b, into: vector)
      normalReference = pass.norm(vector)
    }
    return solve(residual: r, cycle: cycle)
  }

  private func setTarget() {
    let tolerance = options.tolerance
    reference = tolerance.reference == .rightHandSide ? rightHandSideNorm : residualNorm
    target = max(tolerance.relative * reference, tolerance.absolute)
    if isLeastSquares {
      if tolerance.reference == .initialResidual { normalReference = normalNorm }
      normalTarget = tolerance.relative * normalReference
    }
  }

  private var isEnough: Bool { residualNorm <= target || (isLeastSquares && normalNorm <= normalTarget) }

  /// Decides on what was measured.
  private var shallGoOn: Bool {
    if !residualNorm.isFinite {
      outcome = .notFinite
    } else if isEnough {
      outcome = .converged
    } else if startNorm == 0 {
      outcome = .inconsistent
    } else if outcome == nil && iterations >= iterationLimit {
      outcome = .iterationLimit
    }
    return outcome == nil
  }

  /// The residual of x, computed anew.
  private func measure(into r: UnsafeMutablePointer<Double>) {
    residualNorm = trueResidual(into: r)
    if let normalResidual {
      applyTranspose(r, into: normalResidual)
      normalNorm = pass.norm(normalResidual)
    }
  }

  /// Takes the best iterate back where the last one is worse, and says what came out.
  private func report(residual r: UnsafeMutablePointer<Double>) -> SolveReport {
    outcome = outcome?.judged(by: history)
    if outcome != .converged {
      if bestNorm.isFinite && !(residualNorm <= bestNorm) {
        pass.combine(x, 1, best)
        pass.run()
        measure(into: r)
      }
      if defect * rightHandSideNorm > 0.5 * residualNorm {
        remarks.append(
          "A share of \(defect.brief) of the right-hand side is outside the range of the matrix.")
      }
      if iterations > 0 { remarks.append("The answer is the best iterate of \(iterations).") }
    }
    ordinarySize.restore(x, count: columnCount)
    if isLeastSquares {
      remarks.append("‖Aᵀ(b − A x)‖ is \(normalNorm / normalReference) ‖Aᵀb‖.")
    }
    return SolveReport(
      outcome: outcome ?? .stagnated, method: name, preconditioner: preconditioner?.name,
      iterations: iterations, trueResidual: residualNorm / rightHandSideNorm, history: history,
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
