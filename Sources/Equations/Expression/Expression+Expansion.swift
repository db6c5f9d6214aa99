extension Expression {
  /// The expression with products of sums, and whole positive powers of sums, multiplied out, in canonical form.
  ///
  /// What would have more than a thousand terms is left as it is. Operands of functions and derivatives are
  /// expanded too; derivatives of sums become sums of derivatives.
  public func expanded() -> Expression {
    let parts = children.map { $0.expanded() }
    switch self {
    case .product:
      return (Self.multipliedOut(parts.map(\.terms)) ?? .flatProduct(parts)).simplified()
    case .power(_, .number(let exponent)) where exponent == exponent.rounded() && (2...64).contains(exponent):
      let terms = parts[0].terms
      guard terms.count > 1 else { break }
      let factors = Array(repeating: terms, count: Int(exponent))
      return (Self.multipliedOut(factors) ?? withChildren(parts)).simplified()
    case .derivative(_, let axis, let order):
      let terms = parts[0].terms.map { term in
        let (coefficient, rest) = term.splitCoefficient
        return .number(coefficient) * Expression.derivative(rest, axis: axis, order: order)
      }
      return Expression.flatSum(terms).simplified()
    default: break
    }
    return withChildren(parts).simplified()
  }

  /// The terms of a sum; any other expression is its own only term.
  var terms: [Expression] {
    if case .sum(let terms) = self { return terms }
    return [self]
  }

  private static func multipliedOut(_ factors: [[Expression]]) -> Expression? {
    var result: [Expression] = [.one]
    for terms in factors {
      guard result.count * terms.count <= 1000 else { return nil }
      let products = result.flatMap { left in terms.map { left * $0 } }
      result = Expression.flatSum(products).simplified().terms
    }
    return flatSum(result)
  }
}
