import Arrays

/// A linear multistep implicit–explicit method as data.
///
/// `next = Σⱼ states[j](hL) u₋ⱼ + h Σⱼ nonlinear[j](hL) N₋ⱼ`, j = 0 being the current time.
package struct MultistepTableau: Sendable {
  package var states: [OperatorFunction]
  package var nonlinear: [OperatorFunction]

  package init(states: [OperatorFunction], nonlinear: [OperatorFunction]) {
    self.states = states
    self.nonlinear = nonlinear
  }

  /// How many earlier steps are remembered.
  package var memory: Int { max(states.count, nonlinear.count) - 1 }

  /// `(a₀ u − h L u)_{next} = Σ aⱼ u + h Σ bⱼ N`, given by its coefficients divided by the leading one.
  package static func backwardDifferentiation(gamma: Double, states: [Double], nonlinear: [Double])
    -> MultistepTableau
  {
    MultistepTableau(
      states: states.map { $0 * OperatorFunction.resolvent(gamma) },
      nonlinear: nonlinear.map { (gamma * $0) * OperatorFunction.resolvent(gamma) })
  }
}

/// Runs any `MultistepTableau` with a fixed step; the first steps are taken by a one-step method of high order.
package final class MultistepMethod: TimeStepper {
  private let system: any SemiDiscreteSystem
  private let tableau: MultistepTableau
  private let starter: OneStepMethod
  /// States and nonlinear values, the current ones first; a ring that is turned at every step.
  private var states: [StateVector]
  private var nonlinear: [StateVector]
  package private(set) var next: StateVector
  private var filled = 0
  private var turns = 0
  private var prepared: [Int: Combination] = [:]
  private var preparedStep = 0.0
  /// The step between what is remembered; zero while nobody has said.
  private var spacing = 0.0

  package init(system: any SemiDiscreteSystem, tableau: MultistepTableau, starter: OneStepTableau) {
    self.system = system
    self.tableau = tableau
    self.starter = OneStepMethod(system: system, tableau: starter)
    states = tableau.states.map { _ in system.makeVector() }
    nonlinear = tableau.nonlinear.map { _ in system.makeVector() }
    next = system.makeVector()
  }

  package var state: StateVector { states[0] }
  package var history: [StateVector] { Array(states.dropFirst()) + nonlinear.dropFirst() }

  package var filledHistory: Int {
    get { filled }
    set { filled = newValue }
  }

  package func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double {
    system.evaluateNonlinear(states[0], time: time, into: nonlinear[0])
    if step != spacing {
      // What is remembered lies at the distance of another step: start anew.
      if spacing != 0 { filled = 0 }
      spacing = step
    }
    if filled < tableau.memory {
      starter.state.baseAddress.update(from: states[0].baseAddress, count: states[0].count)
      starter.reset()
      _ = starter.attempt(from: time, step: step, errorOver: nil)
      next.baseAddress.update(from: starter.next.baseAddress, count: next.count)
      return 0
    }
    if step != preparedStep {
      prepared.removeAll()
      preparedStep = step
    }
    // Vectors change places with a period of (states + 1) · nonlinear values; each arrangement is prepared once.
    let period = (states.count + 1) * nonlinear.count
    let arrangement = turns % period
    if let known = prepared[arrangement] {
      system.combine(known)
    } else {
      let made = system.makeCombination(
        next,
        tableau.states.indices.map { (system.multiplier(tableau.states[$0], step: step), states[$0]) }
          + tableau.nonlinear.indices.map {
            (system.multiplier(tableau.nonlinear[$0], step: step, scale: step), nonlinear[$0])
          })
      prepared[arrangement] = made
      system.combine(made)
    }
    system.projectToRealFields(next)
    return 0
  }

  package func accept() {
    let recycled = states.removeLast()
    states.insert(next, at: 0)
    next = recycled
    nonlinear.insert(nonlinear.removeLast(), at: 0)
    filled = min(filled + 1, tableau.memory)
    turns += 1
  }

  package var bytes: Int {
    (1 + states.count + nonlinear.count) * 8 * system.stateLength + starter.bytes
  }

  package func reset() { filled = 0 }
}
