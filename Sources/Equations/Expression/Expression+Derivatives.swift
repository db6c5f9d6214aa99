extension Expression {
  /// The derivative with respect to a symbol, all other symbols held fixed.
  ///
  /// Derivatives of an unknown count as independent of the unknown itself.
  public func partialDerivative(withRespectTo symbol: String) -> Expression {
    varied { $0 == .symbol(symbol) ? .one : .zero }.simplified()
  }

  /// The derivative along an axis (or `t`), by the chain rule.
  ///
  /// Symbols in `dependent` are functions of the axis, whose derivatives stay in the result as
  /// `.derivative` nodes; the others are constants.
  public func totalDerivative(along axis: String, dependent: Set<String>) -> Expression {
    varied { leaf in
      guard case .symbol(let name) = leaf else { return .zero }
      if name == axis { return .one }
      return dependent.contains(name) ? .derivative(leaf, axis: axis, order: 1) : .zero
    }.simplified()
  }

  /// The Gateaux derivative `d/dε F(u + ε v)` at ε = 0, for the unknowns `u` named in `directions`.
  public func gateauxDerivative(_ directions: [String: Expression]) -> Expression {
    varied { leaf in
      guard case .symbol(let name) = leaf else { return .zero }
      return directions[name] ?? .zero
    }.simplified()
  }

  /// The first variation, given the variations of the leaves: rules of calculus, operators passed through.
  package func varied(_ leafVariation: (Expression) -> Expression) -> Expression {
    switch self {
    case .number, .imaginaryUnit: return .zero
    case .symbol, .input: return leafVariation(self)
    case .sum(let terms):
      return .flatSum(terms.map { $0.varied(leafVariation) }.filter { $0 != .zero })
    case .product(let factors): return Self.productRule(factors, leafVariation) { .flatProduct($0) }
    case .power(let base, let exponent): return powerRule(base, exponent, leafVariation)
    case .call(let function, let arguments):
      if let linear = linearCall(function, arguments, leafVariation) { return linear }
      let variations = arguments.map { $0.varied(leafVariation) }
      guard variations.contains(where: { $0 != .zero }) else { return .zero }
      let terms = zip(function.derivatives(arguments), variations).filter { $0.1 != .zero }
      return .flatSum(terms.map { $0 * $1 })
    case .derivative(let operand, let axis, let order):
      let variation = operand.varied(leafVariation)
      return variation == .zero ? .zero : .derivative(variation, axis: axis, order: order)
    case .vectorOperator(let name, let operands):
      return Self.productRule(operands, leafVariation) { .vectorOperator(name, $0) }
    case .vector(let components):
      let variations = components.map { $0.varied(leafVariation) }
      return variations.allSatisfy { $0 == .zero } ? .zero : .vector(variations)
    case .comparison: return .zero
    case .conditional(let condition, let then, let otherwise):
      let (first, second) = (then.varied(leafVariation), otherwise.varied(leafVariation))
      return first == .zero && second == .zero ? .zero : .conditional(condition, first, second)
    }
  }

  private static func productRule(
    _ factors: [Expression], _ leafVariation: (Expression) -> Expression,
    _ combine: ([Expression]) -> Expression
  ) -> Expression {
    var terms: [Expression] = []
    for (position, factor) in factors.enumerated() {
      let variation = factor.varied(leafVariation)
      guard variation != .zero else { continue }
      var parts = factors
      parts[position] = variation
      terms.append(combine(parts))
    }
    return flatSum(terms)
  }

  private func powerRule(
    _ base: Expression, _ exponent: Expression, _ leafVariation: (Expression) -> Expression
  ) -> Expression {
    let baseVariation = base.varied(leafVariation)
    let exponentVariation = exponent.varied(leafVariation)
    var terms: [Expression] = []
    if baseVariation != .zero {
      let lowered = exponent.numberValue.map { Expression.number($0 - 1) } ?? (exponent - .one)
      let power = lowered == .zero ? .one : lowered == .one ? base : Expression.power(base, lowered)
      terms.append(.flatProduct([exponent, power, baseVariation]))
    }
    if exponentVariation != .zero {
      terms.append(.flatProduct([self, .call(.log, [base]), exponentVariation]))
    }
    return .flatSum(terms)
  }

  /// `re`, `im` and `conj` are linear over the reals: they stay around the variation.
  private func linearCall(
    _ function: Function, _ arguments: [Expression], _ leafVariation: (Expression) -> Expression
  ) -> Expression? {
    guard [.re, .im, .conj].contains(function), arguments.count == 1 else { return nil }
    let variation = arguments[0].varied(leafVariation)
    return variation == .zero ? .zero : .call(function, [variation])
  }
}
