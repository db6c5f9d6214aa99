extension StepperDescription {
  package static let sbdf1 = semiImplicit(
    order: 1, .backwardDifferentiation(gamma: 1, states: [1], nonlinear: [1]))

  package static let sbdf2 = semiImplicit(
    order: 2,
    .backwardDifferentiation(gamma: 2.0 / 3, states: [4.0 / 3, -1.0 / 3], nonlinear: [2, -1]))

  package static let sbdf3 = semiImplicit(
    order: 3,
    .backwardDifferentiation(
      gamma: 6.0 / 11, states: [18.0 / 11, -9.0 / 11, 2.0 / 11], nonlinear: [3, -3, 1]))

  package static let sbdf4 = semiImplicit(
    order: 4,
    .backwardDifferentiation(
      gamma: 12.0 / 25, states: [48.0 / 25, -36.0 / 25, 16.0 / 25, -3.0 / 25], nonlinear: [4, -6, 4, -1]))

  private static func semiImplicit(order: Int, _ tableau: MultistepTableau) -> StepperDescription {
    StepperDescription(
      name: "sbdf\(order)", summary: "semi-implicit backward differentiation of order \(order), fixed step",
      order: order, estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
      source: "Ascher, Ruuth and Wetton, SIAM J. Numer. Anal. 32, 797 (1995)"
    ) { MultistepMethod(system: $0, tableau: tableau, starter: ark4Tableau) }
  }

  package static let cnab2 = StepperDescription(
    name: "cnab2", summary: "Crank–Nicolson with Adams–Bashforth of second order, fixed step", order: 2,
    estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Canuto, Hussaini, Quarteroni and Zang, Spectral Methods (2006), appendix D"
  ) { system in
    MultistepMethod(
      system: system,
      tableau: MultistepTableau(
        states: [.resolvent(0.5) + 0.5 * .linearResolvent(0.5)],
        nonlinear: [1.5 * .resolvent(0.5), -0.5 * .resolvent(0.5)]),
      starter: ark4Tableau)
  }
}
