import Arrays
import LinearSolvers

/// Solves the stages `M (U − w)/θ + R(U, t) = 0` of implicit methods, and reuses factorisations among them.
///
/// A linear system with constant coefficients is factorised once per θ; otherwise Newton's iteration keeps a factorisation
/// as long as it converges well.
package final class ImplicitStages {
  package let system: any BalanceDiscretization
  private let solver: AlgebraicSolver
  private let mass: SparseMatrix<Int>
  private let massOperator: MatrixOperator<Int>
  private let values: AlignedStorage<Double>
  private let residual: StateVector
  private let difference: StateVector
  private let product: StateVector
  private let update: StateVector
  private let isPrescribed: [Bool]
  private let pinned: PinnedConstants
  /// Numbers that have a time derivative: those of unknowns that are determined at every instant have none.
  package let isEvolved: [Bool]
  /// The θ that the solver is prepared for.
  private var preparedStep: Double?
  package private(set) var newtonIterations = 0

  private static let iterationLimit = 12
  private static let tolerance = 1e-12

  package init(_ system: any BalanceDiscretization, solver: AlgebraicSolver) {
    self.system = system
    self.solver = solver
    values = AlignedStorage(count: system.pattern.nonzeroCount)
    residual = StateVector(count: system.count)
    difference = StateVector(count: system.count)
    product = StateVector(count: system.count)
    update = StateVector(count: system.count)
    isPrescribed = system.isPrescribed
    pinned = PinnedConstants(system)
    let numbers = AlignedStorage<Double>(count: system.pattern.nonzeroCount)
    system.assembleMass(time: 0, into: numbers)
    mass = SparseMatrix(pattern: system.pattern, values: numbers)
    massOperator = MatrixOperator(mass)
    var isEvolved = [Bool](repeating: false, count: system.count)
    mass.forEachEntry { row, _, value in if value != 0 { isEvolved[row] = true } }
    for row in isPrescribed.indices where isPrescribed[row] { isEvolved[row] = true }
    self.isEvolved = isEvolved
  }

  package func makeVector() -> StateVector { StateVector(count: system.count) }

  /// Solves for U, which holds a first guess.
  ///
  /// - Returns: whether Newton's iteration converged.
  package func solve(_ stage: StateVector, from known: StateVector, step: Double, time: Double) -> Bool {
    system.impose(on: stage, time: time)
    // A matrix that changes with time is made anew, so that a linear system takes one solve.
    let isFresh = preparedStep != step || (system.isLinear && system.isJacobianTimeDependent)
    var size = evaluate(stage, known, step, time, jacobian: isFresh)
    if isFresh { guard prepare(step) else { return false } }
    let first = size
    for _ in 1...Self.iterationLimit {
      update.baseAddress.update(repeating: 0, count: update.count)
      guard size.isFinite, (try? solver.solve(residual, into: update)) != nil else { return false }
      newtonIterations += 1
      for i in 0..<system.count { stage.baseAddress[i] -= update.baseAddress[i] }
      let change = norm(update) / max(norm(stage), 1e-300)
      if system.isLinear || change <= Self.tolerance { return change.isFinite }
      let before = size
      size = evaluate(stage, known, step, time, jacobian: false)
      if size <= Self.tolerance * first { return true }
      guard size > 0.1 * before else { continue }
      // Too slow: the Jacobian has changed too much.
      size = evaluate(stage, known, step, time, jacobian: true)
      guard prepare(step) else { return false }
    }
    return size <= 1e-9 * first
  }

  /// The residual of the stage, and the Jacobian where it is asked for.
  private func evaluate(
    _ stage: StateVector, _ known: StateVector, _ step: Double, _ time: Double, jacobian: Bool
  ) -> Double {
    system.assemble(stage, time: time, residual: residual, jacobian: jacobian ? values : nil)
    for i in 0..<system.count {
      difference.baseAddress[i] = stage.baseAddress[i] - known.baseAddress[i]
    }
    massOperator.apply(difference.baseAddress, into: product.baseAddress)
    for i in 0..<system.count where !isPrescribed[i] {
      residual.baseAddress[i] += product.baseAddress[i] / step
    }
    pinned.pin(residual: residual, jacobian: nil)
    return norm(residual)
  }

  private func prepare(_ step: Double) -> Bool {
    for i in 0..<values.count { values.baseAddress[i] += mass.values.baseAddress[i] / step }
    pinned.pin(residual: product, jacobian: values)
    preparedStep = step
    return (try? solver.prepare(SparseMatrix(pattern: system.pattern, values: values))) != nil
  }

  private func norm(_ vector: StateVector) -> Double {
    var sum = 0.0
    for i in 0..<vector.count { sum += vector.baseAddress[i] * vector.baseAddress[i] }
    return sum.squareRoot()
  }

  /// The norm of the evolved part of a difference relative to that of a state, the largest ratio over the unknowns.
  package func relativeNorm(of difference: StateVector, to state: StateVector) -> Double {
    var largest = 0.0
    for (_, range) in system.unknownPoints {
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
