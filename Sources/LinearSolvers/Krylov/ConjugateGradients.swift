/// Conjugate gradients for symmetric positive definite systems, with an SPD preconditioner.
///
/// One product with A and one application of the preconditioner per iteration; five vectors. A step is two passes over
/// memory beside those: the residual with its norm, then iterate and direction together.
public struct ConjugateGradients: IterativeMethod {
  public let name = "cg"
  public let summary = "conjugate gradients, for symmetric positive definite matrices"
  public let requirements: MethodRequirements = [
    .symmetric, .positiveDefinite, .fixedPreconditioner, .symmetricPreconditioner,
  ]
  public let source =
    "Hestenes & Stiefel, Methods of conjugate gradients for solving linear systems, J. Res. NBS 49 (1952) 409"

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options, keepsBest: true)
    let (r, p, q) = (run.makeVector(), run.makeVector(), run.makeVector())
    let pass = run.pass
    // Without a preconditioner the residual is its own correction.
    let z = run.hasPreconditioner ? run.makeVector() : r

    return run.solve(residual: r) {
      run.precondition(r, into: z)
      pass.combine(p, 1, z)
      pass.dot(r, z)
      pass.run()
      var rho = pass[0]
      while true {
        guard rho > 0 else {
          return .breakdown("The preconditioner is not positive definite: rᵀMr = \(rho).")
        }
        let curvature = run.applyDot(p, into: q)
        guard !(curvature <= 0) else {
          return .breakdown("The matrix is not positive definite: pᵀAp = \(curvature).")
        }
        let alpha = rho / curvature
        pass.combine(r, 1, r, -alpha, q)
        pass.dot(r, r)
        pass.run()
        let square = pass[0]
        switch run.step(to: square.squareRoot()) {
        case .discard: return .told
        case .finish:
          pass.combine(x, 1, x, alpha, p)
          pass.run()
          return .told
        case .goOn: break
        }
        let before = rho
        rho = square
        if run.changesCorrections {
          run.precondition(r, into: z)
          pass.dot(r, z)
          pass.run()
          rho = pass[0]
        }
        pass.combine(x, 1, x, alpha, p)
        pass.combine(p, 1, z, rho / before, p)
        pass.run()
      }
    }
  }
}
