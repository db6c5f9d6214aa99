#if canImport(Glibc)
  import Glibc
#endif

/// Chebyshev's semi-iteration for symmetric positive definite systems whose eigenvalues lie between two bounds.
///
/// The residual polynomial is the smallest on the interval of the bounds, so that no inner products steer the
/// iteration; the norm that it is stopped by is the only one. Bounds that are not given are estimated by a few Lanczos
/// steps, and widened when the convergence that they promise fails to come. Bounds are those of M A.
public struct ChebyshevIteration: IterativeMethod {
  public let name = "chebyshev"
  public let summary = "Chebyshev's iteration, for SPD matrices with known or estimated eigenvalue bounds"
  public let requirements: MethodRequirements = [
    .symmetric, .positiveDefinite, .fixedPreconditioner, .symmetricPreconditioner,
  ]
  public let source = "Golub & Varga, Chebyshev semi-iterative methods, Numer. Math. 3 (1961) 147"
  /// The interval of the eigenvalues, if known.
  public let bounds: ClosedRange<Double>?

  public init(bounds: ClosedRange<Double>? = nil) {
    precondition((bounds?.lowerBound ?? 1) > 0, "ChebyshevIteration: bounds \(bounds!) must be positive")
    self.bounds = bounds
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: true)
    let (r, d, q) = (run.makeVector(), run.makeVector(), run.makeVector())
    let z = run.hasPreconditioner ? run.makeVector() : r
    let pass = run.pass
    var interval: Interval?

    return run.solve(residual: r) {
      if interval == nil {
        if let bounds {
          interval = Interval(lower: bounds.lowerBound, upper: bounds.upperBound, isGiven: true)
        } else if let estimate = SpectrumEstimate(run), estimate.lower > 0 {
          interval = Interval(lower: estimate.lower, upper: estimate.upper, isGiven: false)
        }
      }
      guard var watched = interval else {
        return .breakdown(
          "The matrix or the preconditioner is not positive definite: no bounds could be estimated.")
      }
      var recurrence = Recurrence(watched)
      watched.begin(at: run.residualNorm)
      run.precondition(r, into: z)
      pass.combine(d, 1 / recurrence.centre, z)
      pass.run()
      while true {
        run.apply(d, into: q)
        pass.combine(r, 1, r, -1, q)
        pass.dot(r, r)
        pass.run()
        let verdict = run.step(to: pass[0].squareRoot())
        if verdict == .discard { return .told }
        if verdict == .goOn && run.changesCorrections { run.precondition(r, into: z) }
        pass.combine(x, 1, x, 1, d)
        if verdict == .goOn {
          let factors = recurrence.advance()
          pass.combine(d, factors.direction, d, factors.correction, z)
        }
        pass.run()
        if verdict == .finish { return .told }
        if watched.mustWiden(run.residualNorm) {
          interval = watched
          return .restart
        }
      }
    }
  }

  /// Saad, Iterative methods for sparse linear systems, algorithm 12.1.
  private struct Recurrence {
    let centre: Double
    private let radius: Double
    private var rho: Double

    init(_ interval: Interval) {
      centre = (interval.upper + interval.lower) / 2
      radius = max((interval.upper - interval.lower) / 2, 1e-8 * centre)
      rho = radius / centre
    }

    mutating func advance() -> (direction: Double, correction: Double) {
      let before = rho
      rho = 1 / (2 * centre / radius - before)
      return (rho * before, 2 * rho / radius)
    }
  }

  /// Bounds, with an eye on whether they are right.
  private struct Interval {
    var lower: Double
    var upper: Double
    let isGiven: Bool
    private var reference = 0.0
    private var steps = 0

    init(lower: Double, upper: Double, isGiven: Bool) {
      (self.lower, self.upper, self.isGiven) = (lower, upper, isGiven)
    }

    mutating func begin(at norm: Double) {
      reference = norm
      steps = 0
    }

    /// Looks after enough steps for a tenth; an eigenvalue below the bound slows the fall, one above lets it rise.
    mutating func mustWiden(_ norm: Double) -> Bool {
      guard !isGiven else { return false }
      steps += 1
      if norm > 100 * reference {
        upper *= 1.2
        return true
      }
      let root = (lower / upper).squareRoot()
      let rate = (1 - root) / (1 + root)
      let promised = 2 * pow(rate, Double(steps))
      guard promised < 0.1 else { return false }
      let isSlow = norm > promised.squareRoot() * reference
      if isSlow { lower /= 3 } else { begin(at: norm) }
      return isSlow
    }
  }
}
