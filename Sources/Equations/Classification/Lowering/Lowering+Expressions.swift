extension Lowering {
  /// The components of an expression in terms of jets.
  ///
  /// Throws for unknown names and for operations on the wrong kind of operand.
  mutating func tensor(_ expression: Expression) throws(EquationError) -> Tensor {
    switch expression {
    case .number(let value): return Tensor(number(value))
    case .imaginaryUnit: return Tensor(ComplexSum(re: number(0), im: number(1)))
    case .input: throw EquationError(.problem, "'\(expression)' cannot be written in an equation")
    case .symbol(let name):
      guard let tensor = environment[name] else { throw EquationError(.problem, "unknown name '\(name)'") }
      return tensor
    case .sum(let terms):
      var result = try tensor(terms.first ?? .zero)
      for term in terms.dropFirst() { result = try sum(result, try tensor(term), expression) }
      return result
    case .product(let factors):
      var result = try tensor(factors.first ?? .one)
      for factor in factors.dropFirst() { result = try scaledProduct(result, try tensor(factor)) }
      return result
    case .power(let base, let exponent): return Tensor(try power(base, exponent))
    case .call(let function, let arguments): return Tensor(try call(function, arguments))
    case .derivative(let operand, let axis, let order):
      guard axis == "t" || axes.contains(axis), order >= 1 else {
        throw EquationError(.problem, "there is no axis '\(axis)' to differentiate along")
      }
      var result = try tensor(operand)
      let position = axes.firstIndex(of: axis)
      for _ in 0..<order {
        result = try mapped(result) { (lowering, part) throws(EquationError) in
          try lowering.derivative(part, along: position)
        }
      }
      return result
    case .vectorOperator(let name, let operands):
      guard operands.count == name.arity else {
        throw EquationError(.problem, "'\(name.rawValue)' takes \(name.arity) operands")
      }
      var tensors: [Tensor] = []
      for operand in operands { tensors.append(try tensor(operand)) }
      return try apply(name, tensors)
    case .vector(let parts):
      guard parts.count == dimension else {
        throw EquationError(
          .problem,
          "the vector \(expression) has \(parts.count) components in \(dimension) dimension\(dimension == 1 ? "" : "s")"
        )
      }
      var components: [ComplexSum] = []
      for part in parts { components.append(try scalar(try tensor(part), "a component of a vector")) }
      return Tensor(rank: 1, components: components)
    case .comparison:
      throw EquationError(
        .problem, "a comparison can only be the condition of if(condition, then, otherwise)")
    case .conditional(let condition, let then, let otherwise):
      return try conditional(condition, then, otherwise)
    }
  }

  func scalar(_ tensor: Tensor, _ what: String) throws(EquationError) -> ComplexSum {
    guard let scalar = tensor.scalar else {
      throw EquationError(.problem, "\(what) must be a scalar, not \(tensor.kind)")
    }
    return scalar
  }

  mutating func mapped(
    _ tensor: Tensor,
    _ operation: (inout Lowering, DifferentialSum) throws(EquationError) -> DifferentialSum
  ) throws(EquationError) -> Tensor {
    var result = tensor
    for position in tensor.components.indices {
      result.components[position].re = try operation(&self, tensor.components[position].re)
      result.components[position].im = try operation(&self, tensor.components[position].im)
    }
    return result
  }

  /// A sum of tensors of one kind; the number 0 is of every kind.
  mutating func sum(
    _ left: Tensor, _ right: Tensor, scale: Double = 1, _ expression: Expression
  ) throws(EquationError) -> Tensor {
    guard left.rank == right.rank else {
      if left.rank == 0, left.isZero {
        return Tensor(rank: right.rank, components: right.components.map { $0.scaled(by: scale) })
      }
      if right.rank == 0, right.isZero { return left }
      throw EquationError(
        .problem, "\(left.kind) and \(right.kind) are added in '\(Self.excerpt(expression))'")
    }
    var result = left
    for position in left.components.indices {
      result.components[position].add(right.components[position], scale: scale)
    }
    try spend(right.components.reduce(1) { $0 + $1.re.parts.count + $1.im.parts.count })
    return result
  }

  static func excerpt(_ expression: Expression) -> String {
    let text = expression.description
    return text.count > 60 ? text.prefix(57) + "…" : text
  }

  mutating func product(_ left: ComplexSum, _ right: ComplexSum) throws(EquationError) -> ComplexSum {
    if left.isReal, right.isReal { return ComplexSum(re: try product(left.re, right.re)) }
    var result = ComplexSum(re: try product(left.re, right.re), im: try product(left.re, right.im))
    result.re.add(try product(left.im, right.im), scale: -1)
    result.im.add(try product(left.im, right.re))
    return result
  }

  private mutating func scaledProduct(_ left: Tensor, _ right: Tensor) throws(EquationError) -> Tensor {
    guard left.rank == 0 || right.rank == 0 else {
      throw EquationError(
        .problem, "\(left.kind) is multiplied by \(right.kind)", hint: "use dot, cross or outer")
    }
    let (factor, tensor) = left.rank == 0 ? (left, right) : (right, left)
    var result = tensor
    for position in tensor.components.indices {
      result.components[position] = try product(factor.components[0], tensor.components[position])
    }
    return result
  }

  private mutating func conditional(
    _ condition: Expression, _ then: Expression, _ otherwise: Expression
  ) throws(EquationError) -> Tensor {
    guard case .comparison(let comparison, let left, let right) = condition else {
      throw EquationError(.problem, "the condition of 'if' is a comparison, such as x < 0")
    }
    let first = try realPolynomial(try tensor(left), "a side of a comparison")
    let second = try realPolynomial(try tensor(right), "a side of a comparison")
    let (yes, no) = (try tensor(then), try tensor(otherwise))
    guard yes.rank == no.rank else {
      throw EquationError(.problem, "the two results of 'if' are of different kinds")
    }
    if let first = first.number, let second = second.number {
      return comparison.holds(first, second) ? yes : no
    }
    let test = Expression.comparison(comparison, first.plainExpression, second.plainExpression)
    var result = yes
    for position in yes.components.indices {
      let (a, b) = (yes.components[position], no.components[position])
      result.components[position].re = try choice(test, a.re, b.re)
      result.components[position].im = try choice(test, a.im, b.im)
    }
    return result
  }

  private mutating func choice(
    _ test: Expression, _ yes: DifferentialSum, _ no: DifferentialSum
  ) throws(EquationError) -> DifferentialSum {
    if yes == no { return yes }
    let (first, second) = (try pointwise(yes).plainExpression, try pointwise(no).plainExpression)
    return scalar(Polynomial(leaf: try bounded(.conditional(test, first, second))))
  }

  /// The value of a real scalar, outer derivatives carried out.
  mutating func realPolynomial(_ tensor: Tensor, _ what: String) throws(EquationError) -> Polynomial {
    let value = try scalar(tensor, what)
    guard value.isReal else {
      throw EquationError(.problem, "\(what) must be real", hint: "take re(…), im(…) or abs(…)")
    }
    return try pointwise(value.re)
  }
}
