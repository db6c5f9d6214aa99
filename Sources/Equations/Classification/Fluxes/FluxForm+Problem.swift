import Geometry

extension FluxForm {
  /// Brings a problem into the form of balances.
  ///
  /// Substitutes parameters and definitions and writes vector and complex equations in real components. The outermost
  /// divergence of an equation becomes its flux as it is written; `a*lap(u)` becomes `div(a*grad(u)) − grad(a)·grad(u)`.
  /// Throws all mistakes at once.
  public init(_ problem: Problem) throws(NormalFormErrors) {
    var names = ProblemLowering(problem, keepsFluxes: true)
    let residuals = names.errors.isEmpty ? names.residuals() : []
    guard names.errors.isEmpty else { throw NormalFormErrors(names.errors) }
    var balances: [Balance] = []
    for residual in residuals {
      do throws(EquationError) {
        balances.append(try names.lowering.balance(residual, names: names.scalars.map(\.name)))
      } catch {
        names.errors.append(
          EquationError(.equation(residual.origin), error.message, hint: error.hint))
      }
    }
    guard names.errors.isEmpty else { throw NormalFormErrors(names.errors) }
    let order = Balance.pairing(balances, unknowns: names.scalars.count, dimension: names.domain.dimension)
    let dimension = names.domain.dimension
    let paired = order.enumerated().map { unknown, number in
      // Fluxes go down the gradient, so that symmetric problems have positive definite matrices.
      DiffusiveFlux(balances[number], unknown: unknown, dimension: dimension).sign == 1
        ? balances[number].negated : balances[number]
    }
    let boundary = names.fluxConditions(paired)
    let evolved = Set(paired.flatMap(\.mass.keys))
    if problem.domain.time == nil, let unknown = evolved.min() {
      let scalar = names.scalars[unknown]
      names.errors.append(
        EquationError(
          .unknown(scalar.origin), "'\(scalar.name)' has a time derivative, but the problem is steady",
          hint: "give the domain a time interval t"))
    }
    guard names.errors.isEmpty else { throw NormalFormErrors(names.errors) }
    var scalars = names.scalars
    for unknown in evolved { scalars[unknown].isEvolved = true }
    self.init(
      domain: problem.domain, unknowns: scalars,
      equations: paired.enumerated().map { $1.equation(for: $0, dimension: problem.domain.dimension) },
      boundary: boundary,
      remarks: problem.continuationPaths.isEmpty
        ? []
        : [
          "t goes from 1, where \(problem.continuedValues(at: 1)), to 0, where \(problem.continuedValues(at: 0))"
        ]
    )
  }
}

/// A balance on its way to the flux form: polynomials in jets.
struct Balance {
  /// By unknown.
  var mass: [Int: Polynomial] = [:]
  var fluxes: [Polynomial]
  var source = Polynomial()
  var origin: Int

  /// The same equation with the other sign.
  var negated: Balance {
    Balance(
      mass: mass.mapValues { $0.scaled(by: -1) }, fluxes: fluxes.map { $0.scaled(by: -1) },
      source: source.scaled(by: -1), origin: origin)
  }

  func equation(for unknown: Int, dimension: Int) -> FluxEquation {
    func plain(_ polynomial: Polynomial) -> Expression {
      polynomial.fluxExpression(dimension: dimension)
    }
    return FluxEquation(
      unknown: unknown, mass: mass.mapValues(plain), fluxes: fluxes.map(plain), source: plain(source),
      origin: origin)
  }
}

extension Polynomial {
  /// The polynomial with its jets as the inputs of a flux form.
  func fluxExpression(dimension: Int) -> Expression {
    plainExpression.replacingLeaves { leaf in
      guard case .input(let code) = leaf else { return nil }
      let jet = Jet(code: code, dimension: dimension)
      let axis = jet.derivative.orders.firstIndex { $0 > 0 }
      return .input(FluxForm.input(jet.unknown, axis: axis, dimension: dimension))
    }
  }
}

extension Lowering {
  /// Sorts the parts of a residual into masses, fluxes and source.
  mutating func balance(_ residual: Residual, names: [String]) throws(EquationError) -> Balance {
    let sum = try withoutFieldDerivatives(residual.sum)
    var balance = Balance(
      fluxes: Array(repeating: Polynomial(), count: dimension), origin: residual.origin)
    var pending = sum.parts.map { (index: $0.key, polynomial: $0.value) }
    while let (index, polynomial) = pending.popLast() {
      try spend(1 + polynomial.weight)
      if let axis = index.orders.firstIndex(where: { $0 > 0 }) {
        guard index.total == 1 else {
          // The outer of two derivatives stays; the inner one is carried out.
          var outer = index
          outer.orders[axis] -= 1
          pending.append((index: outer, polynomial: try totalDerivative(polynomial, along: axis)))
          continue
        }
        try checkOrder(polynomial, atMost: 1, names)
        balance.fluxes[axis].add(polynomial)
        continue
      }
      for (monomial, coefficient) in polynomial.coefficients {
        try sort(monomial, coefficient, into: &balance, names)
      }
    }
    return balance
  }

  /// A term under no derivative: a time derivative, a second derivative to be integrated by parts, or a source.
  private mutating func sort(
    _ monomial: Monomial, _ coefficient: Double, into balance: inout Balance, _ names: [String]
  ) throws(EquationError) {
    let jets = monomial.jets(dimension: dimension)
    if let jet = jets.first(where: { $0.timeOrder > 0 }) {
      let (rest, isLinear) = monomial.removing(jet)
      guard jet.derivative.total == 0 else { throw orderTooHigh(jet, names) }
      guard isLinear, jet.timeOrder == 1 else {
        let name = names[jet.unknown]
        throw EquationError(
          .problem, "the time derivative of '\(name)' must enter linearly and be of first order",
          hint: jet.timeOrder == 2 ? "make dt(\(name)) an unknown of its own" : nil)
      }
      var mass = Polynomial()
      mass.add(coefficient, rest)
      balance.mass[jet.unknown, default: Polynomial()].add(mass)
      return
    }
    guard let jet = jets.first(where: { $0.derivative.total > 1 }) else {
      balance.source.add(coefficient, monomial)
      return
    }
    let (rest, isLinear) = monomial.removing(jet)
    guard isLinear, jet.derivative.total == 2,
      rest.jets(dimension: dimension).allSatisfy({ $0.derivative.total == 0 })
    else {
      throw orderTooHigh(jet, names)
    }
    // c D_a D_b u = D_a (c D_b u) − (D_a c) D_b u
    let axis = jet.derivative.orders.lastIndex { $0 > 0 } ?? 0
    var lower = jet
    lower.derivative.orders[axis] -= 1
    let inner = Polynomial(leaf: lower.leaf)
    var factor = Polynomial()
    factor.add(coefficient, rest)
    balance.fluxes[axis].add(try product(factor, inner))
    let slope = try totalDerivative(factor, along: axis)
    guard !slope.coefficients.keys.contains(where: { $0.expression.containsFieldDerivative }) else {
      throw EquationError(
        .problem,
        "a coefficient field multiplies a second derivative of '\(names[jet.unknown])', and its own derivative "
          + "is not known", hint: "write div(a*grad(u)), or give the coefficient as a formula under 'define'")
    }
    balance.source.add(try product(slope, inner), scale: -1)
  }

  private func checkOrder(
    _ polynomial: Polynomial, atMost order: Int, _ names: [String]
  ) throws(EquationError) {
    for monomial in polynomial.coefficients.keys {
      for jet in monomial.jets(dimension: dimension) where jet.derivative.total > order || jet.timeOrder > 0 {
        throw orderTooHigh(jet, names)
      }
    }
  }

  private func orderTooHigh(_ jet: Jet, _ names: [String]) -> EquationError {
    let name = names[jet.unknown]
    guard jet.timeOrder == 0 else {
      return EquationError(.problem, "the time derivative of '\(name)' stands under a space derivative")
    }
    return EquationError(
      .problem,
      "a derivative of order \(jet.derivative.total) of '\(name)' cannot be integrated by parts once",
      hint: "make an inner derivative, such as lap(\(name)), an unknown with an equation of its own")
  }
}

extension Monomial {
  /// The monomial without a jet, and whether the jet was a factor to the power one and is nowhere else.
  func removing(_ jet: Jet) -> (rest: Monomial, isLinear: Bool) {
    guard let position = factors.firstIndex(where: { $0.base == jet.leaf }), factors[position].exponent == 1
    else { return (self, false) }
    var rest = self
    rest.factors.remove(at: position)
    return (rest, !rest.factors.contains { $0.base.contains { $0 == jet.leaf } })
  }
}
