extension Lowering {
  /// The derivative of a function of jets and coordinates by the chain rule; along `t` for `nil`.
  mutating func totalDerivative(
    _ polynomial: Polynomial, along axis: Int?
  ) throws(EquationError) -> Polynomial {
    var result = Polynomial()
    for (monomial, coefficient) in polynomial.coefficients {
      for (position, factor) in monomial.factors.enumerated() {
        var rest = monomial
        rest.factors.remove(at: position)
        if factor.exponent != 1 {
          rest.factors.insert(
            PolynomialFactor(base: factor.base, exponent: factor.exponent - 1), at: position)
        }
        let inner = try derivative(ofFactor: factor.base, along: axis)
        if inner.isZero { continue }
        let scale = coefficient * Double(factor.exponent)
        result.add(try product(Polynomial(rest), inner), scale: scale)
      }
    }
    return result
  }

  private mutating func derivative(ofFactor base: Expression, along axis: Int?) throws(EquationError)
    -> Polynomial
  {
    if base.children.isEmpty || base.isFieldDerivative {
      return Polynomial(try leafDerivative(base, along: axis))
    }
    var failure: EquationError?
    let varied = base.varied { leaf in
      do throws(EquationError) {
        return try self.leafDerivative(leaf, along: axis)
      } catch {
        failure = error
        return .zero
      }
    }
    if let failure { throw failure }
    return try polynomial(of: varied)
  }

  private func leafDerivative(_ leaf: Expression, along axis: Int?) throws(EquationError) -> Expression {
    switch leaf {
    case .input(let code):
      let jet = Jet(code: code, dimension: dimension).differentiated(along: axis)
      guard jet.isRepresentable else {
        throw EquationError(
          .problem,
          axis == nil
            ? "time derivatives above order 2 are not supported" : "the order of a derivative is too high")
      }
      return jet.leaf
    case .symbol(let name):
      guard let axis else { return name == "t" ? .one : .zero }
      if fields.contains(name) { return .derivative(leaf, axis: axes[axis], order: 1) }
      return name == axes[axis] ? .one : .zero
    case .derivative:
      guard let axis else { return .zero }
      return fieldDerivative(leaf, along: axis)
    default: return .zero
    }
  }

  /// One more derivative of a coefficient field, its axes in the order of the domain.
  private func fieldDerivative(_ leaf: Expression, along axis: Int) -> Expression {
    var orders = [Int](repeating: 0, count: dimension)
    orders[axis] = 1
    var field = leaf
    while case .derivative(let inner, let name, let order) = field {
      if let position = axes.firstIndex(of: name) { orders[position] += order }
      field = inner
    }
    for (position, order) in orders.enumerated() where order > 0 {
      field = .derivative(field, axis: axes[position], order: order)
    }
    return field
  }

  /// The sum with all outer derivatives carried out by the product rule.
  mutating func pointwise(_ sum: DifferentialSum) throws(EquationError) -> Polynomial {
    var result = Polynomial()
    for (index, polynomial) in sum.parts {
      var part = polynomial
      for (axis, order) in index.orders.enumerated() {
        for _ in 0..<order { part = try totalDerivative(part, along: axis) }
      }
      result.add(part)
    }
    return result
  }

  /// One derivative of a sum, kept outside of what cannot be differentiated on paper; along `t` for `nil`.
  mutating func derivative(_ sum: DifferentialSum, along axis: Int?) throws(EquationError) -> DifferentialSum
  {
    var result = DifferentialSum()
    for (index, polynomial) in sum.parts {
      guard let axis else {
        result.add(try totalDerivative(polynomial, along: nil), under: index)
        continue
      }
      if keepsFluxes {
        try add(derivativeOf: polynomial, under: index, along: axis, to: &result)
        continue
      }
      var inside = Polynomial()
      var outside = Polynomial()
      for (monomial, coefficient) in polynomial.coefficients {
        if monomial.jetCode != nil || isExplicit(monomial) {
          inside.add(coefficient, monomial)
        } else {
          outside.add(coefficient, monomial)
        }
      }
      var outer = index
      outer.orders[axis] += 1
      result.add(outside, under: outer)
      result.add(try totalDerivative(inside, along: axis), under: index)
    }
    return result
  }

  /// One more derivative, the outermost: earlier ones are carried out, and an unknown's first derivative is a value.
  private mutating func add(
    derivativeOf polynomial: Polynomial, under index: MultiIndex, along axis: Int,
    to result: inout DifferentialSum
  ) throws(EquationError) {
    var inner = polynomial
    for (earlier, order) in index.orders.enumerated() {
      for _ in 0..<order { inner = try totalDerivative(inner, along: earlier) }
    }
    var value = Polynomial()
    var flux = Polynomial()
    for (monomial, coefficient) in inner.coefficients {
      let isUnknown =
        monomial.jetCode.map { Jet(code: $0, dimension: dimension).derivative.total == 0 } ?? false
      if isUnknown || isExplicit(monomial) {
        value.add(coefficient, monomial)
      } else {
        flux.add(coefficient, monomial)
      }
    }
    var outer = MultiIndex.zero(dimension)
    result.add(try totalDerivative(value, along: axis), under: outer)
    outer.orders[axis] = 1
    result.add(flux, under: outer)
  }

  /// Whether a monomial is a function of coordinates and time given by a formula.
  func isExplicit(_ monomial: Monomial) -> Bool {
    monomial.factors.allSatisfy { !$0.base.containsInput && !containsField($0.base) }
  }

  private func containsField(_ expression: Expression) -> Bool {
    !fields.isEmpty
      && expression.contains {
        if case .symbol(let name) = $0 { return fields.contains(name) }
        return false
      }
  }
}

extension Polynomial {
  /// The polynomial of a leaf, which may also be a number.
  fileprivate init(_ leaf: Expression) {
    if let value = leaf.numberValue { self.init(value) } else { self.init(leaf: leaf) }
  }
}

extension Expression {
  /// Whether the value depends on an unknown.
  var containsInput: Bool {
    contains {
      if case .input = $0 { return true }
      return false
    }
  }

  /// Whether this is a derivative, which in lowered expressions only coefficient fields have.
  var isFieldDerivative: Bool {
    if case .derivative = self { return true }
    return false
  }
}
