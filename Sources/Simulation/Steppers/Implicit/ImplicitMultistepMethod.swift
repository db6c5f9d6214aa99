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
  private let starter: ImplicitTableau
  private let known: StateVector
  private let nextSlope: StateVector
  private let starterStages: [StateVector]

  package init(_ stages: ImplicitStages, tableau: ImplicitMultistepTableau, starter: ImplicitTableau) {
    self.stages = stages
    self.tableau = tableau
    self.starter = starter
    state = stages.makeVector()
    next = stages.makeVector()
    known = stages.makeVector()
    nextSlope = stages.makeVector()
    earlier = (0..<tableau.states.count).map { _ in stages.makeVector() }
    starterStages = starter.lower.map { _ in stages.makeVector() }
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
    let θ = starter.gamma * step
    next.baseAddress.update(from: state.baseAddress, count: state.count)
    for (stage, row) in starter.lower.enumerated() {
      known.baseAddress.update(from: state.baseAddress, count: state.count)
      for (slope, weight) in zip(starterStages, row) {
        for i in 0..<state.count { known.baseAddress[i] += step * weight * slope.baseAddress[i] }
      }
      guard stages.solve(next, from: known, step: θ, time: time + starter.node(stage) * step) else {
        return .infinity
      }
      for i in 0..<state.count {
        starterStages[stage].baseAddress[i] = (next.baseAddress[i] - known.baseAddress[i]) / θ
      }
    }
    keepSlope(θ)
    return 0
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
  package var bytes: Int { 8 * state.count * (4 + earlier.count + starterStages.count) }
}
