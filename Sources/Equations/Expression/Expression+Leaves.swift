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
}
