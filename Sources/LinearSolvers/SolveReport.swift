/// How a linear solve ended.
public enum SolveOutcome: String, Sendable, Hashable, Codable {
  /// The recomputed residual is within the tolerance.
  case converged
  /// As many iterations as were allowed.
  case iterationLimit
  /// A quantity that must not vanish did: the method cannot go on from here.
  case breakdown
  /// The residual has stopped falling.
  case stagnated
  /// The residual is orthogonal to the range of the matrix: there is no solution, and the answer is one of least squares.
  case inconsistent
  /// The residual has grown beyond all bounds.
  case diverged
  /// A number became infinite or undefined.
  case notFinite
  /// Stopped from outside.
  case interrupted
}

extension SolveOutcome {
  /// The same outcome, or divergence where the norms of residuals have grown by ten orders above the lowest one.
  ///
  /// Not before the end: residuals of matrices far from normal may grow a long way before they fall.
  func judged(by history: [Double]) -> SolveOutcome {
    guard self == .notFinite || self == .iterationLimit, let last = history.last(where: \.isFinite) else {
      return self
    }
    let lowest = history.reduce(.infinity) { min($0, $1.isFinite ? $1 : .infinity) }
    return last > 1e10 * lowest ? .diverged : self
  }
}

/// What a linear solve did and what its answer is worth; the same for every method, direct or iterative.
public struct SolveReport: Sendable {
  public var outcome: SolveOutcome
  /// The name of the method, and of its preconditioner.
  public var method: String
  public var preconditioner: String?
  /// Iterations; for restarted methods inner ones.
  public var iterations: Int
  /// ‖b − A x‖ / ‖b‖ in the Euclidean norm, computed anew from the answer; ‖A x‖ where b is zero.
  public var trueResidual: Double
  /// The relative residual before the first iteration and after each, as the method sees it.
  public var history: [Double]
  /// Products with A, those that check the answer included.
  public var operatorApplications: Int
  public var preconditionerApplications: Int
  /// Analysis, factorisation, and the set-up of a preconditioner.
  public var setupSeconds: Double
  public var solveSeconds: Double
  /// Why this method, and what else should be known, in sentences.
  public var remarks: [String]

  public init(
    outcome: SolveOutcome, method: String, preconditioner: String? = nil, iterations: Int = 0,
    trueResidual: Double, history: [Double] = [], operatorApplications: Int = 0,
    preconditionerApplications: Int = 0, setupSeconds: Double = 0, solveSeconds: Double = 0,
    remarks: [String] = []
  ) {
    self.outcome = outcome
    self.method = method
    self.preconditioner = preconditioner
    self.iterations = iterations
    self.trueResidual = trueResidual
    self.history = history
    self.operatorApplications = operatorApplications
    self.preconditionerApplications = preconditionerApplications
    self.setupSeconds = setupSeconds
    self.solveSeconds = solveSeconds
    self.remarks = remarks
  }

  /// What to try when the solve did not converge.
  public var remedy: String? {
    switch outcome {
    case .converged, .interrupted: nil
    case .iterationLimit: "allow more iterations, or use a stronger preconditioner"
    case .breakdown: "use gmres, or minres for a symmetric matrix"
    case .stagnated: "ask for a larger tolerance; the matrix may be singular: name its null space"
    case .inconsistent: "take the part outside the range of the matrix out of the right-hand side"
    case .diverged:
      "use a smaller omega, a stronger preconditioner, or another method: cg for a symmetric positive definite matrix,"
        + " gmres for any other"
    case .notFinite: "look for infinite entries in the matrix or the right-hand side"
    }
  }
}
