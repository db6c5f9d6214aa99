extension Lowering {
  /// The product of two sums.
  ///
  /// Numbers, and functions that are constant along the axes of outer derivatives, go inside those; in any
  /// other product outer derivatives are carried out.
  mutating func product(_ left: DifferentialSum, _ right: DifferentialSum) throws(EquationError)
    -> DifferentialSum
  {
    if let number = left.number { return right.scaled(by: number) }
    if let number = right.number { return left.scaled(by: number) }
    if let first = left.pointwisePart, let second = right.pointwisePart {
      return scalar(try product(first, second))
    }
    if let factor = left.pointwisePart, commutes(factor, with: right) {
      return try multiplied(right, by: factor)
    }
    if let factor = right.pointwisePart, commutes(factor, with: left) {
      return try multiplied(left, by: factor)
    }
    return scalar(try product(try pointwise(left), try pointwise(right)))
  }

  private mutating func multiplied(
    _ sum: DifferentialSum, by factor: Polynomial
  ) throws(EquationError) -> DifferentialSum {
    var result = DifferentialSum()
    for (index, polynomial) in sum.parts { result.add(try product(polynomial, factor), under: index) }
    return result
  }

  /// Whether the factor is a formula that does not vary along any axis of the outer derivatives.
  private func commutes(_ factor: Polynomial, with sum: DifferentialSum) -> Bool {
    guard factor.coefficients.keys.allSatisfy(isExplicit) else { return false }
    var names: Set<String> = []
    for monomial in factor.coefficients.keys { names.formUnion(monomial.expression.freeSymbols) }
    return sum.parts.keys.allSatisfy { index in
      zip(index.orders, axes).allSatisfy { $0 == 0 || !names.contains($1) }
    }
  }
}
