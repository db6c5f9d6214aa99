import Arrays
import LinearSolvers

/// Solves the stages `M (U − w)/θ + R(U, t) = 0` of implicit methods, and reuses factorisations among them.
///
/// Where values are prescribed, U has them, and their time derivatives take the place of `(U − w)/θ`: the numbers that are
/// free then obey an ordinary system with known forces, and methods keep their order. A linear system with constant
/// coefficients is factorised once per θ; otherwise Newton's iteration keeps a factorisation as long as it converges well
/// (Hairer and Wanner, *Solving Ordinary Differential Equations II*, 1996, section IV.8).
package final class ImplicitStages {
  package let system: any BalanceDiscretization
  private let solver: AlgebraicSolver
  /// Rows of prescribed values are zero.
  private let mass: AlignedStorage<Double>
  private let massOperator: MatrixOperator<Int>
  private let values: AlignedStorage<Double>
  private let residual: StateVector
  private let difference: StateVector
  private let product: StateVector
  private let update: StateVector
  private let isPrescribed: [Bool]
  /// Numbers of unknowns whose constants are open that keep their values.
  private let pinned: [Int]
  /// Numbers that are free and have a time derivative: those of unknowns that are determined at every instant have none.
  package let isEvolved: [Bool]
  /// Where the Jacobian of the current factors was taken: a state, its time and θ.
  private let linearization: StateVector?
  /// Whether factors are good for every state and time.
  private let isConstant: Bool
  /// The θ that the solver is prepared for.
  private var preparedStep: Double?
  private let tolerance: Double
  package private(set) var newtonIterations = 0
  package var factorizations: Int { solver.factorizations }

  private static let iterationLimit = 12
  /// The reduction of the residual by an iteration below which the Jacobian is taken anew.
  private static let slowestRate = 0.1

  /// - Parameters:
  ///   - solver: of the linear systems; chosen from the matrices unless given.
  ///   - tolerance: to which stages are solved, relative to the state.
  package init(
    _ system: any BalanceDiscretization, solver: AlgebraicSolver? = nil, tolerance: Double = 1e-13
  ) {
    self.system = system
    self.tolerance = tolerance
    self.solver = solver ?? AlgebraicSolver(reusesPattern: true)
    values = AlignedStorage(count: system.pattern.nonzeroCount)
    residual = StateVector(count: system.count)
    difference = StateVector(count: system.count)
    product = StateVector(count: system.count)
    update = StateVector(count: system.count)
    isPrescribed = system.isPrescribed
    pinned = system.openConstants.map(\.lowerBound)
    mass = AlignedStorage<Double>(count: system.pattern.nonzeroCount)
    system.assembleMass(time: 0, into: mass)
    let matrix = SparseMatrix(pattern: system.pattern, values: mass)
    massOperator = MatrixOperator(matrix)
    var isEvolved = [Bool](repeating: false, count: system.count)
    matrix.forEachEntry { row, _, value in if value != 0 { isEvolved[row] = true } }
    self.isEvolved = isEvolved
    isConstant = system.isLinear && !system.isJacobianTimeDependent && !system.isMassTimeDependent
    linearization = isConstant ? nil : StateVector(count: system.count + 2)
  }

  package func makeVector() -> StateVector { StateVector(count: system.count) }

  /// What the next solves depend on besides their arguments; a checkpoint holds it.
  package var history: [StateVector] { linearization.map { [$0] } ?? [] }

  /// Solves for U, which holds a first guess.
  ///
  /// - Returns: whether Newton's iteration converged.
  package func solve(_ stage: StateVector, from known: StateVector, step: Double, time: Double) -> Bool {
    system.impose(on: stage, time: time)
    guard restorePreparation() else { return false }
    // The matrix of a linear system that changes with time is made anew, so that one solve is enough.
    let isSolvedAtOnce = system.isLinear
    var size: Double
    if preparedStep != step || (isSolvedAtOnce && !isConstant) {
      guard let fresh = prepare(at: stage, known, step, time) else { return false }
      size = fresh
    } else {
      size = evaluate(stage, known, step, time, jacobian: false)
    }
    let first = size
    var lastChange: Double?
    for _ in 1...Self.iterationLimit {
      guard size.isFinite, (try? solver.solve(residual, into: update)) != nil else { return false }
      newtonIterations += 1
      for i in 0..<system.count { stage.baseAddress[i] -= update.baseAddress[i] }
      let change = norm(update) / max(norm(stage), 1e-300)
      guard change.isFinite else { return false }
      if isSolvedAtOnce || change <= tolerance { return true }
      // What is left is a geometric series of what was last changed.
      if let lastChange, change < lastChange, change * change / (lastChange - change) <= tolerance {
        return true
      }
      lastChange = change
      let before = size
      size = evaluate(stage, known, step, time, jacobian: false)
      // At the level of rounding nothing is gained any more.
      if size <= 1e-14 * first || (size <= 1e-10 * first && size > 0.5 * before) { return true }
      guard size > Self.slowestRate * before else { continue }
      guard let fresh = prepare(at: stage, known, step, time) else { return false }
      (size, lastChange) = (fresh, nil)
    }
    return size <= 1e-9 * first
  }

  /// The residual of the stage, and the Jacobian of R where it is asked for.
  private func evaluate(
    _ stage: StateVector, _ known: StateVector, _ step: Double, _ time: Double, jacobian: Bool
  ) -> Double {
    system.assemble(stage, time: time, residual: residual, jacobian: jacobian ? values : nil)
    if system.isMassTimeDependent { system.assembleMass(time: time, into: mass) }
    let isMoved = system.writePrescribedRates(to: difference, time: time)
    for i in 0..<system.count where !isPrescribed[i] {
      difference.baseAddress[i] = (stage.baseAddress[i] - known.baseAddress[i]) / step
    }
    if !isMoved { for i in 0..<system.count where isPrescribed[i] { difference.baseAddress[i] = 0 } }
    massOperator.apply(difference.baseAddress, into: product.baseAddress)
    for i in 0..<system.count { residual.baseAddress[i] += product.baseAddress[i] }
    for row in pinned { residual.baseAddress[row] = 0 }
    return norm(residual)
  }

  /// Factorises the Jacobian at a stage.
  ///
  /// - Returns: the norm of the residual there; `nil` where there are no factors.
  private func prepare(
    at stage: StateVector, _ known: StateVector, _ step: Double, _ time: Double
  ) -> Double? {
    let size = evaluate(stage, known, step, time, jacobian: true)
    if let linearization {
      linearization.baseAddress.update(from: stage.baseAddress, count: system.count)
      (linearization.baseAddress + system.count).update(from: [time, step], count: 2)
    }
    return factorize(step) ? size : nil
  }

  private func factorize(_ step: Double) -> Bool {
    let pattern = system.pattern
    for row in 0..<system.count where !isPrescribed[row] {
      for position in pattern.positions(row) where !isPrescribed[pattern.indices.baseAddress[position]] {
        values.baseAddress[position] += mass.baseAddress[position] / step
      }
    }
    pattern.putIdentity(pinned, in: values)
    preparedStep = step
    return (try? solver.prepare(SparseMatrix(pattern: system.pattern, values: values))) != nil
  }

  /// Makes the factors of a run that is taken up again.
  private func restorePreparation() -> Bool {
    guard preparedStep == nil, let linearization else { return true }
    let (time, step) = (linearization.baseAddress[system.count], linearization.baseAddress[system.count + 1])
    guard step > 0 else { return true }
    _ = evaluate(linearization, linearization, step, time, jacobian: true)
    return factorize(step)
  }

  private func norm(_ vector: StateVector) -> Double {
    var sum = 0.0
    for i in 0..<system.count { sum += vector.baseAddress[i] * vector.baseAddress[i] }
    return sum.squareRoot()
  }

  /// The norm of the evolved part of a difference relative to that of a state, the largest ratio over the unknowns.
  package func relativeNorm(of difference: StateVector, to state: StateVector) -> Double {
    var largest = 0.0
    for range in system.ranges {
      var (above, below) = (0.0, 0.0)
      for i in range where isEvolved[i] {
        above += difference.baseAddress[i] * difference.baseAddress[i]
        below += state.baseAddress[i] * state.baseAddress[i]
      }
      if above > 0 { largest = max(largest, (above / max(below, 1e-300)).squareRoot()) }
      if !above.isFinite { return .infinity }
    }
    return largest
  }
}
