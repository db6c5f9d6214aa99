extension StepperDescription {
  package static let ars222 = StepperDescription(
    name: "ars222", summary: "implicit–explicit Runge–Kutta method of second order, L-stable", order: 2,
    estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Ascher, Ruuth and Spiteri, Appl. Numer. Math. 25, 151 (1997), section 2.6"
  ) { OneStepMethod(system: $0, tableau: ars222Tableau) }

  package static let ars222Tableau: OneStepTableau = {
    let gamma = 1 - 0.5.squareRoot()
    let delta = 1 - 1 / (2 * gamma)
    return .implicitExplicit(
      nodes: [0, gamma, 1], explicit: [[gamma], [delta, 1 - delta]],
      implicit: [[0, gamma], [0, 1 - gamma, gamma]], explicitWeights: [delta, 1 - delta],
      implicitWeights: [0, 1 - gamma, gamma])
  }()

  package static let ars343 = StepperDescription(
    name: "ars343", summary: "implicit–explicit Runge–Kutta method of third order, L-stable", order: 3,
    estimateOrder: nil, isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Ascher, Ruuth and Spiteri, Appl. Numer. Math. 25, 151 (1997), section 2.7"
  ) { OneStepMethod(system: $0, tableau: ars343Tableau) }

  package static let ars343Tableau: OneStepTableau = {
    // The middle root of 6x³ − 18x² + 9x − 1.
    let g = 0.43586652150845899942
    let b1 = -1.5 * g * g + 4 * g - 0.25
    let b2 = 1.5 * g * g - 5 * g + 1.25
    let a42 = 0.5529291480359398
    let a43 = a42
    let a31 =
      (1 - 4.5 * g + 1.5 * g * g) * a42 + (2.75 - 10.5 * g + 3.75 * g * g) * a43 - 3.5 + 13 * g - 4.5 * g * g
    let a32 =
      (-1 + 4.5 * g - 1.5 * g * g) * a42 + (-2.75 + 10.5 * g - 3.75 * g * g) * a43 + 4 - 12.5 * g
      + 4.5 * g * g
    return .implicitExplicit(
      nodes: [0, g, (1 + g) / 2, 1],
      explicit: [[g], [a31, a32], [1 - a42 - a43, a42, a43]],
      implicit: [[0, g], [0, (1 - g) / 2, g], [0, b1, b2, g]],
      explicitWeights: [0, b1, b2, g], implicitWeights: [0, b1, b2, g])
  }()

  package static let ark3 = StepperDescription(
    name: "ark3", summary: "additive Runge–Kutta pair of orders 3 and 2, L-stable", order: 3,
    estimateOrder: 2,
    isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Kennedy and Carpenter, Appl. Numer. Math. 44, 139 (2003), ARK3(2)4L[2]SA"
  ) { OneStepMethod(system: $0, tableau: ark3Tableau) }

  package static let ark3Tableau: OneStepTableau = {
    let g = 1767732205903.0 / 4055673282236
    let weights = [
      1471266399579.0 / 7840856788654, -4482444167858.0 / 7529755066697, 11266239266428.0 / 11593286722821, g,
    ]
    let embedded = [
      2756255671327.0 / 12835298489170, -10771552573575.0 / 22201958757719, 9247589265047.0 / 10645013368117,
      2193209047091.0 / 5459859503100,
    ]
    let error = zip(weights, embedded).map { $0 - $1 }
    return .implicitExplicit(
      nodes: [0, 1767732205903.0 / 2027836641118, 0.6, 1],
      explicit: [
        [1767732205903.0 / 2027836641118],
        [5535828885825.0 / 10492691773637, 788022342437.0 / 10882634858940],
        [
          6485989280629.0 / 16251701735622, -4246266847089.0 / 9704473918619,
          10755448449292.0 / 10357097424841,
        ],
      ],
      implicit: [
        [g, g], [2746238789719.0 / 10658868560708, -640167445237.0 / 6845629431997, g], weights,
      ],
      explicitWeights: weights, implicitWeights: weights, explicitError: error, implicitError: error)
  }()

  package static let ark4 = StepperDescription(
    name: "ark4", summary: "additive Runge–Kutta pair of orders 4 and 3, L-stable", order: 4,
    estimateOrder: 3,
    isLinearPartImplicit: true, prefersFewStepSizes: true,
    source: "Kennedy and Carpenter, Appl. Numer. Math. 44, 139 (2003), ARK4(3)6L[2]SA"
  ) { OneStepMethod(system: $0, tableau: ark4Tableau) }

  package static let ark4Tableau: OneStepTableau = {
    let weights = [
      82889.0 / 524892, 0, 15625.0 / 83664, 69875.0 / 102672, -2260.0 / 8211, 0.25,
    ]
    let embedded = [
      4586570599.0 / 29645900160, 0, 178811875.0 / 945068544, 814220225.0 / 1159782912,
      -3700637.0 / 11593932, 61727.0 / 225920,
    ]
    let error = zip(weights, embedded).map { $0 - $1 }
    return .implicitExplicit(
      nodes: [0, 0.5, 83.0 / 250, 31.0 / 50, 17.0 / 20, 1],
      explicit: [
        [0.5],
        [13861.0 / 62500, 6889.0 / 62500],
        [
          -116923316275.0 / 2393684061468, -2731218467317.0 / 15368042101831,
          9408046702089.0 / 11113171139209,
        ],
        [
          -451086348788.0 / 2902428689909, -2682348792572.0 / 7519795681897,
          12662868775082.0 / 11960479115383, 3355817975965.0 / 11060851509271,
        ],
        [
          647845179188.0 / 3216320057751, 73281519250.0 / 8382639484533, 552539513391.0 / 3454668386233,
          3354512671639.0 / 8306763924573, 4040.0 / 17871,
        ],
      ],
      implicit: [
        [0.25, 0.25],
        [8611.0 / 62500, -1743.0 / 31250, 0.25],
        [5012029.0 / 34652500, -654441.0 / 2922500, 174375.0 / 388108, 0.25],
        [
          15267082809.0 / 155376265600, -71443401.0 / 120774400, 730878875.0 / 902184768,
          2285395.0 / 8070912, 0.25,
        ],
        weights,
      ],
      explicitWeights: weights, implicitWeights: weights, explicitError: error, implicitError: error)
  }()
}
