import Arrays

/// The coefficients of a singly diagonally implicit, stiffly accurate Runge–Kutta method.
package struct ImplicitTableau: Sendable {
  /// The common diagonal entry γ.
  package var gamma: Double
  /// Rows of A below the diagonal.
  package var lower: [[Double]]
  /// The weights of a method of lower order, for the error estimate.
  package var embedded: [Double]?

  /// Nodes are the sums of rows.
  func node(_ stage: Int) -> Double { lower[stage].reduce(gamma, +) }
  /// The weights: the last row of A.
  var weights: [Double] { (lower.last ?? []) + [gamma] }
}

/// Diagonally implicit Runge–Kutta methods whose last stage is the step.
package final class ImplicitRungeKuttaMethod: TimeStepper {
  package let state: StateVector
  package let next: StateVector
  package var history: [StateVector] { stages.history }
  package var filledHistory = 0
  private let stages: ImplicitStages
  private let tableau: ImplicitTableau
  private let slopes: [StateVector]
  private let known: StateVector

  /// The time derivative at the end of the last attempted step.
  var finalSlope: StateVector { slopes[slopes.count - 1] }

  package init(_ stages: ImplicitStages, tableau: ImplicitTableau) {
    self.stages = stages
    self.tableau = tableau
    state = stages.makeVector()
    next = stages.makeVector()
    known = stages.makeVector()
    slopes = tableau.lower.map { _ in stages.makeVector() }
  }

  package func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double {
    let θ = tableau.gamma * step
    next.baseAddress.update(from: state.baseAddress, count: state.count)
    for (stage, row) in tableau.lower.enumerated() {
      known.baseAddress.update(from: state.baseAddress, count: state.count)
      for (slope, weight) in zip(slopes, row) {
        for i in 0..<state.count { known.baseAddress[i] += step * weight * slope.baseAddress[i] }
      }
      guard stages.solve(next, from: known, step: θ, time: time + tableau.node(stage) * step) else {
        return .infinity
      }
      for i in 0..<state.count {
        slopes[stage].baseAddress[i] = (next.baseAddress[i] - known.baseAddress[i]) / θ
      }
    }
    guard horizon != nil, let embedded = tableau.embedded else { return 0 }
    known.baseAddress.update(repeating: 0, count: known.count)
    for (slope, weight) in zip(slopes, zip(tableau.weights, embedded).map { $0 - $1 }) {
      for i in 0..<state.count { known.baseAddress[i] += step * weight * slope.baseAddress[i] }
    }
    return stages.relativeNorm(of: known, to: next)
  }

  package func accept() { state.baseAddress.update(from: next.baseAddress, count: state.count) }
  package func reset() {}
  package var bytes: Int { 8 * state.count * (3 + slopes.count) }
}
