public import Arrays

/// Generalised minimal residuals for preconditioners that change from step to step, or are no linear maps.
///
/// Keeps the corrections as well as the basis: `2 · options.restart + 2` vectors, and one application of the
/// preconditioner less per restart than GMRES.
public struct FlexibleGMRES: IterativeMethod {
  public let name = "fgmres"
  public let summary = "generalised minimal residuals for preconditioners that change"
  public let requirements: MethodRequirements = []
  public let source =
    "Saad, A flexible inner-outer preconditioned GMRES algorithm, SIAM J. Sci. Comput. 14 (1993) 461"

  public let parameters = [MethodParameter.restart]

  public init() {}

  public func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let restart = min(try self.restart(in: options), max(A.columnCount, 1))
    let run = try IterationRun(
      self, A, rightHandSide, into: x, preconditioner: preconditioner, options: options,
      capacity: 2 * restart + 8, keepsBest: false)
    var arnoldi = Arnoldi(run, restart: restart)
    let corrections =
      run.changesCorrections ? (0..<restart).map { _ in run.makeVector() } : arnoldi.basis
    let r = run.makeVector()

    return run.solve(residual: r) {
      arnoldi.start(from: r)
      var step = 0
      let end = arnoldi.cycle { basis, product in
        if run.changesCorrections { run.precondition(basis, into: corrections[step]) }
        run.apply(corrections[step], into: product)
        step += 1
      }
      arnoldi.combine(corrections, into: r)
      run.pass.combine(x, 1, x, 1, r)
      run.pass.run()
      return end
    }
  }
}
