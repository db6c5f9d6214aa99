public import Arrays

/// Generalised minimal residuals, restarted, preconditioned from the right.
///
/// From the right, so that the residual which the method makes small is that of the system itself, and not that of the
/// preconditioned one. `options.restart + 4` vectors; orthogonalised by Gram–Schmidt, twice where
/// needed.
public struct GMRES: IterativeMethod {
  public let name = "gmres"
  public let summary = "generalised minimal residuals with restarts, for any square matrix"
  public let requirements: MethodRequirements = [.fixedPreconditioner]
  public let source = "Saad & Schultz, GMRES, SIAM J. Sci. Stat. Comput. 7 (1986) 856"

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
    let corrected = run.changesCorrections ? run.makeVector() : nil
    let r = run.makeVector()

    return run.solve(residual: r) {
      arnoldi.start(from: r)
      let end = arnoldi.cycle { basis, product in
        if let corrected {
          run.precondition(basis, into: corrected)
          run.apply(corrected, into: product)
        } else {
          run.apply(basis, into: product)
        }
      }
      // The combination of the basis takes the residual's place, which is computed anew.
      arnoldi.combine(arnoldi.basis, into: r)
      if let corrected { run.precondition(r, into: corrected) }
      run.pass.combine(x, 1, x, 1, corrected ?? r)
      run.pass.run()
      return end
    }
  }
}

extension MethodParameter {
  static let restart = MethodParameter("restart", default: 30, "iterations between two restarts")
}

extension IterativeMethod {
  /// The iterations between two restarts.
  func restart(in options: IterationOptions) throws(LinearSolverError) -> Int {
    try value(of: "restart", in: options, from: 1...1e6).map { Int($0) } ?? options.restart
  }
}
