/// Solves systems one after the other whose matrices share a pattern, as time steps and Newton's method make them.
public protocol SequenceSolver: AnyObject {
  /// Takes the next matrix; its values may change afterwards without effect only if the solver is direct.
  ///
  /// - Throws: `LinearSolverError`.
  func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError)
  /// Solves with the matrix that was prepared last.
  ///
  /// `solution` holds a first guess, which direct methods pass over.
  ///
  /// - Throws: `LinearSolverError`.
  func solve(
    _ rightHandSide: UnsafePointer<Double>, into solution: UnsafeMutablePointer<Double>
  ) throws(LinearSolverError) -> SolveReport
  /// What it did and why, a line for people; empty before anything was solved.
  var summary: String { get }
}

/// Chooses a method for the first matrix, as `AutomaticSolver` does, and keeps it and what can be reused for those after.
///
/// Factors are refilled in place. A method of its own choice that fails is followed by the next one.
public final class PreparedSolver: SequenceSolver {
  private let automatic: AutomaticSolver
  private var plans: [SolverPlan] = []
  private var reasons: [String] = []
  private var numeric: (any NumericFactorization)?
  private var matrix: SparseMatrix<Int>?
  private var operatorForm: CompactForm?
  private var iterations = 0
  private var solves = 0

  public init(_ automatic: AutomaticSolver = AutomaticSolver()) { self.automatic = automatic }

  public var summary: String {
    guard let plan = plans.first else { return "" }
    let reason = ([plan.reason] + reasons).first { !$0.isEmpty } ?? ""
    let count = iterations > 0 ? ", \(iterations) iterations in \(solves) solves" : ""
    return "\(plan)\(count)" + (reason.isEmpty ? "" : ": \(reason)")
  }

  public func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    self.matrix = matrix
    operatorForm = nil
    if plans.isEmpty {
      try automatic.checkNames()
      (plans, reasons) = try automatic.plans(for: matrix)
    }
    while let plan = plans.first {
      do throws(LinearSolverError) {
        return try prepare(matrix, plan)
      } catch {
        numeric = nil
        guard plans.count > 1 else { throw error }
        reasons = ["\(plan.description) failed: \(error.description)"]
        plans.removeFirst()
      }
    }
  }

  private func prepare(_ matrix: SparseMatrix<Int>, _ plan: SolverPlan) throws(LinearSolverError) {
    switch plan.method {
    case .factors(let name, let analysis):
      if let numeric { return try numeric.refactorize(matrix) }
      let symbolic: any SymbolicFactorization
      if let analysis {
        symbolic = analysis
      } else {
        symbolic = try DirectSolverRegistry.solver(named: name).analyze(matrix, options: automatic.direct)
      }
      numeric = try symbolic.factorize(matrix)
    case .iteration(_, let kind):
      operatorForm = try CompactForm(matrix, preconditioner: kind, automatic)
    }
  }

  public func solve(
    _ rightHandSide: UnsafePointer<Double>, into solution: UnsafeMutablePointer<Double>
  ) throws(LinearSolverError) -> SolveReport {
    guard let plan = plans.first, let matrix else { preconditionFailure("PreparedSolver: nothing was prepared") }
    solves += 1
    switch plan.method {
    case .factors(let name, _):
      guard let numeric else { preconditionFailure("PreparedSolver: nothing was factorised") }
      try numeric.solve(rightHandSide, into: solution, count: 1)
      return SolveReport(outcome: .converged, method: name, trueResidual: 0)
    case .iteration(let name, _):
      guard let operatorForm else { preconditionFailure("PreparedSolver: nothing was set up") }
      let method = try IterativeMethodRegistry.method(named: name)
      let report = try method.solve(
        operatorForm.matrix, rightHandSide, into: solution, preconditioner: operatorForm.preconditioner,
        options: automatic.iteration)
      iterations += report.iterations
      guard report.outcome != .converged, report.outcome != .interrupted, plans.count > 1 else { return report }
      reasons = ["\(plan.description) ended: \(report.outcome.words)"]
      plans.removeFirst()
      try prepare(matrix)
      return try solve(rightHandSide, into: solution)
    }
  }
}

/// A matrix and its preconditioner with indices of 32 bits where these suffice.
private struct CompactForm {
  let matrix: any LinearOperator
  let preconditioner: (any Preconditioner)?

  init(
    _ matrix: SparseMatrix<Int>, preconditioner kind: String?, _ automatic: AutomaticSolver
  ) throws(LinearSolverError) {
    var settings = automatic.preconditioning
    settings.workers = automatic.iteration.workers
    if kind != nil { settings.isSymmetric = matrix.isSymmetric(tolerance: 1e-10) }
    let rows = matrix.compressedByRows
    if let compact = rows.compact {
      self.matrix = MatrixOperator(compact, workers: settings.workers)
      preconditioner = try kind.map(PreconditionerRegistry.kind)?.make(for: compact, options: settings)
    } else {
      self.matrix = MatrixOperator(rows, workers: settings.workers)
      preconditioner = try kind.map(PreconditionerRegistry.kind)?.make(for: rows, options: settings)
    }
  }
}
