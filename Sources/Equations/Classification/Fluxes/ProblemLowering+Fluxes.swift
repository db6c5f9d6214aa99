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
    var expression = condition.value
    if condition.kind == .robin {
      for unknown in targets.map({ scalars[$0].name }) + [condition.unknown] {
        let symbol = Self.normalDerivative(unknown)
        lowering.environment[symbol] = Tensor(lowering.scalar(Polynomial(leaf: .symbol(symbol))))
        expression = expression.replacingNormalDerivative(of: unknown, by: .symbol(symbol))
      }
    }
    let tensor = try lowering.tensor(expression)
    var sums: [DifferentialSum]
    if targets.count == 1 {
      sums = [try lowering.scalar(tensor, "the boundary value of '\(condition.unknown)'").re]
    } else if scalars[targets[0]].part == .real {
      let value = try lowering.scalar(tensor, "the boundary value of '\(condition.unknown)'")
      sums = [value.re, value.im]
    } else if tensor.rank == 1 {
      sums = tensor.components.map(\.re)
    } else if tensor.isZero {
      sums = targets.map { _ in DifferentialSum() }
    } else {
      throw EquationError(
        .problem, "the boundary value of the vector '\(condition.unknown)' must be a vector or 0")
    }
    var values: [Polynomial] = []
    for sum in sums { values.append(try lowering.pointwise(sum)) }
    return values
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
    let diffusion = DiffusiveFlux(balance, unknown: unknown, dimension: dimension)
    guard let sign = diffusion.sign else {
      throw EquationError(
        .problem, "the equation of '\(scalars[unknown].name)' has no flux that its normal derivative could set")
    }
    let vector = diffusion.rest.map(plain)
    if condition.kind == .neumann {
      let factor = diffusion.coefficient?.number ?? sign
      return .natural(scalar: plain(value.scaled(by: factor)), vector: vector)
    }
    return .natural(
      scalar: try robinFlux(value, unknown, diffusion, plain), vector: vector)
  }

  /// The diffusive flux that the relation `c dn(u) + r = 0` leaves: `−K r / c`.
  private mutating func robinFlux(
    _ relation: Polynomial, _ unknown: Int, _ diffusion: DiffusiveFlux, _ plain: (Polynomial) -> Expression
  ) throws(EquationError) -> Expression {
    let name = scalars[unknown].name
    let symbols = [name, scalars[unknown].origin].map { Expression.symbol(Self.normalDerivative($0)) }
    var (factor, rest) = (Polynomial(), Polynomial())
    for (monomial, coefficient) in relation.coefficients {
      guard let position = monomial.factors.firstIndex(where: { symbols.contains($0.base) }) else {
        rest.add(coefficient, monomial)
        continue
      }
      var others = monomial
      let exponent = others.factors.remove(at: position).exponent
      guard exponent == 1, !others.factors.contains(where: { $0.base.contains { symbols.contains($0) } }) else {
        throw EquationError(.problem, "a Robin condition must be linear in dn(\(name))")
      }
      factor.add(coefficient, others)
    }
    guard !factor.isZero else {
      throw EquationError(
        .problem, "a Robin condition must contain dn(\(name))", hint: "without it, it is a Dirichlet condition")
    }
    guard let coefficient = diffusion.coefficient else {
      throw EquationError(
        .problem, "a Robin condition needs one diffusion coefficient for all directions",
        hint: "give the flux as a neumann condition")
    }
    if let ratio = coefficient.ratio(to: factor) { return plain(rest.scaled(by: -ratio)) }
    return (plain(coefficient) * .number(-1) * plain(rest) * .power(plain(factor), .number(-1))).simplified()
  }
}

/// The part of a flux that derivatives of unknowns make, and the rest of it.
struct DiffusiveFlux {
  /// K where the diffusive part is `K grad(u)` with the same K in all directions.
  private(set) var coefficient: Polynomial?
  /// The sign of the coefficient of the unknown's own derivative; `nil` where there is none.
  private(set) var sign: Double?
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
    var coefficients: [Polynomial] = []
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
      }
      if sign == nil, let leading = own.ordered.first { sign = leading.coefficient < 0 ? -1 : 1 }
      if isAlone { coefficients.append(own) }
    }
    if coefficients.count == dimension, let first = coefficients.first, coefficients.allSatisfy({ $0 == first }) {
      coefficient = first
    }
  }
}

extension Polynomial {
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

  /// The expression with `dn(unknown)` replaced.
  fileprivate func replacingNormalDerivative(of unknown: String, by symbol: Expression) -> Expression {
    if case .derivative(.symbol(unknown), axis: ExpressionParser.normal, order: 1) = self { return symbol }
    let parts = children
    return parts.isEmpty ? self : withChildren(parts.map { $0.replacingNormalDerivative(of: unknown, by: symbol) })
  }
}
