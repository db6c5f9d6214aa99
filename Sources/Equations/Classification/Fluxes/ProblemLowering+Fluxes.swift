import Geometry

extension ProblemLowering {
  /// The symbol of an unknown's normal derivative while a Robin condition is lowered.
  private static func normalDerivative(_ unknown: String) -> String { "dn(\(unknown))" }

  /// The boundary conditions in components; mistakes are collected.
  mutating func fluxConditions(_ balances: [Balance]) -> [FluxBoundary] {
    var conditions: [FluxBoundary] = []
    for (index, condition) in problem.boundary.enumerated() {
      let name = condition.unknown
      let targets = scalars.indices.filter { scalars[$0].origin == name || scalars[$0].name == name }
      guard !targets.isEmpty else {
        let names = Set(scalars.flatMap { [$0.origin, $0.name] }).sorted()
        errors.append(
          EquationError(
            .boundary(index), "'\(name)' is not an unknown and can have no boundary condition",
            hint: nearestName(to: name, in: names).map { "did you mean '\($0)'?" }))
        continue
      }
      do throws(EquationError) {
        let values = try values(of: condition, targets)
        for (unknown, value) in zip(targets, values) {
          if conditions.contains(where: { $0.unknown == unknown && $0.place == condition.place }) {
            throw EquationError(
              .problem, "'\(scalars[unknown].name)' has two conditions \(domain.text(of: condition.place))")
          }
          conditions.append(
            FluxBoundary(
              place: condition.place, unknown: unknown,
              kind: try kind(condition, unknown, value, balances[unknown]), condition: index))
        }
      } catch {
        errors.append(EquationError(.boundary(index), error.message, hint: error.hint))
      }
    }
    return conditions
  }

  /// The value of a condition for each of its scalar unknowns.
  private mutating func values(
    of condition: BoundaryCondition, _ targets: [Int]
  ) throws(EquationError) -> [Polynomial] {
    let expression = condition.kind == .robin ? try relation(condition) : condition.value
    var values = try pointwiseValues(
      try lowering.tensor(expression), of: condition.unknown, targets)
    // i*dn(h) + … gives the relation of one part as the other component.
    if values.count == 2, scalars[targets[0]].part == .real, condition.kind == .robin,
      !values[0].mentions(Self.normalDerivative(scalars[targets[0]].name)),
      !values[1].mentions(Self.normalDerivative(scalars[targets[1]].name))
    {
      values.swapAt(0, 1)
    }
    return values
  }

  /// A Robin relation with symbols in the place of the normal derivatives of its unknown.
  private mutating func relation(_ condition: BoundaryCondition) throws(EquationError) -> Expression {
    let own = scalars.filter { $0.origin == condition.unknown || $0.name == condition.unknown }
    var expression = condition.value
    var parts: [DifferentialSum] = []
    for scalar in own {
      let symbol = Self.normalDerivative(scalar.name)
      parts.append(lowering.scalar(Polynomial(leaf: .symbol(symbol))))
      lowering.environment[symbol] = Tensor(parts[parts.count - 1])
    }
    if own.count > 1 {
      let isComplex = own[0].part == .real
      lowering.environment[Self.normalDerivative(condition.unknown)] =
        isComplex
        ? Tensor(ComplexSum(re: parts[0], im: parts[1]))
        : Tensor(rank: 1, components: parts.map { ComplexSum(re: $0) })
    }
    for name in Set(own.map(\.name) + [condition.unknown]) {
      expression = expression.replacingNormalDerivative(of: name, by: .symbol(Self.normalDerivative(name)))
    }
    if let other = expression.otherNormalDerivative {
      throw EquationError(
        .problem, "the Robin condition of '\(condition.unknown)' contains dn(\(other))",
        hint: "a Robin condition is about the normal derivative of one unknown")
    }
    return expression
  }

  private mutating func kind(
    _ condition: BoundaryCondition, _ unknown: Int, _ value: Polynomial, _ balance: Balance
  ) throws(EquationError) -> FluxBoundary.Kind {
    let dimension = domain.dimension
    func plain(_ polynomial: Polynomial) -> Expression { polynomial.fluxExpression(dimension: dimension) }
    guard condition.kind != .dirichlet else {
      guard value.coefficients.keys.allSatisfy({ $0.jets(dimension: dimension).isEmpty }) else {
        throw EquationError(
          .problem, "the boundary value of '\(condition.unknown)' may only depend on coordinates and time")
      }
      return .essential(plain(value))
    }
    for jet in value.coefficients.keys.flatMap({ $0.jets(dimension: dimension) })
    where jet.derivative.total > 0 || jet.timeOrder > 0 {
      throw EquationError(
        .problem,
        "a boundary condition of '\(condition.unknown)' has a derivative of '\(scalars[jet.unknown].name)'",
        hint: "conditions may contain values of unknowns, and in Robin conditions dn(\(condition.unknown))")
    }
    let diffusion = DiffusiveFlux(balance, unknown: unknown, dimension: dimension)
    if diffusion.sign == nil, condition.kind == .neumann, value.isZero,
      diffusion.rest.contains(where: { !$0.isZero })
    {
      // Pure convection flows out.
      return .natural(scalar: .zero, vector: diffusion.rest.map(plain))
    }
    guard let sign = diffusion.sign else {
      throw EquationError(
        .problem,
        "the equation of '\(scalars[unknown].name)' has no flux that its normal derivative could set")
    }
    let vector = diffusion.rest.map(plain)
    let coefficient = diffusion.coefficient(at: condition.place)
    if condition.kind == .neumann {
      // The normal derivative where the coefficient is the same everywhere, as for spectral methods; else the flux.
      let factor = coefficient.flatMap { $0.isUniform ? plain($0) : nil } ?? .number(sign)
      return .natural(scalar: (factor * plain(value)).simplified(), vector: vector)
    }
    return .natural(scalar: try robinFlux(value, unknown, coefficient, plain), vector: vector)
  }

  /// The diffusive flux that the relation `c dn(u) + r = 0` leaves: `−K r / c`.
  private mutating func robinFlux(
    _ relation: Polynomial, _ unknown: Int, _ coefficient: Polynomial?, _ plain: (Polynomial) -> Expression
  ) throws(EquationError) -> Expression {
    let name = scalars[unknown].name
    let symbol = Self.normalDerivative(name)
    var (factor, rest) = (Polynomial(), Polynomial())
    for (monomial, coefficient) in relation.coefficients {
      guard let position = monomial.factors.firstIndex(where: { $0.base == .symbol(symbol) }) else {
        rest.add(coefficient, monomial)
        continue
      }
      var others = monomial
      guard others.factors.remove(at: position).exponent == 1 else { throw notLinear(name) }
      factor.add(coefficient, others)
    }
    let parts = scalars.filter { $0.origin == scalars[unknown].origin }.map { Self.normalDerivative($0.name) }
    guard !parts.contains(where: { factor.mentions($0) || rest.mentions($0) }) else { throw notLinear(name) }
    guard !factor.isZero else {
      throw EquationError(
        .problem, "a Robin condition must contain dn(\(name))",
        hint: "without it, it is a Dirichlet condition")
    }
    guard let coefficient else {
      throw EquationError(
        .problem, "a Robin condition needs one diffusion coefficient for all directions",
        hint: "give the flux as a neumann condition")
    }
    if let ratio = coefficient.ratio(to: factor) { return plain(rest.scaled(by: -ratio)) }
    return (plain(coefficient) * .number(-1) * plain(rest) * .power(plain(factor), .number(-1))).simplified()
  }
}

private func notLinear(_ name: String) -> EquationError {
  EquationError(
    .problem, "a Robin condition must be linear in dn(\(name)) alone",
    hint: "bring it to the form a*dn(\(name)) + b = 0")
}

/// The part of a flux that derivatives of unknowns make, and the rest of it.
struct DiffusiveFlux {
  /// For every axis, K where the diffusive part along it is `K` times the derivative along it.
  private var along: [Polynomial?] = []
  /// The sign of the coefficient of the unknown's own derivative; `nil` where there is none.
  private(set) var sign: Double?
  /// The part along every axis that derivatives make.
  let diffusive: [Polynomial]
  /// What no derivative takes part in, such as convection.
  let rest: [Polynomial]

  init(_ balance: Balance, unknown: Int, dimension: Int) {
    var parts: [Polynomial] = []
    var rest: [Polynomial] = []
    for flux in balance.fluxes {
      var (diffusive, other) = (Polynomial(), Polynomial())
      for (monomial, coefficient) in flux.coefficients {
        if monomial.jets(dimension: dimension).contains(where: { $0.derivative.total > 0 }) {
          diffusive.add(coefficient, monomial)
        } else {
          other.add(coefficient, monomial)
        }
      }
      parts.append(diffusive)
      rest.append(other)
    }
    self.rest = rest
    diffusive = parts
    for (axis, part) in parts.enumerated() {
      var order = MultiIndex.zero(dimension)
      order.orders[axis] = 1
      let jet = Jet(unknown: unknown, derivative: order)
      var own = Polynomial()
      var isAlone = true
      for (monomial, coefficient) in part.ordered {
        let (others, isLinear) = monomial.removing(jet)
        let hasOther = others.jets(dimension: dimension).contains { $0.derivative.total > 0 }
        if isLinear, !hasOther { own.add(coefficient, others) } else { isAlone = false }
        // Also of fluxes such as grad(u)/sqrt(1 + dot(grad(u), grad(u))).
        if sign == nil, monomial.factors.contains(where: { $0.base == jet.leaf }) {
          sign = coefficient < 0 ? -1 : 1
        }
      }
      along.append(isAlone ? own : nil)
    }
  }

  /// K where the diffusive flux through a place is `K dn(u)`: across an axis that of this axis, elsewhere the one that all
  /// directions have.
  func coefficient(at place: BoundaryPlace) -> Polynomial? {
    if case .face(let face) = place { return along[face.axis] }
    return along.dropFirst().allSatisfy { $0 == along[0] } ? along[0] : nil
  }
}

extension Polynomial {
  /// Whether it is the same everywhere, whatever the unknowns.
  fileprivate var isUniform: Bool { isUniform(inParameters: []) }

  /// The same where parameters are not substituted.
  func isUniform(inParameters parameters: Set<String>) -> Bool {
    let uniform = parameters.union(["t"])
    return coefficients.keys.allSatisfy { monomial in
      monomial.factors.allSatisfy { $0.base.inputs.isEmpty && $0.base.freeSymbols.isSubset(of: uniform) }
    }
  }

  /// Whether a symbol occurs.
  fileprivate func mentions(_ name: String) -> Bool {
    coefficients.keys.contains { $0.factors.contains { $0.base.contains { $0 == .symbol(name) } } }
  }

  /// The number that makes the other polynomial this one, if there is one.
  func ratio(to other: Polynomial) -> Double? {
    guard coefficients.count == other.coefficients.count, let first = ordered.first,
      let divisor = other.coefficients[first.monomial]
    else { return nil }
    let ratio = first.coefficient / divisor
    for (monomial, coefficient) in coefficients {
      guard let counterpart = other.coefficients[monomial],
        abs(counterpart * ratio - coefficient) <= 1e-14 * abs(coefficient)
      else { return nil }
    }
    return ratio
  }
}

extension Expression {
  /// Whether `dn(unknown)` occurs.
  public func hasNormalDerivative(of unknown: String) -> Bool {
    contains { $0 == .derivative(.symbol(unknown), axis: ExpressionParser.normal, order: 1) }
  }

  /// What a normal derivative that occurs is of.
  fileprivate var otherNormalDerivative: String? {
    var found: String?
    _ = contains {
      guard case .derivative(let operand, axis: ExpressionParser.normal, _) = $0 else { return false }
      found = "\(operand)"
      return true
    }
    return found
  }

  /// The expression with `dn(unknown)` replaced.
  fileprivate func replacingNormalDerivative(of unknown: String, by symbol: Expression) -> Expression {
    if case .derivative(.symbol(unknown), axis: ExpressionParser.normal, order: 1) = self { return symbol }
    let parts = children
    return parts.isEmpty
      ? self : withChildren(parts.map { $0.replacingNormalDerivative(of: unknown, by: symbol) })
  }
}
