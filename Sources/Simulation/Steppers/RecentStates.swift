import Arrays

/// The last states of a run, from which the time derivative at its end is known without asking the equations.
///
/// The derivative is that of the polynomial through the states, which are those that the stepper went through, at whatever
/// steps: one-sided differences. What it leaves over in `du/dt = F(u)` holds the error of the steps and, where these are
/// long, that of the differences; it is never smaller because both come from F, as with a step taken from the state itself.
package final class RecentStates {
  private var states: [StateVector]
  private var times: [Double] = []
  /// The slot that the next state goes to.
  private var next = 0

  /// The states that are looked at: differences of sixth order.
  private static let depth = 7

  /// - Parameter makeVector: makes a state.
  package init(makeVector: () -> StateVector) {
    states = (0..<Self.depth).map { _ in makeVector() }
  }

  /// Forgets everything.
  package func reset() { (times, next) = ([], 0) }

  /// Takes a copy of a state.
  package func add(_ state: StateVector, time: Double) {
    states[next].baseAddress.update(from: state.baseAddress, count: state.count)
    if times.count < Self.depth { times.append(time) } else { times[next] = time }
    next = (next + 1) % Self.depth
  }

  private var last: Int { (next + Self.depth - 1) % Self.depth }

  /// The state that was added last.
  package var latest: StateVector? { times.isEmpty ? nil : states[last] }

  /// Writes the time derivative at the last state.
  ///
  /// - Returns: the time of the last state; `nil` if there are not two states yet.
  package func writeRate(to rate: StateVector) -> Double? {
    guard times.count > 1 else { return nil }
    rate.baseAddress.update(repeating: 0, count: rate.count)
    for (state, weight) in zip(states, Self.weights(times, at: last)) {
      for i in 0..<rate.count { rate.baseAddress[i] += weight * state.baseAddress[i] }
    }
    return times[last]
  }

  /// The weights of values at `nodes` in the derivative of their polynomial at one of them.
  package static func weights(_ nodes: [Double], at index: Int) -> [Double] {
    let others = nodes.indices.filter { $0 != index }
    var weights = nodes.map { _ in 0.0 }
    for j in others {
      var weight = 1 / (nodes[j] - nodes[index])
      for m in others where m != j { weight *= (nodes[index] - nodes[m]) / (nodes[j] - nodes[m]) }
      weights[j] = weight
    }
    // A constant has no derivative.
    weights[index] = -others.reduce(0) { $0 + weights[$1] }
    return weights
  }
}
