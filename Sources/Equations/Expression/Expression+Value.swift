extension Expression {
  /// The value of a real scalar expression whose symbols have the given values.
  ///
  /// Throws where a symbol has no value, and for derivatives, vectors and the imaginary unit. The result
  /// may be NaN or infinite where the expression is not defined.
  public func value(_ bindings: [String: Double] = [:]) throws(EquationError) -> Double {
    switch self {
    case .number(let value): return value
    case .symbol(let name):
      if let value = bindings[name] { return value }
      throw EquationError(
        .problem, "'\(name)' has no value here",
        hint: nearestName(to: name, in: bindings.keys.sorted()).map { "did you mean '\($0)'?" })
    case .sum(let terms):
      var total = 0.0
      for term in terms { total += try term.value(bindings) }
      return total
    case .product(let factors):
      var total = 1.0
      for factor in factors {
        if case .power(let base, .number(-1)) = factor {
          total /= try base.value(bindings)
        } else {
          total *= try factor.value(bindings)
        }
      }
      return total
    case .power(let base, let exponent):
      return realPower(try base.value(bindings), try exponent.value(bindings))
    case .call(let function, let arguments):
      guard arguments.count == function.arity else {
        throw EquationError(.problem, "'\(function.rawValue)' takes \(function.arity) arguments")
      }
      var values: [Double] = []
      for argument in arguments { values.append(try argument.value(bindings)) }
      return function.value(values)
    case .conditional(.comparison(let comparison, let left, let right), let then, let otherwise):
      let holds = comparison.holds(try left.value(bindings), try right.value(bindings))
      return holds ? try then.value(bindings) : try otherwise.value(bindings)
    case .imaginaryUnit, .input, .derivative, .vectorOperator, .vector, .comparison, .conditional:
      throw EquationError(.problem, "'\(self)' is not a real number")
    }
  }
}
