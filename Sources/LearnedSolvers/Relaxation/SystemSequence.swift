import Arrays
public import LinearSolvers

/// Systems (shift + scale · A) x = b one after the other on one pattern, as implicit time steps make them.
///
/// Holds the state of the last solve, which is the first guess of the next.
public final class SystemSequence {
  /// What one system is made of.
  public struct System: Sendable, Hashable {
    public var shift: Double
    public var scale: Double
    /// What a policy is told.
    public var context: Double

    public init(shift: Double, scale: Double, context: Double) {
      self.shift = shift
      self.scale = scale
      self.context = context
    }
  }

  /// Writes b of a step, given A and the solution of the step before.
  public typealias RightHandSide =
    @Sendable (_ step: Int, _ previous: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>) -> Void

  /// How many systems there are.
  public let count: Int
  private let base: SparseMatrix<Int32>
  private let diagonal: [Int]
  private let solver: RelaxedSolver<Int32>
  private let system: @Sendable (Int) -> System
  private let rightHandSide: RightHandSide
  private let isWarm: Bool
  private let initial: [Double]
  private var matrix: SparseMatrix<Int32>
  private let state: AlignedStorage<Double>
  private let trial: AlignedStorage<Double>
  private let load: AlignedStorage<Double>
  private var step = -1

  /// A sequence from its first state.
  ///
  /// - Parameters:
  ///   - matrix: A, compressed by rows.
  ///   - isWarm: whether a solve starts from the solution of the one before, and otherwise from zero.
  /// - Throws: `LinearSolverError` if A is not square or a diagonal entry is missing or zero, or the state does not fit.
  public init(
    _ matrix: SparseMatrix<Int32>, count: Int, solver: RelaxedSolver<Int32>, initial: [Double], isWarm: Bool,
    system: @escaping @Sendable (Int) -> System, rightHandSide: @escaping RightHandSide
  ) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard initial.count == matrix.rowCount else {
      throw .wrongLength(what: "the initial state", count: initial.count, expected: matrix.rowCount)
    }
    var diagonal: [Int] = []
    for row in 0..<matrix.rowCount {
      guard let position = matrix.pattern.position(row: row, column: row) else {
        throw .invalidEntry(row: row, column: row, reason: "is not stored, and the method divides by it")
      }
      diagonal.append(position)
    }
    (self.count, self.solver, self.initial, self.isWarm) = (count, solver, initial, isWarm)
    (base, self.diagonal, self.matrix) = (matrix, diagonal, SparseMatrix(pattern: matrix.pattern))
    (self.system, self.rightHandSide) = (system, rightHandSide)
    state = AlignedStorage(count: initial.count)
    trial = AlignedStorage(count: initial.count)
    load = AlignedStorage(count: initial.count)
    restart()
  }

  /// Goes back to the first system.
  public func restart() {
    _ = state.buffer.update(fromContentsOf: initial)
    step = -1
  }

  /// The solution of the last solve.
  public var solution: [Double] { Array(state.buffer) }

  /// Goes to the next system and returns its context.
  public func advance() -> Double {
    step += 1
    precondition(step < count, "SystemSequence: there are \(count) systems")
    let system = system(step)
    let base = base
    matrix.withUnsafeMutableValues { values in
      for index in values.indices { values[index] = system.scale * base.values.baseAddress[index] }
      for position in diagonal { values[position] += system.shift }
    }
    rightHandSide(step, state.baseAddress, load.baseAddress)
    return system.context
  }

  /// What solving the present system with an ω costs; the state stays.
  public func cost(relaxation: Double) -> Int { attempt(relaxation) }

  /// Solves the present system with an ω and returns the cost: iterations, or their limit without convergence.
  public func solve(relaxation: Double) -> Int {
    let cost = attempt(relaxation)
    state.baseAddress.update(from: trial.baseAddress, count: state.count)
    return cost
  }

  private func attempt(_ relaxation: Double) -> Int {
    if isWarm {
      trial.baseAddress.update(from: state.baseAddress, count: state.count)
    } else {
      trial.buffer.update(repeating: 0)
    }
    let outcome = solver.solve(matrix, load.baseAddress, into: trial.baseAddress, relaxation: relaxation)
    return outcome.isConverged ? outcome.iterations : solver.iterationLimit
  }
}
