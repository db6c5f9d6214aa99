extension StepperDescription {
  package static let rk4 = StepperDescription(
    name: "rk4", summary: "the classical explicit Runge–Kutta method", order: 4, estimateOrder: nil,
    isLinearPartImplicit: false, prefersFewStepSizes: false, source: "Kutta (1901)"
  ) { system in
    OneStepMethod(
      system: system,
      tableau: .explicit(
        nodes: [0, 0.5, 0.5, 1], matrix: [[0.5], [0, 0.5], [0, 0, 1]],
        weights: [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]))
  }

  package static let dormandPrince5 = StepperDescription(
    name: "dopri5", summary: "explicit Runge–Kutta pair of orders 5 and 4", order: 5, estimateOrder: 4,
    isLinearPartImplicit: false, prefersFewStepSizes: false,
    source: "Dormand and Prince, J. Comput. Appl. Math. 6, 19 (1980)"
  ) { OneStepMethod(system: $0, tableau: dormandPrinceTableau) }

  package static let dormandPrinceTableau = OneStepTableau.explicit(
    nodes: [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1],
    matrix: [
      [1.0 / 5],
      [3.0 / 40, 9.0 / 40],
      [44.0 / 45, -56.0 / 15, 32.0 / 9],
      [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
      [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
    ],
    weights: [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    error: [
      71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
    ])

  package static let carpenterKennedy = StepperDescription(
    name: "carpenter-kennedy", summary: "explicit low-storage Runge–Kutta method with five stages", order: 4,
    estimateOrder: nil, isLinearPartImplicit: false, prefersFewStepSizes: false,
    source: "Carpenter and Kennedy, NASA TM 109112 (1994)"
  ) { LowStorageMethod(system: $0, tableau: .carpenterKennedy(isExplicit: true)) }

  package static let crankNicolsonCarpenterKennedy = StepperDescription(
    name: "cn-carpenter-kennedy",
    summary: "low-storage Runge–Kutta for the nonlinear part, Crank–Nicolson for the linear one", order: 2,
    estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Canuto, Hussaini, Quarteroni and Zang, Spectral Methods (2006), appendix D"
  ) { LowStorageMethod(system: $0, tableau: .carpenterKennedy(isExplicit: false)) }
}

extension LowStorageTableau {
  package static func carpenterKennedy(isExplicit: Bool) -> LowStorageTableau {
    LowStorageTableau(
      nodes: [
        0, 1432997174477.0 / 9575080441755, 2526269341429.0 / 6820363962896, 2006345519317.0 / 3224310063776,
        2802321613138.0 / 2924317926251, 1,
      ],
      beta: [
        0, -567301805773.0 / 1357537059087, -2404267990393.0 / 2016746695238,
        -3550918686646.0 / 2091501179385, -1275806237668.0 / 842570457699,
      ],
      gamma: [
        1432997174477.0 / 9575080441755, 5161836677717.0 / 13612068292357, 1720146321549.0 / 2090206949498,
        3134564353537.0 / 4481467310338, 2277821191437.0 / 14882151754819,
      ],
      isExplicit: isExplicit)
  }
}
