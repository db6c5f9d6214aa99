/// One way to solve a system, and the reason for it.
struct SolverPlan: CustomStringConvertible {
  enum Method {
    /// The direct solver of this name, and its analysis where it has been made.
    case factors(String, analysis: (any SymbolicFactorization)? = nil)
    case iteration(String, preconditioner: String?)
  }
  var method: Method
  /// A sentence, or nothing.
  var reason = ""

  var description: String {
    switch method {
    case .factors(let name, _): name
    case .iteration(let name, let preconditioner): preconditioner.map { "\(name) with \($0)" } ?? name
    }
  }
}

extension AutomaticSolver {
  /// What is to be tried, one after the other, and what was found out about the matrix.
  func plans(for matrix: SparseMatrix<Int>) throws(LinearSolverError) -> ([SolverPlan], reasons: [String]) {
    if let method { return ([named(method)], ["As asked for."]) }
    guard matrix.isSquare else { return try rectangular(matrix) }
    if preconditioner != nil {
      let properties = MatrixProperties(of: matrix, tolerance: 1e-10)
      return (iterations(properties), ["A preconditioner is named, so the method is iterative."])
    }
    if iteration.nullSpace != nil { return try singular(matrix) }
    let (found, analysis) = try AutomaticDirectSolver().choose(for: matrix, options: direct)
    if case .direct(let name) = found.method {
      // Only the factorisation finds out whether a symmetric matrix is positive definite.
      let others = name == "cholmod" ? [SolverPlan(method: .factors("umfpack"))] : []
      return ([SolverPlan(method: .factors(name, analysis: analysis))] + others, found.reasons)
    }
    var plans = iterations(MatrixProperties(of: matrix, tolerance: 1e-10))
    // Slow, but certain, where memory suffices.
    if found.refusal == nil {
      plans.append(
        found.isSymmetric && found.hasPositiveDiagonal
          ? SolverPlan(method: .factors("cholmod", analysis: analysis))
          : SolverPlan(method: .factors("umfpack")))
    }
    return (plans, found.reasons)
  }

  /// The plan of a method that has this name, see `checkNames`.
  private func named(_ name: String) -> SolverPlan {
    DirectSolverRegistry.all.contains { $0.name == name }
      ? SolverPlan(method: .factors(name))
      : SolverPlan(method: .iteration(name, preconditioner: preconditioner))
  }

  private func rectangular(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> (
    [SolverPlan], reasons: [String]
  ) {
    guard preconditioner == nil, iteration.nullSpace == nil else {
      throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount)
    }
    let iterative = SolverPlan(
      method: .iteration("lsmr", preconditioner: nil), reason: "Least squares without factors.")
    let (found, analysis) = try AutomaticDirectSolver().choose(for: matrix, options: direct)
    guard case .direct(let name) = found.method else { return ([iterative], found.reasons) }
    return ([SolverPlan(method: .factors(name, analysis: analysis)), iterative], found.reasons)
  }

  /// Methods for a matrix whose null space is named.
  private func singular(
    _ matrix: SparseMatrix<Int>
  ) throws(LinearSolverError) -> ([SolverPlan], reasons: [String]) {
    let properties = MatrixProperties(of: matrix, tolerance: 1e-10)
    let found = try AutomaticDirectSolver().choose(for: matrix, options: direct).choice
    let solver = properties.mayBePositiveDefinite ? "cholmod" : "umfpack"
    let factors = SolverPlan(method: .factors(solver))
    if case .direct = found.method { return ([factors] + iterations(properties), found.reasons) }
    return (iterations(properties) + (found.refusal == nil ? [factors] : []), found.reasons)
  }

  /// Iterative methods by symmetry and diagonal, the most promising first.
  private func iterations(_ properties: MatrixProperties) -> [SolverPlan] {
    let isDiagonalFull =
      properties.positiveDiagonalCount + properties.negativeDiagonalCount == properties.rowCount
    func available(_ names: [String]) -> String? {
      preconditioner
        ?? names.first { name in PreconditionerRegistry.all.contains { $0.name == name } }
    }
    let incomplete = isDiagonalFull ? available(["ilut", "ilu0", "ssor", "jacobi"]) : preconditioner
    var plans: [SolverPlan] = []
    if properties.mayBePositiveDefinite {
      plans.append(
        SolverPlan(
          method: .iteration("cg", preconditioner: available(["amg", "ic0", "ssor", "jacobi"])),
          reason: "Symmetric with a positive diagonal: conjugate gradients."))
    }
    if properties.isSymmetric {
      // Its preconditioner must be positive definite, which only a positive diagonal promises.
      let scaling = properties.mayBePositiveDefinite ? available(["ssor", "jacobi"]) : preconditioner
      plans.append(
        SolverPlan(
          method: .iteration("minres", preconditioner: scaling),
          reason: properties.mayBePositiveDefinite
            ? "" : "Symmetric, but not positive definite: minimal residuals."))
    }
    plans.append(
      SolverPlan(
        method: .iteration("gmres", preconditioner: incomplete),
        reason: properties.isSymmetric ? "" : "Not symmetric: generalised minimal residuals."))
    return plans
  }
}
