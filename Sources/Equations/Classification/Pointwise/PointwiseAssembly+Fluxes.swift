import Geometry

extension PointwiseAssembly {
  /// The outward flux that a Neumann condition gives the value of, as a polynomial of jets and components of the normal.
  ///
  /// As `FluxForm` has it: the flux of the unknown's own equation as far as derivatives make it, with the sign that it has as
  /// `a dn(u)`. `nil` where the coefficient is the same everywhere, or where there is no such flux: the condition is about the
  /// derivative itself then.
  mutating func diffusiveFlux(of unknown: Int, at place: BoundaryPlace) -> Polynomial? {
    let known = fluxes ?? findFluxes()
    fluxes = known
    guard let flux = known[unknown], let sign = flux.sign else { return nil }
    let parameters = Set(problem.unknownParameters.map(\.name))
    if let coefficient = flux.coefficient(at: place), coefficient.isUniform(inParameters: parameters) {
      return nil
    }
    var result = Polynomial()
    for (axis, part) in zip(problem.domain.axes, flux.diffusive) {
      let normal = Polynomial(leaf: .symbol(PointwiseForm.normalComponent(axis.name)))
      // Products with one leaf are small.
      guard let product = try? names.lowering.product(part, normal) else { return nil }
      result.add(product, scale: sign)
    }
    return result
  }

  /// The fluxes of the equations that can be written as balances, by the unknown that each determines.
  private mutating func findFluxes() -> [DiffusiveFlux?] {
    let count = names.scalars.count
    let dimension = problem.domain.dimension
    let scalarNames = names.scalars.map(\.name)
    var balances: [Balance] = []
    for residual in residuals {
      let (evolved, rest) = rates(of: residual.sum, dimension: dimension)
      guard var balance = try? names.lowering.balance((rest, residual.origin), names: scalarNames) else {
        continue
      }
      for unknown in evolved { balance.mass[unknown] = Polynomial(1) }
      balances.append(balance)
    }
    // Coefficients that are to be found determine nothing, and some equations are no balances.
    let size = max(count, balances.count)
    let empty = Balance(fluxes: Array(repeating: Polynomial(), count: dimension), origin: 0)
    balances += Array(repeating: empty, count: size - balances.count)
    let order = Balance.pairing(balances, unknowns: size, dimension: dimension)
    return (0..<count).map { unknown in
      isCoefficient(unknown)
        ? nil : DiffusiveFlux(balances[order[unknown]], unknown: unknown, dimension: dimension)
    }
  }
}

/// The unknowns whose derivatives in time occur under no derivative in space, and what is left without those terms.
private func rates(of sum: DifferentialSum, dimension: Int) -> (unknowns: Set<Int>, rest: DifferentialSum) {
  var rest = sum
  var unknowns: Set<Int> = []
  let zero = MultiIndex.zero(dimension)
  guard let plain = sum.parts[zero] else { return (unknowns, rest) }
  var kept = Polynomial()
  for (monomial, coefficient) in plain.coefficients {
    let evolved = monomial.jets(dimension: dimension).filter { $0.timeOrder > 0 }
    unknowns.formUnion(evolved.map(\.unknown))
    if evolved.isEmpty { kept.add(coefficient, monomial) }
  }
  rest.parts[zero] = kept.isZero ? nil : kept
  return (unknowns, rest)
}
