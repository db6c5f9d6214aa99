/// Minimal residuals for symmetric systems, definite or not, with an SPD preconditioner.
///
/// Stops by ‖b − A x‖ alone: the norm is exact without a preconditioner, and with one the residual itself is carried
/// along, one pass over memory more. Eight vectors.
public struct MinimalResiduals: IterativeMethod {
  public let name = "minres"
  public let summary = "minimal residuals, for symmetric matrices, also indefinite ones"
  public let requirements: MethodRequirements = [.symmetric, .fixedPreconditioner, .symmetricPreconditioner]
  public let source =
    "Paige & Saunders, Solution of sparse indefinite systems of linear equations, SIAM J. Numer. Anal. 12 (1975) 617"

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options,
      keepsBest: preconditioner != nil)
    let r = run.makeVector()
    var lanczos = Lanczos(run)
    var (w, wBefore) = (run.makeVector(), run.makeVector())
    let pass = run.pass

    return run.solve(residual: r) {
      guard lanczos.start(from: r) else { return .breakdown(Lanczos.indefinite) }
      // The part of the residual that is left, in the norm of the preconditioner, and the last two rotations.
      var rest = lanczos.beta
      var (c, s, cBefore, sBefore) = (1.0, 0.0, 1.0, 0.0)
      var matrixNorm = 0.0
      w.update(repeating: 0, count: run.columnCount)
      wBefore.update(repeating: 0, count: run.columnCount)
      while true {
        let beta = lanczos.beta
        guard lanczos.advance() else { return .breakdown(Lanczos.indefinite) }
        let diagonal = c * lanczos.alpha - cBefore * s * beta
        let above = s * lanczos.alpha + cBefore * c * beta
        let twoAbove = sBefore * beta
        let pivot = (diagonal * diagonal + lanczos.beta * lanczos.beta).squareRoot()
        // ‖A r‖ / ‖r‖ of the residual so far (Choi, Paige & Saunders, SIAM J. Sci. Comput. 33 (2011) 1810).
        let image = (diagonal * diagonal + c * lanczos.beta * c * lanczos.beta).squareRoot()
        matrixNorm = max(matrixNorm, pivot)
        if pivot == 0 || run.hasEnded(atShare: image / matrixNorm) {
          return .orthogonal
        }
        (cBefore, sBefore, c, s) = (c, s, diagonal / pivot, lanczos.beta / pivot)
        let gain = c * rest
        rest *= -s
        var norm = abs(rest)
        if run.hasPreconditioner {
          // r = s² r + c rest v, v the new Lanczos vector in the space of residuals.
          pass.combine(r, s * s, r, lanczos.beta > 0 ? c * rest / lanczos.beta : 0, lanczos.v)
          pass.dot(r, r)
          pass.run()
          norm = pass[0].squareRoot()
        }
        let verdict = run.step(to: norm)
        if verdict == .discard { return .told }
        pass.combine(
          wBefore, 1 / (pivot * beta), lanczos.zBefore, -twoAbove / pivot, wBefore, -above / pivot, w)
        pass.combine(x, 1, x, gain, wBefore)
        pass.run()
        (w, wBefore) = (wBefore, w)
        if verdict == .finish { return .told }
      }
    }
  }
}
