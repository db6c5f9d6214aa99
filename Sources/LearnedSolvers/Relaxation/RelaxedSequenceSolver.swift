import Arrays
public import LinearSolvers

/// Solves the systems of a run by conjugate gradients with SSOR, whose ω a policy chooses and learns from.
///
/// The context that the policy is told is how much a row's neighbours weigh against its diagonal,
/// `Σ_{j≠i} |a_ij| / a_ii` on average over the rows: near 0 for small time steps, near 1 for steady diffusion. For symmetric
/// positive definite matrices, such as those of implicit steps of diffusion.
public final class RelaxedSequenceSolver: SequenceSolver {
  /// What one solve was.
  public struct Choice: Sendable, Hashable {
    public var context: Double
    public var relaxation: Double
    public var iterations: Int
  }
  private var policy: any RelaxationPolicy
  private let tolerance: Tolerance
  private var solver: RelaxedSolver<Int>?
  private var matrix: SparseMatrix<Int>?
  private var context = 0.0
  /// What is tried on every system besides the policy's choice; nothing unless regrets are wanted.
  private let candidates: [Double]
  /// What each candidate cost, system by system.
  private var candidateCosts: [[Int]] = []
  private var trial: AlignedStorage<Double>?
  /// Choices that a stopped run had made.
  private var recalledCount = 0
  /// All choices so far.
  public private(set) var choices: [Choice] = []
  public private(set) var solveSeconds = 0.0
  public private(set) var learningSeconds = 0.0

  /// - Parameter candidates: values of ω that are tried on every system too, each at the cost of one more solve, so that
  ///   there is something to measure the policy by.
  public init(
    _ policy: any RelaxationPolicy, tolerance: Tolerance = Tolerance(), measuring candidates: [Double] = []
  ) {
    self.policy = policy
    self.tolerance = tolerance
    self.candidates = candidates
  }

  /// What the policy is measured by; `nil` unless candidates were tried.
  public var baselines: RelaxationBaselines? {
    candidateCosts.isEmpty ? nil : RelaxationBaselines(candidates: candidates, costs: candidateCosts)
  }

  /// The choices of this process as what a policy did on a sequence.
  public var record: RelaxationRecord {
    let own = choices.dropFirst(recalledCount)
    return RelaxationRecord(
      policy: policy.name, relaxations: own.map(\.relaxation), costs: own.map(\.iterations),
      solveSeconds: solveSeconds, learningSeconds: learningSeconds)
  }

  /// - Throws: `LinearSolverError` for a matrix that is not square, symmetric, or has a diagonal entry that is not positive.
  public func prepare(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    if solver == nil {
      guard matrix.isSymmetric(tolerance: 1e-10) else {
        throw .unsupported("a learned relaxation needs a symmetric matrix; solve with another linear solver")
      }
      solver = RelaxedSolver(.ssorConjugateGradients, count: matrix.rowCount, tolerance: tolerance)
    }
    // Symmetric: columns are rows.
    let rows = matrix.pattern.orientation == .rows ? matrix : matrix.transposed
    var sum = 0.0
    for row in 0..<rows.rowCount {
      var (diagonal, others) = (0.0, 0.0)
      for position in rows.pattern.positions(row) {
        let value = rows.values.baseAddress[position]
        if rows.pattern.indices.baseAddress[position] == row {
          diagonal = value
        } else {
          others += abs(value)
        }
      }
      guard diagonal > 0 else { throw .notPositiveDefinite(column: row) }
      sum += others / diagonal
    }
    context = sum / Double(max(rows.rowCount, 1))
    self.matrix = rows
  }

  public func solve(
    _ rightHandSide: UnsafePointer<Double>, into solution: UnsafeMutablePointer<Double>
  ) throws(LinearSolverError) -> SolveReport {
    guard let matrix, let solver else { preconditionFailure("RelaxedSequenceSolver: nothing was prepared") }
    if !candidates.isEmpty {
      candidateCosts.append(candidates.map { iterations($0, matrix, rightHandSide, from: solution, solver) })
    }
    let clock = ContinuousClock()
    let begin = clock.now
    let relaxation = policy.relaxation(for: context)
    let chosen = clock.now
    let outcome = solver.solve(matrix, rightHandSide, into: solution, relaxation: relaxation)
    let solved = clock.now
    let cost = outcome.isConverged ? outcome.iterations : solver.iterationLimit
    policy.learn(cost: cost)
    let end = clock.now
    learningSeconds += Self.seconds(chosen - begin) + Self.seconds(end - solved)
    solveSeconds += Self.seconds(solved - chosen)
    choices.append(Choice(context: context, relaxation: relaxation, iterations: cost))
    return SolveReport(
      outcome: outcome.isConverged ? .converged : .iterationLimit, method: "ssor-cg", iterations: cost,
      trueResidual: matrix.relativeResidual(solution, rightHandSide))
  }

  /// Context and cost of every choice: policies repeat themselves exactly.
  public var memory: SolverMemory? {
    SolverMemory(kind: policy.name, numbers: choices.flatMap { [$0.context, Double($0.iterations)] })
  }

  public func recall(_ memory: SolverMemory) {
    for number in stride(from: 0, to: memory.numbers.count - 1, by: 2) {
      let (context, cost) = (memory.numbers[number], Int(exactly: memory.numbers[number + 1]) ?? 0)
      let relaxation = policy.relaxation(for: context)
      policy.learn(cost: cost)
      choices.append(Choice(context: context, relaxation: relaxation, iterations: cost))
    }
    recalledCount = choices.count
  }

  /// What a candidate needs from the same first guess.
  private func iterations(
    _ relaxation: Double, _ matrix: SparseMatrix<Int>, _ rightHandSide: UnsafePointer<Double>,
    from guess: UnsafePointer<Double>, _ solver: RelaxedSolver<Int>
  ) -> Int {
    let trial = trial ?? AlignedStorage<Double>(count: matrix.rowCount)
    self.trial = trial
    trial.baseAddress.update(from: guess, count: matrix.rowCount)
    let outcome = solver.solve(matrix, rightHandSide, into: trial.baseAddress, relaxation: relaxation)
    return outcome.isConverged ? outcome.iterations : solver.iterationLimit
  }

  public var summary: String {
    let total = choices.reduce(0) { $0 + $1.iterations }
    guard !choices.isEmpty else { return "" }
    return
      "conjugate gradients with SSOR, ω chosen by \(policy.name): \(total) iterations in \(choices.count) solves"
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + 1e-18 * Double(duration.components.attoseconds)
  }
}
