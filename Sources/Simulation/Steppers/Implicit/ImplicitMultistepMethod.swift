import Arrays

/// Backward differentiation formulas, and Crank–Nicolson, with a fixed step.
///
/// `U = Σ_j states_j u_{n−j} + slope · h u'_n + γ h U'`. The first steps are made by a one-step method of the same order.
package struct ImplicitMultistepTableau: Sendable {
  package var gamma: Double
  /// The weights of earlier states, the latest first.
  package var states: [Double]
  /// The weight of the slope at the beginning of the step.
  package var slope = 0.0
}

package final class ImplicitMultistepMethod: TimeStepper {
  package let state: StateVector
  package let next: StateVector
  package var history: [StateVector] { earlier + stages.history }
  /// Earlier states, the latest first, then the slope at the current state.
  private let earlier: [StateVector]
  package var filledHistory = 0
  private let stages: ImplicitStages
  private let tableau: ImplicitMultistepTableau
  private let starter: ImplicitRungeKuttaMethod
  private let known: StateVector
  private let nextSlope: StateVector

  package init(_ stages: ImplicitStages, tableau: ImplicitMultistepTableau, starter: ImplicitTableau) {
    self.stages = stages
    self.tableau = tableau
    self.starter = ImplicitRungeKuttaMethod(stages, tableau: starter)
    state = stages.makeVector()
    next = stages.makeVector()
    known = stages.makeVector()
    nextSlope = stages.makeVector()
    earlier = (0..<tableau.states.count).map { _ in stages.makeVector() }
  }

  /// Earlier states that a step needs besides the current one, and the slope where it has a weight.
  private var needed: Int { tableau.states.count - 1 + (tableau.slope == 0 ? 0 : 1) }

  package func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double {
    guard filledHistory >= needed else { return start(from: time, step: step) }
    let θ = tableau.gamma * step
    let slope = earlier[earlier.count - 1]
    for i in 0..<state.count {
      var sum = tableau.states[0] * state.baseAddress[i]
      for (weight, vector) in zip(tableau.states.dropFirst(), earlier) {
        sum += weight * vector.baseAddress[i]
      }
      if tableau.slope != 0 { sum += tableau.slope * step * slope.baseAddress[i] }
      known.baseAddress[i] = sum
    }
    next.baseAddress.update(from: state.baseAddress, count: state.count)
    guard stages.solve(next, from: known, step: θ, time: time + step) else { return .infinity }
    keepSlope(θ)
    return 0
  }

  /// A step of the one-step method.
  private func start(from time: Double, step: Double) -> Double {
    starter.state.baseAddress.update(from: state.baseAddress, count: state.count)
    let error = starter.attempt(from: time, step: step, errorOver: nil)
    next.baseAddress.update(from: starter.next.baseAddress, count: state.count)
    nextSlope.baseAddress.update(from: starter.finalSlope.baseAddress, count: state.count)
    return error
  }

  private func keepSlope(_ θ: Double) {
    for i in 0..<state.count { nextSlope.baseAddress[i] = (next.baseAddress[i] - known.baseAddress[i]) / θ }
  }

  package func accept() {
    for position in (0..<tableau.states.count - 1).reversed() {
      let source = position == 0 ? state : earlier[position - 1]
      earlier[position].baseAddress.update(from: source.baseAddress, count: state.count)
    }
    if tableau.slope != 0 {
      earlier[earlier.count - 1].baseAddress.update(from: nextSlope.baseAddress, count: state.count)
    }
    state.baseAddress.update(from: next.baseAddress, count: state.count)
    filledHistory = min(filledHistory + 1, needed)
  }

  package func reset() { filledHistory = 0 }
  package var bytes: Int { 8 * state.count * (4 + earlier.count) + starter.bytes }
}
