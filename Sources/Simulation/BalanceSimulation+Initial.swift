import Arrays
import Equations

extension BalanceSimulation {
  /// The state that evolution or Newton's method begins with: what the problem gives, else zero.
  ///
  /// - Throws: `SimulationError` for values that are random or not finite.
  func initialState(at time: Double) throws -> StateVector {
    let state = StateVector(count: discretization.count)
    for (number, range) in discretization.ranges.enumerated() {
      let scalar = form.unknowns[number]
      guard let unknown = problem.unknowns.first(where: { $0.name == scalar.origin }),
        let initial = problem.initial.first(where: {
          $0.unknown == scalar.origin || $0.unknown == scalar.name
        })
      else { continue }
      guard case .expression(let expression) = initial.function else {
        throw SimulationError.unsupported(
          "a random initial value needs a spectral discretisation", about: .initial(initial.key))
      }
      let parts = try form.components(
        of: expression, in: problem, for: initial.unknown == unknown.name ? unknown : nil)
      let index =
        switch initial.unknown == scalar.name ? .whole : scalar.part {
        case .whole, .real: 0
        case .imaginary: 1
        case .component(let number): number
        }
      let values = try discretization.points(ofUnknown: number).values(
        of: try form.inputExpression(of: parts[min(index, parts.count - 1)], about: initial.key),
        time: time)
      (state.baseAddress + range.lowerBound).update(from: values.baseAddress, count: range.count)
    }
    discretization.impose(on: state, time: time)
    guard isFinite(state) else {
      throw SimulationError.unsupported(
        "the initial values are not finite everywhere", about: .section("initial"))
    }
    if method != nil { solveConstraints(state, time: time) }
    return state
  }

  /// Gives unknowns without a time derivative the values that the others determine.
  ///
  /// Those that their own equations do not mention, such as pressures, and all where no solution is found, stay as they are.
  private func solveConstraints(_ state: StateVector, time: Double) {
    let given = Set(problem.initial.map(\.unknown))
    let isDetermined = form.unknowns.indices.map { number in
      let scalar = form.unknowns[number]
      return !scalar.isEvolved && !form.isMultiplier(number) && !given.contains(scalar.origin)
    }
    guard isDetermined.contains(true) else { return }
    let before = state.elements
    let newton = NewtonSolver(
      discretization, frozen: zip(discretization.ranges, isDetermined).filter { !$1 }.map(\.0))
    guard let report = try? newton.solve(state, time: time), report.isConverged else {
      _ = state.buffer.update(fromContentsOf: before)
      return
    }
  }
}
