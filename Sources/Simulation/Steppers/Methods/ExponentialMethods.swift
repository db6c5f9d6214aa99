extension StepperDescription {
  /// u' = e^z u + h φ₁ N: exact while N does not change.
  package static let exponentialEuler = StepperDescription(
    name: "etd1", summary: "exponential Euler; exact for a constant nonlinear part", order: 1,
    estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Cox and Matthews, J. Comput. Phys. 176, 430 (2002), eq. 4"
  ) { system in
    OneStepMethod(
      system: system,
      tableau: OneStepTableau(
        nodes: [0], stages: [], result: [(.state, .exponential()), (.nonlinear(0), .phi(1))]))
  }

  package static let etdrk2 = StepperDescription(
    name: "etdrk2", summary: "exponential Runge–Kutta method of second order", order: 2, estimateOrder: 1,
    isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Cox and Matthews, J. Comput. Phys. 176, 430 (2002), eq. 22"
  ) { system in
    OneStepMethod(
      system: system,
      tableau: OneStepTableau(
        nodes: [0, 1],
        stages: [[(.state, .exponential()), (.nonlinear(0), .phi(1))]],
        result: [
          (.state, .exponential()), (.nonlinear(0), .phi(1) - .phi(2)), (.nonlinear(1), .phi(2)),
        ],
        error: [(.nonlinear(0), -1 * .phi(2)), (.nonlinear(1), .phi(2))]))
  }

  /// The error compares with the third-order solution that uses N at the result in place of the last stage.
  ///
  /// The two agree where N is a function of time alone; there the tableau's quadrature tells the error.
  package static let etdrk4 = StepperDescription(
    name: "etdrk4", summary: "exponential Runge–Kutta method of fourth order", order: 4, estimateOrder: 3,
    isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Cox and Matthews, J. Comput. Phys. 176, 430 (2002), eqs. 26–29; "
      + "embedded: Whalen, Brio and Moloney, J. Comput. Phys. 280, 579 (2015)"
  ) { OneStepMethod(system: $0, tableau: etdrk4Tableau) }

  private static let etdrk4Tableau = OneStepTableau(
    nodes: [0, 0.5, 0.5, 1],
    stages: [
      [(.state, .exponential(at: 0.5)), (.nonlinear(0), 0.5 * .phi(1, at: 0.5))],
      [(.state, .exponential(at: 0.5)), (.nonlinear(1), 0.5 * .phi(1, at: 0.5))],
      // e^{z/2} a + ½φ₁(z/2)(2 N₂ − N₀) with a the first stage, by φ₀(x) φ₁(x) = 2 φ₁(2x) − φ₁(x).
      [
        (.state, .exponential()), (.nonlinear(0), .phi(1) - .phi(1, at: 0.5)),
        (.nonlinear(2), .phi(1, at: 0.5)),
      ],
    ],
    result: [
      (.state, .exponential()),
      (.nonlinear(0), .phi(1) - 3 * .phi(2) + 4 * .phi(3)),
      (.nonlinear(1), 2 * .phi(2) - 4 * .phi(3)),
      (.nonlinear(2), 2 * .phi(2) - 4 * .phi(3)),
      (.nonlinear(3), 4 * .phi(3) - .phi(2)),
    ],
    error: [
      (.nonlinear(3), 4 * .phi(3) - .phi(2)),
      (.nonlinear(4), .phi(2) - 4 * .phi(3)),
    ],
    // For N = cos ωt and L = 0 the error is (ωh/2)⁴ h/90, the curvature ⅔ (ωh/2)² h: a constant of 1/40, doubled.
    quadrature: OneStepTableau.Quadrature(
      curvature: [
        (.nonlinear(0), 4 * .phi(3)), (.nonlinear(1), -4 * .phi(3)), (.nonlinear(2), -4 * .phi(3)),
        (.nonlinear(3), 4 * .phi(3)),
      ],
      beginning: [(.nonlinear(0), .phi(1))], end: [(.nonlinear(3), .phi(1))], constant: 0.05))
}
