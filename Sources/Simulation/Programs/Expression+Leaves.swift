package import Equations

extension Expression {
  /// Calls `body` with every leaf: numbers, symbols, inputs, `i`.
  package func forEachLeaf(_ body: (Expression) -> Void) {
    switch self {
    case .number, .imaginaryUnit, .symbol, .input: body(self)
    case .sum(let parts), .product(let parts), .vector(let parts), .call(_, let parts),
      .vectorOperator(_, let parts):
      for part in parts { part.forEachLeaf(body) }
    case .power(let left, let right), .comparison(_, let left, let right):
      left.forEachLeaf(body)
      right.forEachLeaf(body)
    case .derivative(let inner, _, _): inner.forEachLeaf(body)
    case .conditional(let condition, let then, let otherwise):
      condition.forEachLeaf(body)
      then.forEachLeaf(body)
      otherwise.forEachLeaf(body)
    }
  }

  /// Whether a symbol occurs.
  package func mentions(_ name: String) -> Bool {
    var found = false
    forEachLeaf { if case .symbol(name) = $0 { found = true } }
    return found
  }

  /// The numbers of the inputs that occur.
  package var inputNumbers: Set<Int> {
    var numbers: Set<Int> = []
    forEachLeaf { if case .input(let number) = $0 { numbers.insert(number) } }
    return numbers
  }

  /// The expression with every leaf replaced by what `replacement` makes of it.
  package func replacingLeaves(_ replacement: (Expression) -> Expression) -> Expression {
    func all(_ parts: [Expression]) -> [Expression] { parts.map { $0.replacingLeaves(replacement) } }
    func one(_ part: Expression) -> Expression { part.replacingLeaves(replacement) }
    return switch self {
    case .number, .imaginaryUnit, .symbol, .input: replacement(self)
    case .sum(let terms): .sum(all(terms))
    case .product(let factors): .product(all(factors))
    case .power(let base, let exponent): .power(one(base), one(exponent))
    case .call(let function, let arguments): .call(function, all(arguments))
    case .derivative(let inner, let axis, let order): .derivative(one(inner), axis: axis, order: order)
    case .vectorOperator(let name, let operands): .vectorOperator(name, all(operands))
    case .vector(let parts): .vector(all(parts))
    case .comparison(let comparison, let left, let right): .comparison(comparison, one(left), one(right))
    case .conditional(let condition, let then, let otherwise):
      .conditional(one(condition), one(then), one(otherwise))
    }
  }
}
