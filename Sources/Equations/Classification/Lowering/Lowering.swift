/// Turns expressions into sums of outer derivatives of polynomials in jets, and calculates with those.
///
/// Products are multiplied out as long as that stays small. Errors have the subject `.problem`, which the
/// caller replaces by what is being lowered.
struct Lowering {
  let axes: [String]
  /// Names of coefficient fields, whose derivatives are not known on paper.
  let fields: Set<String>
  /// Whether the outermost derivative of a function of unknowns stays outside, for what is integrated by parts.
  let keepsFluxes: Bool
  /// What names stand for: coordinates, parameters, fields, unknowns, definitions.
  var environment: [String: Tensor] = [:]
  /// Elementary steps taken so far; hostile input runs into the limit.
  private var work = 0

  static let maximumWork = 2_000_000
  private static let maximumTerms = 2000
  private static let maximumDepth = 200
  private static let maximumNodes = 2000

  init(axes: [String], fields: Set<String>, keepsFluxes: Bool = false) {
    self.axes = axes
    self.fields = fields
    self.keepsFluxes = keepsFluxes
    for name in axes + ["t"] + fields { environment[name] = Tensor(scalar(Polynomial(leaf: .symbol(name)))) }
  }

  var dimension: Int { axes.count }

  func scalar(_ polynomial: Polynomial) -> DifferentialSum {
    DifferentialSum(polynomial, dimension: dimension)
  }
  func number(_ value: Double) -> DifferentialSum { scalar(Polynomial(value)) }

  mutating func spend(_ amount: Int) throws(EquationError) {
    work += amount
    guard work <= Self.maximumWork else {
      throw EquationError(.problem, "the expression grows too large when it is multiplied out")
    }
  }

  // MARK: Polynomials

  mutating func product(_ left: Polynomial, _ right: Polynomial) throws(EquationError) -> Polynomial {
    guard left.coefficients.count * right.coefficients.count <= Self.maximumTerms else {
      return try product(try asOneFactor(left), try asOneFactor(right))
    }
    try spend(1 + left.weight * right.coefficients.count + right.weight * left.coefficients.count)
    var result = Polynomial()
    for (first, firstCoefficient) in left.coefficients {
      for (second, secondCoefficient) in right.coefficients {
        let monomial = first.multiplied(by: second)
        let coefficient = firstCoefficient * secondCoefficient
        if monomial.factors.contains(where: Self.isReducible) {
          result.add(try reduced(monomial), scale: coefficient)
        } else {
          result.add(coefficient, monomial)
        }
      }
    }
    return result
  }

  /// A sum that is too large to be multiplied out, as a single factor.
  private mutating func asOneFactor(_ polynomial: Polynomial) throws(EquationError) -> Polynomial {
    guard polynomial.coefficients.count > 1 else { return polynomial }
    try spend(polynomial.weight)
    return Polynomial(leaf: try bounded(polynomial.plainExpression))
  }

  /// Whether a power of a root or of an absolute value can be written without it.
  private static func isReducible(_ factor: PolynomialFactor) -> Bool {
    guard factor.exponent.magnitude >= 2 else { return false }
    switch factor.base {
    case .call(.sqrt, _), .call(.abs, _), .power(_, .number): return true
    default: return false
    }
  }

  private mutating func reduced(_ monomial: Monomial) throws(EquationError) -> Polynomial {
    var result = Polynomial(1)
    for factor in monomial.factors {
      var value = Polynomial()
      let exponent = factor.exponent
      switch factor.base {
      case .call(.sqrt, let arguments) where exponent.magnitude >= 2:
        value = try power(try polynomial(of: arguments[0]), Double(exponent / 2))
        if exponent % 2 != 0 {
          value = try product(
            value,
            Polynomial(Monomial(factors: [PolynomialFactor(base: factor.base, exponent: exponent % 2)])))
        }
      case .call(.abs, let arguments) where exponent.magnitude >= 2:
        value = try power(try polynomial(of: arguments[0]), Double(exponent / 2 * 2))
        if exponent % 2 != 0 {
          value = try product(
            value,
            Polynomial(Monomial(factors: [PolynomialFactor(base: factor.base, exponent: exponent % 2)])))
        }
      case .power(let base, .number(let inner)) where exponent.magnitude >= 2:
        value = try power(try polynomial(of: base), inner * Double(exponent))
      default: value = Polynomial(Monomial(factors: [factor]))
      }
      result = try product(result, value)
    }
    return result
  }

  mutating func power(_ base: Polynomial, _ exponent: Double) throws(EquationError) -> Polynomial {
    if let number = base.number {
      let value = realPower(number, exponent)
      guard value.isFinite else {
        throw EquationError(
          .problem, "\(Expression.power(.number(number), .number(exponent))) is not a finite number")
      }
      return Polynomial(value)
    }
    guard exponent == exponent.rounded(), exponent.magnitude <= 1000 else {
      return Polynomial(leaf: try bounded(.power(base.plainExpression, .number(exponent))))
    }
    let whole = Int(exponent)
    if base.coefficients.count == 1, let (monomial, coefficient) = base.coefficients.first {
      let factors = monomial.factors.map { PolynomialFactor(base: $0.base, exponent: $0.exponent * whole) }
      let raised = Monomial(factors: whole == 0 ? [] : factors)
      let scale = realPower(coefficient, exponent)
      guard scale.isFinite else { throw EquationError(.problem, "a coefficient is not a finite number") }
      if raised.factors.contains(where: Self.isReducible), raised != monomial {
        return try reduced(raised).scaled(by: scale)
      }
      return Polynomial(raised).scaled(by: scale)
    }
    if whole >= 0, Self.termCount(base.coefficients.count, whole) <= Double(Self.maximumTerms) / 4 {
      var result = Polynomial(1)
      for _ in 0..<whole { result = try product(result, base) }
      return result
    }
    // A constant factor is taken out, so that equal factors look equal.
    let (scale, sum) = try bounded(base.expression).splitCoefficient
    let factor = Monomial(factors: [PolynomialFactor(base: sum, exponent: whole)])
    let coefficient = realPower(scale, exponent)
    guard coefficient.isFinite else { throw EquationError(.problem, "a coefficient is not a finite number") }
    return Polynomial(factor).scaled(by: coefficient)
  }

  /// The number of monomials of degree `power` in `terms` variables.
  private static func termCount(_ terms: Int, _ power: Int) -> Double {
    (0..<power).reduce(1.0) { $0 * Double(terms + $1) / Double($1 + 1) }
  }

  /// A function of polynomials as a new factor, or its value where all arguments are numbers.
  mutating func call(_ function: Function, _ arguments: [Polynomial]) throws(EquationError) -> Polynomial {
    let numbers = arguments.compactMap(\.number)
    if numbers.count == arguments.count {
      let value = function.value(numbers)
      guard value.isFinite else {
        let text = Expression.call(function, numbers.map { .number($0) }).description
        throw EquationError(.problem, "\(text) is not a finite number")
      }
      return Polynomial(value)
    }
    return Polynomial(leaf: try bounded(.call(function, arguments.map(\.plainExpression))))
  }

  /// The expression, if it is small enough to become a factor that is handled as a whole.
  mutating func bounded(_ expression: Expression) throws(EquationError) -> Expression {
    let nodes = expression.nodeCount
    try spend(nodes)
    guard nodes <= Self.maximumNodes else {
      throw EquationError(.problem, "the expression grows too large once definitions are inserted")
    }
    guard expression.depth <= Self.maximumDepth else {
      throw EquationError(.problem, "the expression is nested too deeply once definitions are inserted")
    }
    return expression
  }

  /// The canonical polynomial of an expression of pointwise operations.
  mutating func polynomial(of expression: Expression) throws(EquationError) -> Polynomial {
    try spend(1)
    switch expression {
    case .number(let value): return Polynomial(value)
    case .symbol, .input, .derivative: return Polynomial(leaf: expression)
    case .sum(let terms):
      var result = Polynomial()
      for term in terms {
        let part = try polynomial(of: term)
        try spend(part.weight)
        result.add(part)
      }
      return result
    case .product(let factors):
      var result = Polynomial(1)
      for factor in factors { result = try product(result, try polynomial(of: factor)) }
      return result
    case .power(let base, .number(let exponent)): return try power(try polynomial(of: base), exponent)
    case .power(let base, let exponent):
      let (base, exponent) = (try polynomial(of: base), try polynomial(of: exponent))
      return Polynomial(leaf: try bounded(.power(base.plainExpression, exponent.plainExpression)))
    case .call(let function, let arguments):
      var polynomials: [Polynomial] = []
      for argument in arguments { polynomials.append(try polynomial(of: argument)) }
      return try call(function, polynomials)
    case .comparison, .conditional:
      var parts: [Expression] = []
      for part in expression.children {
        if case .comparison(let comparison, let left, let right) = part {
          parts.append(
            .comparison(
              comparison, try polynomial(of: left).plainExpression, try polynomial(of: right).plainExpression)
          )
        } else {
          parts.append(try polynomial(of: part).plainExpression)
        }
      }
      return Polynomial(leaf: try bounded(expression.withChildren(parts)))
    case .imaginaryUnit, .vector, .vectorOperator:
      throw EquationError(.problem, "'\(expression)' is not a real number")
    }
  }
}

extension Polynomial {
  init(_ monomial: Monomial) { coefficients[monomial] = 1 }

  /// What comparing and hashing all monomials costs: the nodes of their factors.
  var weight: Int {
    coefficients.keys.reduce(1) { $0 + $1.factors.reduce(1) { $0 + $1.base.nodeCount } }
  }
}
