import Arrays

/// Solves A x = b by the method that fits the matrix, or by methods that are named, and says why.
///
/// Direct while the forecast of the factors allows it; otherwise conjugate gradients with algebraic multigrid for a
/// symmetric matrix with a positive diagonal, MINRES for another symmetric one, and GMRES with an incomplete
/// factorisation for the rest. A choice of its own that fails is followed by the next one.
public struct AutomaticSolver: Sendable {
  /// The name of a direct or an iterative method; nil chooses.
  public var method: String?
  /// The name of a preconditioner; nil chooses for a method that is chosen, and is none for one that is named.
  public var preconditioner: String?
  public var direct = DirectOptions()
  public var iteration = IterationOptions()
  public var preconditioning = PreconditionerOptions()

  public init(method: String? = nil, preconditioner: String? = nil) {
    self.method = method
    self.preconditioner = preconditioner
  }

  /// The names that `method` may have.
  public static var methodNames: [String] {
    DirectSolverRegistry.all.map(\.name) + IterativeMethodRegistry.all.map(\.name)
  }

  /// Refuses names that no method or preconditioner has, and a preconditioner for a direct method.
  public func checkNames() throws(LinearSolverError) {
    if let method {
      guard Self.methodNames.contains(method) else {
        throw .unknownMethod(method, kind: "method", known: ["auto"] + Self.methodNames)
      }
      if preconditioner != nil, DirectSolverRegistry.all.contains(where: { $0.name == method }) {
        throw .unsupported("\(method) is a direct method, which takes no preconditioner")
      }
    }
    if let preconditioner { _ = try PreconditionerRegistry.kind(named: preconditioner) }
  }

  /// Solves once.
  ///
  /// The report's remarks say why the method was taken. That no method converges is an outcome: the answer is then the
  /// best one that was found.
  ///
  /// - Throws: `LinearSolverError` for sizes that do not fit, names that do not exist, and matrices that the method
  ///   named cannot take.
  public func solve(
    _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double]
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    try checkNames()
    guard rightHandSide.count == matrix.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: matrix.rowCount)
    }
    if let row = rightHandSide.firstIndex(where: { !$0.isFinite }) {
      throw .unsupported("the number of row \(row.inWords) of the right-hand side is \(rightHandSide[row])")
    }
    guard matrix.columnCount > 0 else {
      let residual = rightHandSide.allSatisfy { $0 == 0 } ? 0.0 : 1
      return ([], SolveReport(outcome: .converged, method: method ?? "none", trueResidual: residual))
    }
    let begin = ContinuousClock.now
    let (plans, reasons) = try plans(for: matrix)
    var best: (solution: [Double], report: SolveReport)?
    var remarks = reasons
    // Looking at the matrix, and the analysis, are part of the set-up.
    var (setup, solve) = (begin.secondsToNow, 0.0)
    for (number, plan) in plans.enumerated() {
      let isLast = number == plans.count - 1
      do throws(LinearSolverError) {
        var attempt = try execute(plan, matrix, rightHandSide)
        setup += attempt.report.setupSeconds
        solve += attempt.report.solveSeconds
        remarks += [plan.reason].filter { !$0.isEmpty } + attempt.report.remarks
        attempt.report.remarks = remarks
        (attempt.report.setupSeconds, attempt.report.solveSeconds) = (setup, solve)
        if attempt.report.outcome == .converged || attempt.report.outcome == .interrupted { return attempt }
        // The residual of a failed attempt may be no number.
        if !(attempt.report.trueResidual >= best?.report.trueResidual ?? .infinity) || best == nil {
          best = attempt
        }
        if !isLast { remarks.append("\(plan.description) ended: \(attempt.report.outcome.words).") }
      } catch {
        guard !isLast || best != nil else { throw error }
        remarks.append("\(plan.description) failed: \(error.description).")
      }
    }
    guard var best else { throw .unsupported("there is no method for this matrix") }
    best.report.remarks = remarks
    return best
  }

  private func execute(
    _ plan: SolverPlan, _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double]
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    var options = direct
    options.tolerance = iteration.tolerance
    switch plan.method {
    case .factors(let name, let analysis):
      let solver = try DirectSolverRegistry.solver(named: name)
      if let nullSpace = iteration.nullSpace {
        return try SingularFactorization(matrix, nullSpace: nullSpace, solver: solver, options: options)
          .solve(rightHandSide)
      }
      guard let analysis else { return try solver.solve(matrix, rightHandSide, options: options) }
      let begin = ContinuousClock.now
      let factors = try analysis.factorize(matrix)
      return try factors.reportedSolve(
        matrix, rightHandSide, method: name, options: options,
        setupSeconds: begin.secondsToNow)
    case .iteration(let name, let kind):
      return try iterate(name, kind, matrix, rightHandSide)
    }
  }

  /// Iterative methods run on indices of 32 bits where these suffice.
  private func iterate(
    _ name: String, _ kind: String?, _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double]
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    let begin = ContinuousClock.now
    let method = try IterativeMethodRegistry.method(named: name)
    var settings = preconditioning
    settings.workers = iteration.workers
    if kind != nil { settings.isSymmetric = matrix.isSymmetric(tolerance: 1e-10) }
    let rows = matrix.compressedByRows
    var (solution, report): ([Double], SolveReport)
    if let compact = rows.compact {
      let preconditioner = try kind.map(PreconditionerRegistry.kind)?.made(for: compact, settings)
      let setup = begin.secondsToNow
      (solution, report) = try method.solve(
        MatrixOperator(compact, workers: iteration.workers), rightHandSide, preconditioner: preconditioner,
        options: iteration)
      report.setupSeconds += setup
    } else {
      let preconditioner = try kind.map(PreconditionerRegistry.kind)?.made(for: rows, settings)
      let setup = begin.secondsToNow
      (solution, report) = try method.solve(
        MatrixOperator(rows, workers: iteration.workers), rightHandSide, preconditioner: preconditioner,
        options: iteration)
      report.setupSeconds += setup
    }
    return (solution, report)
  }
}

extension SolveOutcome {
  /// The outcome for people.
  public var words: String {
    switch self {
    case .converged: "converged"
    case .iterationLimit: "the iteration limit was reached"
    case .breakdown: "it broke down"
    case .stagnated: "it stagnated"
    case .inconsistent: "the system has no solution"
    case .diverged: "it diverged"
    case .notFinite: "numbers became infinite or undefined"
    case .interrupted: "interrupted"
    }
  }
}

extension SparseMatrix<Int> {
  /// The same matrix with indices of 32 bits; the values are shared, `nil` if they do not suffice.
  var compact: SparseMatrix<Int32>? {
    guard max(pattern.minorCount, pattern.majorCount, nonzeroCount) < Int(Int32.max) else { return nil }
    let starts = AlignedStorage<Int32>(count: pattern.majorCount + 1)
    let indices = AlignedStorage<Int32>(count: nonzeroCount)
    for major in 0...pattern.majorCount {
      starts.baseAddress[major] = Int32(truncatingIfNeeded: pattern.starts.baseAddress[major])
    }
    for position in 0..<nonzeroCount {
      indices.baseAddress[position] = Int32(truncatingIfNeeded: pattern.indices.baseAddress[position])
    }
    let compact = SparsityPattern<Int32>(
      unchecked: pattern.orientation, rowCount: rowCount, columnCount: columnCount, starts: starts,
      indices: indices)
    return SparseMatrix<Int32>(pattern: compact, values: values)
  }
}
