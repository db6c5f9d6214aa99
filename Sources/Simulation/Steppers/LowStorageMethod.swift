import Arrays

/// A Runge–Kutta method with two registers for the nonlinear part, Crank–Nicolson for the linear one.
///
/// Stage k: `h ← βₖ h + N(u, t + cₖ Δt)`, `u ← (1 − μₖ z)⁻¹ ((1 + μₖ z) u + γₖ Δt h)` with
/// `μₖ = (cₖ₊₁ − cₖ)/2` and z = Δt L.
package struct LowStorageTableau: Sendable {
  /// c₁ … c_{s+1}; the last is 1.
  package var nodes: [Double]
  package var beta: [Double]
  package var gamma: [Double]
  /// Whether the linear part is treated explicitly with the nonlinear one instead.
  package var isExplicit: Bool

  package init(nodes: [Double], beta: [Double], gamma: [Double], isExplicit: Bool) {
    precondition(
      nodes.count == beta.count + 1 && beta.count == gamma.count, "LowStorageTableau: lengths differ")
    self.nodes = nodes
    self.beta = beta
    self.gamma = gamma
    self.isExplicit = isExplicit
  }
}

/// Runs any `LowStorageTableau`: four vectors in all.
package final class LowStorageMethod: TimeStepper {
  private let system: any SemiDiscreteSystem
  private let tableau: LowStorageTableau
  package private(set) var state: StateVector
  package private(set) var next: StateVector
  private let register: StateVector
  private let nonlinear: StateVector
  private var prepared: [Bool: [Combination]] = [:]
  private var preparedStep = 0.0
  private var isSwapped = false

  package init(system: any SemiDiscreteSystem, tableau: LowStorageTableau) {
    self.system = system
    self.tableau = tableau
    state = system.makeVector()
    next = system.makeVector()
    register = system.makeVector()
    nonlinear = system.makeVector()
  }

  package var history: [StateVector] { [] }
  package var filledHistory: Int {
    get { 0 }
    set {}
  }

  package func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double {
    if step != preparedStep {
      prepared.removeAll()
      preparedStep = step
    }
    if prepared[isSwapped] == nil { prepared[isSwapped] = combinations(step) }
    guard let plan = prepared[isSwapped] else { return 0 }
    next.baseAddress.update(from: state.baseAddress, count: state.count)
    for k in tableau.beta.indices {
      system.evaluateNonlinear(next, time: time + tableau.nodes[k] * step, into: nonlinear)
      system.combine(plan[2 * k])
      system.combine(plan[2 * k + 1])
    }
    system.projectToRealFields(next)
    return 0
  }

  package func accept() {
    swap(&state, &next)
    isSwapped.toggle()
  }

  package var bytes: Int { 4 * 8 * system.stateLength }

  package func reset() {}

  /// Two combinations per stage: the register, then the state.
  private func combinations(_ step: Double) -> [Combination] {
    tableau.beta.indices.flatMap { k -> [Combination] in
      var accumulated = [(system.multiplier(.one, step: step), nonlinear)]
      if k > 0 { accumulated.append((system.multiplier(tableau.beta[k] * .one, step: step), register)) }
      if tableau.isExplicit {
        accumulated.append((system.multiplier(.z, step: step, scale: 1 / step), next))
        return [
          system.makeCombination(register, accumulated),
          system.makeCombination(
            next,
            [
              (system.multiplier(.one, step: step), next),
              (system.multiplier(.one, step: step, scale: tableau.gamma[k] * step), register),
            ]),
        ]
      }
      let mu = (tableau.nodes[k + 1] - tableau.nodes[k]) / 2
      return [
        system.makeCombination(register, accumulated),
        system.makeCombination(
          next,
          [
            (system.multiplier(.resolvent(mu) + mu * .linearResolvent(mu), step: step), next),
            (system.multiplier(.resolvent(mu), step: step, scale: tableau.gamma[k] * step), register),
          ]),
      ]
    }
  }
}
