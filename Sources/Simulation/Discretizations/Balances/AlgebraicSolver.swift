package import Arrays
package import Equations
package import LinearSolvers

/// Solves the linear systems of a run and keeps what it learned about them.
package final class AlgebraicSolver {
  private let solver: any SequenceSolver
  /// Matrices prepared so far.
  package private(set) var factorizations = 0
  /// Solves whose residual did not reach the tolerance.
  package private(set) var failures = 0
  /// How the last of them ended.
  package private(set) var lastFailure = ""

  package init(_ solver: any SequenceSolver) { self.solver = solver }

  /// The solver that a problem wishes for; chosen from the matrix where it wishes for none.
  ///
  /// - Parameters:
  ///   - reusesPattern: whether there will be many matrices, so that a slower search for a better ordering pays.
  ///   - memoryLimit: bytes that factors may take; the machine's memory unless given.
  ///   - shouldStop: asked after every iteration of an iterative solver.
  package convenience init(
    _ wishes: SolverChoice = SolverChoice(), workers: Workers? = nil, reusesPattern: Bool = false,
    memoryLimit: Int? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.init(
      PreparedSolver(
        wishes, workers: workers, reusesPattern: reusesPattern, memoryLimit: memoryLimit,
        shouldStop: shouldStop))
  }

  /// Prepares solves with a matrix, which has the pattern of the ones before.
  ///
  /// - Throws: `LinearSolverError`.
  package func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    factorizations += 1
    try solver.prepare(matrix)
  }

  /// Solves `A x = b` with the matrix that was prepared last, from zero.
  ///
  /// - Throws: `LinearSolverError`.
  package func solve(_ rightHandSide: StateVector, into solution: StateVector) throws(LinearSolverError) {
    solution.baseAddress.update(repeating: 0, count: solution.count)
    let report = try solver.solve(rightHandSide.baseAddress, into: solution.baseAddress)
    if report.outcome != .converged {
      failures += 1
      lastFailure = "\(report.method): \(report.outcome.words)"
    }
  }

  /// What a continued run has to know.
  package var memory: SolverMemory? { solver.memory }
  package func recall(_ memory: SolverMemory) { solver.recall(memory) }

  /// What was done and why, a line for people.
  package var summary: String { solver.summary }
}

extension PreparedSolver {
  /// The solver that a problem wishes for; see `AlgebraicSolver`.
  package convenience init(
    _ wishes: SolverChoice, workers: Workers? = nil, reusesPattern: Bool, memoryLimit: Int? = nil,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    var automatic = AutomaticSolver(method: wishes.linear, preconditioner: wishes.preconditioner)
    automatic.direct.reusesPattern = reusesPattern
    automatic.direct.memoryLimit = memoryLimit
    automatic.iteration.workers = workers
    automatic.iteration.shouldStop = shouldStop
    automatic.iteration.tolerance = Tolerance(relative: wishes.linearTolerance ?? 1e-10)
    self.init(automatic)
  }
}
