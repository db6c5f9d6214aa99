/// Least squares min ‖b − A x‖ by Golub–Kahan bidiagonalisation, with falling ‖Aᵀ(b − A x)‖.
///
/// The iterates are those of minimal residuals on the normal equations: on inconsistent systems it may stop earlier
/// than LSQR. Stops as LSQR does. A product with A and one with Aᵀ per iteration. Takes no preconditioner.
public struct LSMR: IterativeMethod {
  public let name = "lsmr"
  public let summary = "least squares for matrices of any shape; falling residuals of the normal equations"
  public let requirements: MethodRequirements = [.transpose]
  public let source = "Fong & Saunders, LSMR, SIAM J. Sci. Comput. 33 (2011) 2950"

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: false)
    let r = run.makeVector(count: run.rowCount)
    let (h, hBar) = (run.makeVector(), run.makeVector())
    var bidiagonal = Bidiagonalization(run)
    let pass = run.pass

    return run.solveLeastSquares(residual: r) {
      bidiagonal.start(from: r)
      guard bidiagonal.alpha > 0 else { return .orthogonal }
      pass.combine(h, 1, bidiagonal.v)
      pass.combine(hBar, 0, h)
      pass.run()
      var alphaBar = bidiagonal.alpha
      var zetaBar = bidiagonal.alpha * bidiagonal.beta
      var (rho, rhoBar, cBar, sBar) = (1.0, 1.0, 1.0, 0.0)
      var matrixNorm = 0.0
      var residual = ResidualEstimate(beta: bidiagonal.beta)
      while true {
        bidiagonal.advance()
        let (alpha, beta) = (bidiagonal.alpha, bidiagonal.beta)
        // The rotation that makes the bidiagonal matrix upper.
        let rhoBefore = rho
        rho = (alphaBar * alphaBar + beta * beta).squareRoot()
        matrixNorm = max(matrixNorm, rho)
        let (c, s) = (alphaBar / rho, beta / rho)
        let theta = s * alpha
        alphaBar = c * alpha
        // The rotation of its transpose.
        let rhoBarBefore = rhoBar
        let thetaBar = sBar * rho
        rhoBar = (cBar * rho * cBar * rho + theta * theta).squareRoot()
        (cBar, sBar) = (cBar * rho / rhoBar, theta / rhoBar)
        let zeta = cBar * zetaBar
        zetaBar *= -sBar
        let norm = residual.advance(c: c, s: s, thetaBar: thetaBar, rhoBar: rhoBar, zeta: zeta)
        let verdict = run.step(to: norm, normal: abs(zetaBar))
        if verdict == .discard { return .told }
        pass.combine(hBar, 1, h, -thetaBar * rho / (rhoBefore * rhoBarBefore), hBar)
        pass.combine(x, 1, x, zeta / (rho * rhoBar), hBar)
        pass.combine(h, 1, bidiagonal.v, -theta / rho, h)
        pass.run()
        if verdict == .finish { return .told }
        if beta == 0 || run.hasEnded(atShare: abs(zetaBar) / (matrixNorm * norm)) {
          return .orthogonal
        }
      }
    }
  }
}

/// The norm of LSMR's residual, which its iterates do not show (section 5 of the paper, without damping).
private struct ResidualEstimate {
  private var betaDoubleDot: Double
  private var betaDot = 0.0
  private var rhoDot = 1.0
  private var tauTilde = 0.0
  private var thetaTilde = 0.0
  private var zetaBefore = 0.0

  init(beta: Double) { betaDoubleDot = beta }

  mutating func advance(c: Double, s: Double, thetaBar: Double, rhoBar: Double, zeta: Double) -> Double {
    let betaHat = c * betaDoubleDot
    betaDoubleDot *= -s
    let thetaTildeBefore = thetaTilde
    let rhoTilde = (rhoDot * rhoDot + thetaBar * thetaBar).squareRoot()
    let (cTilde, sTilde) = (rhoDot / rhoTilde, thetaBar / rhoTilde)
    thetaTilde = sTilde * rhoBar
    rhoDot = cTilde * rhoBar
    betaDot = -sTilde * betaDot + cTilde * betaHat
    tauTilde = (zetaBefore - thetaTildeBefore * tauTilde) / rhoTilde
    let tauDot = (zeta - thetaTilde * tauTilde) / rhoDot
    zetaBefore = zeta
    return ((betaDot - tauDot) * (betaDot - tauDot) + betaDoubleDot * betaDoubleDot).squareRoot()
  }
}
