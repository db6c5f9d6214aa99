extension Expression {
  /// Zero.
  public static let zero = Expression.number(0)
  /// One.
  public static let one = Expression.number(1)

  /// `−operand`; numbers and numerical coefficients are negated in place.
  public static prefix func - (operand: Expression) -> Expression {
    switch operand {
    case .number(let value): return .number(value == 0 ? 0 : -value)
    case .product(let factors):
      guard case .number(let value)? = factors.first else { return .product([.number(-1)] + factors) }
      return value == -1 && factors.count > 1
        ? flatProduct(Array(factors.dropFirst())) : .product([.number(-value)] + factors.dropFirst())
    default: return .product([.number(-1), operand])
    }
  }

  /// The sum, with no more tree than needed.
  public static func + (left: Expression, right: Expression) -> Expression { flatSum([left, right]) }

  /// The difference, with no more tree than needed.
  public static func - (left: Expression, right: Expression) -> Expression { flatSum([left, -right]) }

  /// The product, with no more tree than needed.
  public static func * (left: Expression, right: Expression) -> Expression { flatProduct([left, right]) }

  /// The quotient, as a product with a power of −1.
  public static func / (left: Expression, right: Expression) -> Expression {
    flatProduct([left, .power(right, .number(-1))])
  }

  /// A sum without sums among its terms.
  static func flatSum(_ terms: [Expression]) -> Expression {
    if terms.count == 1 { return terms[0] }
    var flat: [Expression] = []
    flat.reserveCapacity(terms.count)
    for term in terms {
      if case .sum(let inner) = term { flat += inner } else { flat.append(term) }
    }
    return flat.isEmpty ? .zero : flat.count == 1 ? flat[0] : .sum(flat)
  }

  /// A product without products or ones among its factors.
  static func flatProduct(_ factors: [Expression]) -> Expression {
    if factors.count == 1 { return factors[0] }
    var flat: [Expression] = []
    flat.reserveCapacity(factors.count)
    for factor in factors {
      switch factor {
      case .product(let inner): flat += inner
      case .number(1): continue
      default: flat.append(factor)
      }
    }
    return flat.isEmpty ? .one : flat.count == 1 ? flat[0] : .product(flat)
  }

  /// The operands of the outermost operation, in order.
  public var children: [Expression] {
    switch self {
    case .number, .imaginaryUnit, .symbol, .input: []
    case .sum(let parts), .product(let parts), .call(_, let parts), .vectorOperator(_, let parts),
      .vector(let parts):
      parts
    case .power(let base, let exponent): [base, exponent]
    case .derivative(let operand, axis: _, order: _): [operand]
    case .comparison(_, let left, let right): [left, right]
    case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
    }
  }

  /// The same operation on other operands, as many as `children` has.
  public func withChildren(_ parts: [Expression]) -> Expression {
    precondition(
      parts.count == children.count, "Expression: \(parts.count) operands given for \(children.count)")
    return switch self {
    case .number, .imaginaryUnit, .symbol, .input: self
    case .sum: .sum(parts)
    case .product: .product(parts)
    case .power: .power(parts[0], parts[1])
    case .call(let function, _): .call(function, parts)
    case .derivative(_, let axis, let order): .derivative(parts[0], axis: axis, order: order)
    case .vectorOperator(let vectorOperator, _): .vectorOperator(vectorOperator, parts)
    case .vector: .vector(parts)
    case .comparison(let comparison, _, _): .comparison(comparison, parts[0], parts[1])
    case .conditional: .conditional(parts[0], parts[1], parts[2])
    }
  }

  /// The levels of the tree; 1 for a leaf.
  var depth: Int { 1 + (children.lazy.map(\.depth).max() ?? 0) }

  /// The nodes of the tree.
  var nodeCount: Int { children.reduce(1) { $0 + $1.nodeCount } }
}
