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
  /// What a continued run has to know of the systems solved so far; `nil` for a solver that learns nothing from them.
  var memory: SolverMemory? { get }
  /// Takes up what another one of its kind has learned, before anything is solved.
  func recall(_ memory: SolverMemory)
}

/// What a solver has learned from the systems of a run.
public struct SolverMemory: Sendable, Hashable {
  /// Which kind of solver can read it.
  public var kind: String
  public var numbers: [Double]

  public init(kind: String, numbers: [Double]) {
    self.kind = kind
    self.numbers = numbers
  }
}

extension SequenceSolver {
  public var memory: SolverMemory? { nil }
  public func recall(_ memory: SolverMemory) {}
}

/// Chooses methods for the first matrix, as `AutomaticSolver` does, and keeps them and what can be reused for those after.
///
/// Factors are refilled in place. Every matrix is tried with the first method first, then with the others, so that the bits of
/// a solution depend on nothing but its own matrix.
public final class PreparedSolver: SequenceSolver {
  private let automatic: AutomaticSolver
  private var plans: [SolverPlan] = []
  private var reasons: [String] = []
  private var factors: [Int: any NumericFactorization] = [:]
  private var compact: CompactForm?
  private var matrix: SparseMatrix<Int>?
  /// The plan that the present matrix is solved by.
  private var current = 0
  private var iterations = 0
  private var solves = 0

  public init(_ automatic: AutomaticSolver = AutomaticSolver()) { self.automatic = automatic }

  public var summary: String {
    guard plans.indices.contains(current), solves > 0 else { return "" }
    let plan = plans[current]
    let reason = ([plan.reason] + reasons).first { !$0.isEmpty } ?? ""
    let count = iterations > 0 ? ", \(iterations) iterations in \(solves) solves" : ""
    return "\(plan)\(count)" + (reason.isEmpty ? "" : ": \(reason)")
  }

  public func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    self.matrix = matrix
    if plans.isEmpty {
      try automatic.checkNames()
      (plans, reasons) = try automatic.plans(for: matrix)
    }
    try prepare(from: 0)
  }

  /// Prepares the first plan from `first` on that takes the matrix.
  private func prepare(from first: Int) throws(LinearSolverError) {
    guard let matrix else { return }
    for number in first..<plans.count {
      current = number
      do throws(LinearSolverError) {
        return try prepare(matrix, number)
      } catch {
        factors[number] = nil
        guard number < plans.count - 1 else { throw error }
        reasons = ["\(plans[number].description) failed: \(error.description)"]
      }
    }
  }

  private func prepare(_ matrix: SparseMatrix<Int>, _ number: Int) throws(LinearSolverError) {
    switch plans[number].method {
    case .factors(let name, let analysis):
      if let kept = factors[number] { return try kept.refactorize(matrix) }
      let symbolic: any SymbolicFactorization
      if let analysis {
        symbolic = analysis
      } else {
        symbolic = try DirectSolverRegistry.solver(named: name).analyze(matrix, options: automatic.direct)
      }
      factors[number] = try symbolic.factorize(matrix)
    case .iteration(_, let kind):
      compact = try CompactForm(matrix, preconditioner: kind, automatic)
    }
  }

  public func solve(
    _ rightHandSide: UnsafePointer<Double>, into solution: UnsafeMutablePointer<Double>
  ) throws(LinearSolverError) -> SolveReport {
    guard let matrix else { preconditionFailure("PreparedSolver: nothing was prepared") }
    solves += 1
    while true {
      switch plans[current].method {
      case .factors(let name, _):
        guard let kept = factors[current] else { preconditionFailure("PreparedSolver: no factors") }
        try kept.solve(rightHandSide, into: solution, count: 1)
        let residual = Residual.relative(matrix, solution, rightHandSide)
        return SolveReport(
          outcome: residual.isFinite ? .converged : .notFinite, method: name, trueResidual: residual)
      case .iteration(let name, _):
        guard let compact else { preconditionFailure("PreparedSolver: no operator") }
        let report = try IterativeMethodRegistry.method(named: name).solve(
          compact.matrix, rightHandSide, into: solution, preconditioner: compact.preconditioner,
          options: automatic.iteration)
        iterations += report.iterations
        let isDone = report.outcome == .converged || report.outcome == .interrupted
        guard !isDone, current < plans.count - 1 else { return report }
        reasons = ["\(plans[current].description) ended: \(report.outcome.words)"]
        try prepare(from: current + 1)
      }
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
      preconditioner = try kind.map(PreconditionerRegistry.kind)?.made(for: compact, settings)
    } else {
      self.matrix = MatrixOperator(rows, workers: settings.workers)
      preconditioner = try kind.map(PreconditionerRegistry.kind)?.made(for: rows, settings)
    }
  }
}
