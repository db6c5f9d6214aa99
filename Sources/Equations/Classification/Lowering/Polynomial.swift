/// A factor of a monomial: any expression that is not a number, sum or product, to a whole power.
struct PolynomialFactor: Hashable {
  var base: Expression
  var exponent: Int
}

/// A product of factors in canonical order; the empty one is 1.
struct Monomial: Hashable {
  var factors: [PolynomialFactor] = []

  static let one = Monomial()

  /// The product, with like factors collected.
  func multiplied(by other: Monomial) -> Monomial {
    if factors.isEmpty { return other }
    if other.factors.isEmpty { return self }
    var result: [PolynomialFactor] = []
    result.reserveCapacity(factors.count + other.factors.count)
    var (first, second) = (factors[...], other.factors[...])
    while let left = first.first, let right = second.first {
      if left.base == right.base {
        let exponent = left.exponent + right.exponent
        if exponent != 0 { result.append(PolynomialFactor(base: left.base, exponent: exponent)) }
        first.removeFirst()
        second.removeFirst()
      } else if left.base < right.base {
        result.append(left)
        first.removeFirst()
      } else {
        result.append(right)
        second.removeFirst()
      }
    }
    return Monomial(factors: result + first + second)
  }

  /// The unknown's derivative that the monomial is, if it is one alone.
  var jetCode: Int? {
    guard factors.count == 1, factors[0].exponent == 1, case .input(let code) = factors[0].base else {
      return nil
    }
    return code
  }

  var expression: Expression {
    .flatProduct(
      factors.map { $0.exponent == 1 ? $0.base : .power($0.base, .number(Double($0.exponent))) })
  }

  /// Fewer and smaller factors first.
  static func precedes(_ left: Monomial, _ right: Monomial) -> Bool {
    for (first, second) in zip(left.factors, right.factors) {
      if first.base != second.base { return first.base < second.base }
      if first.exponent != second.exponent { return first.exponent < second.exponent }
    }
    return left.factors.count < right.factors.count
  }
}

/// A sum of monomials with real coefficients: the canonical form of a function evaluated point by point.
struct Polynomial: Hashable {
  var coefficients: [Monomial: Double] = [:]

  init() {}
  init(_ number: Double) { if number != 0 { coefficients[.one] = number } }
  init(leaf: Expression) { coefficients[Monomial(factors: [PolynomialFactor(base: leaf, exponent: 1)])] = 1 }

  var isZero: Bool { coefficients.isEmpty }

  /// The number that the polynomial is, if it is one.
  var number: Double? {
    if coefficients.isEmpty { return 0 }
    return coefficients.count == 1 ? coefficients[.one] : nil
  }

  mutating func add(_ coefficient: Double, _ monomial: Monomial) {
    guard coefficient != 0 else { return }
    guard let old = coefficients[monomial] else { return coefficients[monomial] = coefficient }
    let sum = old + coefficient
    // What cancels on paper must vanish here, although 0.1 + 0.2 − 0.3 does not in binary.
    let isCancelled = sum.magnitude <= 1e-14 * max(old.magnitude, coefficient.magnitude)
    coefficients[monomial] = isCancelled ? nil : sum
  }

  mutating func add(_ other: Polynomial, scale: Double = 1) {
    if coefficients.isEmpty, scale == 1 { return coefficients = other.coefficients }
    for (monomial, coefficient) in other.coefficients { add(coefficient * scale, monomial) }
  }

  func scaled(by scale: Double) -> Polynomial {
    var result = Polynomial()
    if scale != 0 { result.coefficients = coefficients.mapValues { $0 * scale } }
    return result
  }

  /// Monomials in canonical order, with their coefficients.
  var ordered: [(monomial: Monomial, coefficient: Double)] {
    coefficients.map { (monomial: $0.key, coefficient: $0.value) }
      .sorted { Monomial.precedes($0.monomial, $1.monomial) }
  }

  /// The polynomial as an expression: a number times a sum whose first coefficient is 1.
  ///
  /// Two polynomials that differ by a constant factor thus differ only in that leading number.
  var expression: Expression {
    let terms = ordered
    guard let first = terms.first else { return .zero }
    let scale = first.coefficient
    let sum = Expression.flatSum(
      terms.map { term in
        let ratio = term.coefficient / scale
        return ratio == 1
          ? term.monomial.expression : .flatProduct([.number(ratio), term.monomial.expression])
      })
    if scale == 1 { return sum }
    if case .sum = sum { return .product([.number(scale), sum]) }
    return .flatProduct([.number(scale), sum])
  }

  /// The polynomial as an expression with its coefficients in place, for arguments of functions.
  var plainExpression: Expression {
    .flatSum(
      ordered.map { term in
        term.monomial == .one
          ? .number(term.coefficient) : .flatProduct([.number(term.coefficient), term.monomial.expression])
      })
  }
}
