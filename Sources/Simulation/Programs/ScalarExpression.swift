package import Equations
#if canImport(Glibc)
  import Glibc
#endif

/// A number, possibly a function of time.
package struct ScalarExpression: Sendable, Equatable {
  private let expression: Expression
  package let dependsOnTime: Bool

  /// - Throws: `SimulationError.notEvaluable` if anything but numbers, functions and `t` is in it.
  package init(_ expression: Expression) throws {
    guard Self.isEvaluable(expression) else { throw SimulationError.notEvaluable("\(expression)") }
    dependsOnTime = expression.mentions("t")
    self.expression = dependsOnTime ? expression : .number(Self.value(expression, 0))
  }

  package static let zero = ScalarExpression(number: 0)

  private init(number: Double) {
    expression = .number(number)
    dependsOnTime = false
  }

  /// The value at a time; allocates nothing.
  package func value(time: Double) -> Double { Self.value(expression, time) }

  private static func isEvaluable(_ expression: Expression) -> Bool {
    switch expression {
    case .number: true
    case .symbol(let name): name == "t"
    case .sum(let parts), .product(let parts): parts.allSatisfy(isEvaluable)
    case .power(let base, let exponent): isEvaluable(base) && isEvaluable(exponent)
    case .call(let function, let arguments):
      ![.re, .im, .conj, .mean, .integral].contains(function) && arguments.allSatisfy(isEvaluable)
    case .comparison(_, let left, let right): isEvaluable(left) && isEvaluable(right)
    case .conditional(let condition, let then, let otherwise):
      isEvaluable(condition) && isEvaluable(then) && isEvaluable(otherwise)
    case .imaginaryUnit, .input, .derivative, .vectorOperator, .vector: false
    }
  }

  private static func value(_ expression: Expression, _ t: Double) -> Double {
    switch expression {
    case .number(let number): return number
    case .symbol: return t
    case .sum(let terms):
      var sum = 0.0
      for term in terms { sum += value(term, t) }
      return sum
    case .product(let factors):
      var product = 1.0
      for factor in factors { product *= value(factor, t) }
      return product
    case .power(let base, let exponent): return pow(value(base, t), value(exponent, t))
    case .call(let function, let arguments):
      return function.value(value(arguments[0], t), arguments.count > 1 ? value(arguments[1], t) : 0)
    case .comparison(let comparison, let left, let right):
      let (a, b) = (value(left, t), value(right, t))
      let holds =
        switch comparison {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
      return holds ? 1 : 0
    case .conditional(let condition, let then, let otherwise):
      return value(condition, t) != 0 ? value(then, t) : value(otherwise, t)
    case .imaginaryUnit, .input, .derivative, .vectorOperator, .vector:
      preconditionFailure("ScalarExpression: \(expression) was let in")
    }
  }
}
