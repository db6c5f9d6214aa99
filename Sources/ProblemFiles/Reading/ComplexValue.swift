import Equations
import Glibc

/// A complex number, for the few checks of complex data that reading makes.
struct ComplexValue {
  var re: Double
  var im: Double

  static func + (left: Self, right: Self) -> Self { Self(re: left.re + right.re, im: left.im + right.im) }

  static func * (left: Self, right: Self) -> Self {
    Self(re: left.re * right.re - left.im * right.im, im: left.re * right.im + left.im * right.re)
  }

  static func exp(_ value: Self) -> Self {
    let radius = Glibc.exp(value.re)
    return Self(re: radius * Glibc.cos(value.im), im: radius * Glibc.sin(value.im))
  }

  /// `value` to a real power, on the principal branch.
  static func power(_ value: Self, _ exponent: Double) -> Self {
    let radius = Glibc.pow(hypot(value.re, value.im), exponent)
    let angle = exponent * atan2(value.im, value.re)
    return Self(re: radius * Glibc.cos(angle), im: radius * Glibc.sin(angle))
  }
}

extension Expression {
  /// The value at given symbols; `nil` for what has no value at a point, and for functions of complex
  /// arguments other than the elementary ones.
  func complexValue(_ bindings: [String: Double]) -> ComplexValue? {
    if let real = try? value(bindings) { return ComplexValue(re: real, im: 0) }
    switch self {
    case .imaginaryUnit: return ComplexValue(re: 0, im: 1)
    case .sum(let terms):
      return combined(terms, bindings, from: ComplexValue(re: 0, im: 0)) { $0 + $1 }
    case .product(let factors):
      return combined(factors, bindings, from: ComplexValue(re: 1, im: 0)) { $0 * $1 }
    case .power(let base, let exponent):
      guard let exponent = try? exponent.value(bindings), let base = base.complexValue(bindings) else {
        return nil
      }
      return ComplexValue.power(base, exponent)
    case .call(let function, let arguments):
      guard arguments.count == 1, let argument = arguments[0].complexValue(bindings) else { return nil }
      return Self.apply(function, argument)
    case .conditional(let condition, let then, let otherwise):
      let choice = Expression.conditional(condition, .number(1), .number(0))
      guard let holds = try? choice.value(bindings) else { return nil }
      return (holds == 1 ? then : otherwise).complexValue(bindings)
    default: return nil
    }
  }

  private func combined(
    _ parts: [Expression], _ bindings: [String: Double], from start: ComplexValue,
    _ operation: (ComplexValue, ComplexValue) -> ComplexValue
  ) -> ComplexValue? {
    var result = start
    for part in parts {
      guard let value = part.complexValue(bindings) else { return nil }
      result = operation(result, value)
    }
    return result
  }

  private static func apply(_ function: Function, _ argument: ComplexValue) -> ComplexValue? {
    switch function {
    case .re: return ComplexValue(re: argument.re, im: 0)
    case .im: return ComplexValue(re: argument.im, im: 0)
    case .conj: return ComplexValue(re: argument.re, im: -argument.im)
    case .abs: return ComplexValue(re: hypot(argument.re, argument.im), im: 0)
    case .exp: return ComplexValue.exp(argument)
    case .sqrt: return ComplexValue.power(argument, 0.5)
    default:
      guard argument.im == 0, let value = try? Expression.call(function, [.number(argument.re)]).value()
      else { return nil }
      return ComplexValue(re: value, im: 0)
    }
  }
}
