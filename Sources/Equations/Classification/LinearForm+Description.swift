extension LinearForm {
  /// The form in readable maths, such as `nu*dxx(u) - v`, its terms by unknown and order.
  public func text(names: [String], axes: [String]) -> String {
    let terms = coefficients.filter { $0.value != 0 }.sorted {
      ($0.key.unknown, $0.key.derivative.orders.map { -$0 }) < (
        $1.key.unknown, $1.key.derivative.orders.map { -$0 }
      )
    }
    return Expression.flatSum(
      terms.map { key, value in
        let name = names.indices.contains(key.unknown) ? names[key.unknown] : "#\(key.unknown)"
        let operand = key.derivative.applied(to: .symbol(name), axes: axes)
        return value == 1 ? operand : .product([.number(value), operand])
      }
    ).text(inputName: { "$\($0)" })
  }
}

extension MultiIndex {
  /// The derivative of an expression as a tree; several axes nest from the first to the last.
  func applied(to operand: Expression, axes: [String]) -> Expression {
    zip(orders, axes).reversed().reduce(operand) { inner, axis in
      axis.0 == 0 ? inner : .derivative(inner, axis: axis.1, order: axis.0)
    }
  }

  /// The name of the operator, such as `dxxy`; empty for no derivative.
  func operatorName(axes: [String]) -> String {
    guard total > 0 else { return "" }
    if axes.allSatisfy({ $0.count == 1 }), total <= 6 {
      return "d" + zip(orders, axes).map { String(repeating: $1, count: $0) }.joined()
    }
    return zip(orders, axes).filter { $0.0 > 0 }.map { $0 == 1 ? "d/d\($1)" : "d^\($0)/d\($1)^\($0)" }
      .joined(separator: " ")
  }
}
