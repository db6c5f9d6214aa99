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
    return state
  }
}
