extension ImplicitTableau {
  /// The backward Euler method.
  static let backwardEuler = ImplicitTableau(gamma: 1, lower: [[]])

  /// Two stages, L-stable, order 2 (Alexander, 1977).
  static let sdirk2: ImplicitTableau = {
    let γ = 1 - 0.5.squareRoot()
    return ImplicitTableau(gamma: γ, lower: [[], [1 - γ]])
  }()

  /// Three stages, L-stable, order 3 (Alexander, 1977): γ is the middle root of γ³ − 3γ² + 3γ/2 − 1/6.
  static let sdirk3: ImplicitTableau = {
    let γ = 0.435_866_521_508_458_999_4
    let τ = (1 + γ) / 2
    return ImplicitTableau(
      gamma: γ, lower: [[], [τ - γ], [-(6 * γ * γ - 16 * γ + 1) / 4, (6 * γ * γ - 20 * γ + 5) / 4]])
  }()

  /// Five stages, L-stable, order 4 with an estimate of order 3 (Hairer and Wanner, Solving Ordinary Differential
  /// Equations II, 1996, table IV.6.5).
  static let sdirk4 = ImplicitTableau(
    gamma: 1.0 / 4,
    lower: [
      [], [1.0 / 2], [17.0 / 50, -1.0 / 25], [371.0 / 1360, -137.0 / 2720, 15.0 / 544],
      [25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12],
    ], embedded: [59.0 / 48, -17.0 / 96, 225.0 / 32, -85.0 / 12, 0])
}

extension StepperDescription {
  package static let backwardEuler = implicit(
    "backward-euler", order: 1, .backwardEuler, "backward Euler, one solve per step, fixed step", "")
  package static let sdirk2 = implicit(
    "sdirk2", order: 2, .sdirk2, "diagonally implicit Runge–Kutta of two stages, fixed step",
    "Alexander, SIAM J. Numer. Anal. 14, 1006 (1977)")
  package static let sdirk3 = implicit(
    "sdirk3", order: 3, .sdirk3, "diagonally implicit Runge–Kutta of three stages, fixed step",
    "Alexander, SIAM J. Numer. Anal. 14, 1006 (1977)")
  package static let sdirk4 = implicit(
    "sdirk4", order: 4, .sdirk4, "diagonally implicit Runge–Kutta of five stages",
    "Hairer and Wanner, Solving Ordinary Differential Equations II (1996), table IV.6.5")

  private static func implicit(
    _ name: String, order: Int, _ tableau: ImplicitTableau, _ summary: String, _ source: String
  ) -> StepperDescription {
    StepperDescription(
      name: name, summary: summary, order: order, estimateOrder: tableau.embedded == nil ? nil : order - 1,
      source: source
    ) { ImplicitRungeKuttaMethod($0, tableau: tableau) }
  }

  package static let crankNicolson = StepperDescription(
    name: "crank-nicolson",
    summary: "the trapezoidal rule after one step of backward Euler's kind, fixed step", order: 2,
    estimateOrder: nil, source: "Crank and Nicolson, Proc. Camb. Phil. Soc. 43, 50 (1947)"
  ) {
    ImplicitMultistepMethod(
      $0, tableau: ImplicitMultistepTableau(gamma: 0.5, states: [1], slope: 0.5), starter: .sdirk2)
  }

  package static let bdf2 = backwardDifferentiation(order: 2, gamma: 2.0 / 3, [4.0 / 3, -1.0 / 3], .sdirk2)
  package static let bdf3 = backwardDifferentiation(
    order: 3, gamma: 6.0 / 11, [18.0 / 11, -9.0 / 11, 2.0 / 11], .sdirk3)
  package static let bdf4 = backwardDifferentiation(
    order: 4, gamma: 12.0 / 25, [48.0 / 25, -36.0 / 25, 16.0 / 25, -3.0 / 25], .sdirk4)

  private static func backwardDifferentiation(
    order: Int, gamma: Double, _ states: [Double], _ starter: ImplicitTableau
  ) -> StepperDescription {
    StepperDescription(
      name: "bdf\(order)", summary: "backward differentiation of order \(order), fixed step", order: order,
      estimateOrder: nil, source: "Curtiss and Hirschfelder, Proc. Natl. Acad. Sci. 38, 235 (1952)"
    ) {
      ImplicitMultistepMethod(
        $0, tableau: ImplicitMultistepTableau(gamma: gamma, states: states), starter: starter)
    }
  }
}
