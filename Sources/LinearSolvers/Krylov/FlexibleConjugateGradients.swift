/// Conjugate gradients that keep their directions conjugate themselves, so that the preconditioner may change from
/// step to step or be no linear map at all.
///
/// Each correction is made conjugate to the last `keptDirections` directions; with one this is the Polak–Ribière form
/// of conjugate gradients. 3 + 2 · `keptDirections` vectors.
public struct FlexibleConjugateGradients: IterativeMethod {
  public let name = "fcg"
  public let summary = "conjugate gradients for preconditioners that change; for SPD matrices"
  public let requirements: MethodRequirements = [.symmetric, .positiveDefinite]
  public let source = "Notay, Flexible conjugate gradients, SIAM J. Sci. Comput. 22 (2000) 1444"
  /// How many directions a new one is made conjugate to.
  public let keptDirections: Int

  public init(keptDirections: Int = 1) {
    precondition(keptDirections >= 1, "FlexibleConjugateGradients: keptDirections \(keptDirections) < 1")
    self.keptDirections = keptDirections
  }

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let kept = keptDirections
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options,
      capacity: max(8, 2 * kept + 2), keepsBest: true)
    let r = run.makeVector()
    let z = run.hasPreconditioner ? run.makeVector() : r
    let directions = (0..<kept).map { _ in (p: run.makeVector(), q: run.makeVector()) }
    var curvatures = [Double](repeating: 1, count: kept)
    let pass = run.pass

    return run.solve(residual: r) {
      var count = 0
      while true {
        if count == 0 || run.changesCorrections { run.precondition(r, into: z) }
        // The oldest direction gives its memory to the new one, once it has been used for the last time.
        let (p, q) = directions[count % kept]
        let known = min(count, kept)
        for age in stride(from: 1, through: known, by: 1) {
          pass.dot(z, directions[(count - age) % kept].q)
        }
        if known > 0 { pass.run() }
        pass.combine(p, 1, z, known == kept ? -pass[kept - 1] / curvatures[count % kept] : 0, p)
        for age in stride(from: 1, through: min(known, kept - 1), by: 1) {
          let index = (count - age) % kept
          pass.combine(p, 1, p, -pass[age - 1] / curvatures[index], directions[index].p)
        }
        pass.dot(p, r)
        pass.run()
        let slope = pass[0]
        guard slope != 0 else { return .breakdown("The correction is orthogonal to the residual.") }
        let curvature = run.applyDot(p, into: q)
        guard !(curvature <= 0) else {
          return .breakdown("The matrix is not positive definite: pᵀAp = \(curvature).")
        }
        curvatures[count % kept] = curvature
        let alpha = slope / curvature
        pass.combine(r, 1, r, -alpha, q)
        pass.dot(r, r)
        pass.run()
        let verdict = run.step(to: pass[0].squareRoot())
        if verdict == .discard { return .told }
        pass.combine(x, 1, x, alpha, p)
        pass.run()
        if verdict == .finish { return .told }
        count += 1
      }
    }
  }
}
