/// Stabilised bi-conjugate gradients for general systems, preconditioned from the right.
///
/// Two products per iteration and seven vectors, however many iterations; the residual is the true one, but does not
/// fall steadily. A product of the method's two scalars that vanishes starts it anew from the residual.
public struct BiCGSTAB: IterativeMethod {
  public let name = "bicgstab"
  public let summary = "stabilised bi-conjugate gradients, for any square matrix, with short recurrences"
  public let requirements: MethodRequirements = [.fixedPreconditioner]
  public let source = "van der Vorst, Bi-CGSTAB, SIAM J. Sci. Stat. Comput. 13 (1992) 631"

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: true)
    let (r, shadow, p) = (run.makeVector(), run.makeVector(), run.makeVector())
    let (v, t) = (run.makeVector(), run.makeVector())
    let isDirect = !run.changesCorrections
    let pHat = isDirect ? p : run.makeVector()
    let rHat = isDirect ? r : run.makeVector()
    let pass = run.pass

    return run.solve(residual: r) {
      pass.combine(shadow, 1, r)
      pass.combine(p, 1, r)
      pass.dot(r, r)
      pass.run()
      var rho = pass[0]
      while true {
        if !isDirect { run.precondition(p, into: pHat) }
        run.apply(pHat, into: v)
        pass.dot(shadow, v)
        pass.run()
        let projection = pass[0]
        guard projection != 0 else {
          return .breakdown("BiCGSTAB: the shadow residual is orthogonal to A p.")
        }
        let alpha = rho / projection
        // r becomes the residual of the half step.
        pass.combine(r, 1, r, -alpha, v)
        pass.dot(r, r)
        pass.run()
        let half = pass[0].squareRoot()
        if half <= run.target {
          let verdict = run.step(to: half)
          if verdict == .discard { return .told }
          pass.combine(x, 1, x, alpha, pHat)
          pass.run()
          return .told
        }
        if !isDirect { run.precondition(r, into: rHat) }
        run.apply(rHat, into: t)
        pass.dot(t, r)
        pass.dot(t, t)
        pass.run()
        guard pass[1] != 0 else {
          pass.combine(x, 1, x, alpha, pHat)
          pass.run()
          return .breakdown("BiCGSTAB: A maps the residual to zero.")
        }
        let omega = pass[0] / pass[1]
        // r stays until x has moved along it; t becomes the new residual meanwhile.
        pass.combine(t, 1, r, -omega, t)
        pass.dot(t, t)
        pass.dot(shadow, t)
        pass.run()
        let (square, next) = (pass[0], pass[1])
        let verdict = run.step(to: square.squareRoot())
        if verdict == .discard { return .told }
        pass.combine(x, 1, x, alpha, pHat, omega, rHat)
        let beta = (next / rho) * (alpha / omega)
        pass.combine(p, 1, t, beta, p, -beta * omega, v)
        pass.combine(r, 1, t)
        pass.run()
        if verdict == .finish { return .told }
        guard omega != 0, next != 0 else {
          return .breakdown("BiCGSTAB: ω = \(omega) and r̂ · r = \(next) must not vanish.")
        }
        rho = next
      }
    }
  }
}
