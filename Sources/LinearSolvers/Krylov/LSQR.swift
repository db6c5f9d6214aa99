/// Least squares min ‖b − A x‖ by Golub–Kahan bidiagonalisation, for matrices of any shape.
///
/// The iterates are those of conjugate gradients on the normal equations, without squaring the condition of every
/// product. Stops by ‖b − A x‖ like every method, and for more rows than columns also when ‖Aᵀ(b − A x)‖ is within the
/// relative tolerance of ‖Aᵀb‖. A product with A and one with Aᵀ per iteration. Takes no preconditioner.
public struct LSQR: IterativeMethod {
  public let name = "lsqr"
  public let summary = "least squares for matrices of any shape; falling residuals"
  public let requirements: MethodRequirements = [.transpose]
  public let source = "Paige & Saunders, LSQR, ACM Trans. Math. Softw. 8 (1982) 43"

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: false)
    let r = run.makeVector(count: run.rowCount)
    let w = run.makeVector()
    var bidiagonal = Bidiagonalization(run)
    let pass = run.pass

    return run.solveLeastSquares(residual: r) {
      bidiagonal.start(from: r)
      guard bidiagonal.alpha > 0 else { return .orthogonal }
      pass.combine(w, 1, bidiagonal.v)
      pass.run()
      var (rhoBar, phiBar, matrixNorm) = (bidiagonal.alpha, bidiagonal.beta, 0.0)
      while true {
        bidiagonal.advance()
        let (alpha, beta) = (bidiagonal.alpha, bidiagonal.beta)
        let rho = (rhoBar * rhoBar + beta * beta).squareRoot()
        matrixNorm = max(matrixNorm, rho)
        let (c, s) = (rhoBar / rho, beta / rho)
        let theta = s * alpha
        let phi = c * phiBar
        rhoBar = -c * alpha
        phiBar *= s
        let verdict = run.step(to: abs(phiBar), normal: abs(phiBar * alpha * c))
        if verdict == .discard { return .told }
        pass.combine(x, 1, x, phi / rho, w)
        pass.combine(w, 1, bidiagonal.v, -theta / rho, w)
        pass.run()
        if verdict == .finish { return .told }
        if beta == 0 || run.hasEnded(atShare: alpha * abs(c) / matrixNorm) {
          return .orthogonal
        }
      }
    }
  }
}
