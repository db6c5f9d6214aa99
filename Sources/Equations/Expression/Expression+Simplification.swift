extension Expression {
  /// An equal expression in canonical form.
  ///
  /// Numbers are folded, like terms and like factors collected, operands of sums and products put in canonical
  /// order. Products are not multiplied out.
  /// Two expressions that differ only by the order and grouping of sums and products have the same form.
  public func simplified() -> Expression {
    let parts = children.map { $0.simplified() }
    switch self {
    case .number, .imaginaryUnit, .symbol, .input: return self
    case .sum: return Self.collectedSum(parts)
    case .product: return Self.collectedProduct(parts)
    case .power: return Self.collectedPower(parts[0], parts[1])
    case .call(let function, _):
      let numbers = parts.compactMap(\.numberValue)
      guard numbers.count == parts.count, parts.count == function.arity else { break }
      let value = function.value(numbers)
      if value.isFinite { return .number(value) }
    case .derivative(_, let axis, let order):
      if parts[0].numberValue != nil { return .zero }
      if case .derivative(let inner, axis, let innerOrder) = parts[0] {
        return .derivative(inner, axis: axis, order: order + innerOrder)
      }
    case .vectorOperator(.lap, _), .vectorOperator(.grad, _):
      if parts[0].numberValue != nil { return .zero }
    case .conditional:
      if case .comparison(let comparison, .number(let left), .number(let right)) = parts[0] {
        return comparison.holds(left, right) ? parts[1] : parts[2]
      }
    default: break
    }
    return withChildren(parts)
  }

  /// The number that the expression is, if it is one.
  var numberValue: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  /// The numerical coefficient and the rest of a term in canonical form.
  var splitCoefficient: (coefficient: Double, rest: Expression) {
    switch self {
    case .number(let value): return (value, .one)
    case .product(let factors):
      guard case .number(let value)? = factors.first else { return (1, self) }
      return (value, Self.flatProduct(Array(factors.dropFirst())))
    default: return (1, self)
    }
  }

  private static func collectedSum(_ parts: [Expression]) -> Expression {
    var coefficients: [Expression: Double] = [:]
    func add(_ part: Expression) {
      if case .sum(let terms) = part { return terms.forEach(add) }
      let (coefficient, rest) = part.splitCoefficient
      coefficients[rest, default: 0] += coefficient
    }
    parts.forEach(add)
    let terms = coefficients.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    return flatSum(
      terms.map { term in
        term.key == .one
          ? .number(term.value) : term.value == 1 ? term.key : flatProduct([.number(term.value), term.key])
      })
  }

  private static func collectedProduct(_ parts: [Expression]) -> Expression {
    var coefficient = 1.0
    var exponents: [Expression: [Expression]] = [:]
    func multiply(_ part: Expression) {
      switch part {
      case .product(let factors): factors.forEach(multiply)
      case .number(let value): coefficient *= value
      case .power(let base, let exponent): exponents[base, default: []].append(exponent)
      default: exponents[part, default: []].append(.one)
      }
    }
    parts.forEach(multiply)
    guard coefficient != 0 else { return .zero }
    var factors: [Expression] = []
    for (base, powers) in exponents {
      let exponent = powers.count == 1 ? powers[0] : collectedSum(powers)
      var base = base
      // −(b − a) and a − b are the same factor: its first term is made positive.
      if case .sum(let terms) = base, let first = terms.first, first.splitCoefficient.coefficient < 0,
        case .number(let power) = exponent, power == power.rounded(), power.magnitude < 1e15
      {
        base = .sum(terms.map { -$0 })
        if Int(power) % 2 != 0 { coefficient = -coefficient }
      }
      let factor = collectedPower(base, exponent)
      let (number, rest) = factor.splitCoefficient
      coefficient *= number
      if rest != .one { factors.append(rest) }
    }
    return flatProduct([.number(coefficient)] + factors.sorted())
  }

  private static func collectedPower(_ base: Expression, _ exponent: Expression) -> Expression {
    if exponent == .one { return base }
    if exponent == .zero { return .one }
    if case .number(let left) = base, case .number(let right) = exponent {
      let value = realPower(left, right)
      if value.isFinite { return .number(value) }
    }
    if case .number(let outer) = exponent, outer == outer.rounded() {
      switch (base, outer) {
      case (.power(let inner, .number(let innerExponent)), _):
        return collectedPower(inner, .number(innerExponent * outer))
      case (.imaginaryUnit, _) where outer.magnitude < 1e15:
        let remainder = ((Int(outer) % 4) + 4) % 4
        return [.one, .imaginaryUnit, .number(-1), .product([.number(-1), .imaginaryUnit])][remainder]
      case (.product(let factors), _):
        return collectedProduct(factors.map { collectedPower($0, exponent) })
      default: break
      }
    }
    return .power(base, exponent)
  }
}
