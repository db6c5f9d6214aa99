extension Expression: CustomStringConvertible {
  /// The expression in the equation language, with as few parentheses as it can be read back with.
  ///
  /// `.input(n)`, which the language has not, is shown as `$n`.
  public var description: String { text { "$\($0)" } }

  /// The expression in the equation language, with inputs named by `inputName`.
  public func text(inputName: (Int) -> String) -> String { written(inputName).text }

  /// How tightly the outermost operation binds.
  private enum Binding: Int, Comparable {
    case sum, product, power, primary
    static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
  }

  private func written(_ inputName: (Int) -> String) -> (text: String, binding: Binding) {
    func list(_ parts: [Expression]) -> String {
      parts.map { $0.text(inputName: inputName) }.joined(separator: ", ")
    }
    switch self {
    case .number(let value): return (Self.text(of: value), value < 0 ? .product : .primary)
    case .imaginaryUnit: return ("i", .primary)
    case .symbol(let name): return (name, .primary)
    case .input(let number):
      let name = inputName(number)
      let isSum = name.contains(" ")
      return (isSum ? "(\(name))" : name, .primary)
    case .sum(let terms): return (Self.sum(terms, inputName), .sum)
    case .product(let factors): return (Self.product(factors, inputName), .product)
    case .power(let base, .number(-1)): return ("1/" + base.text(inputName, atLeast: .power), .product)
    case .power(let base, let exponent):
      return (base.text(inputName, atLeast: .primary) + "^" + exponent.exponentText(inputName), .power)
    case .call(let function, let arguments): return ("\(function.rawValue)(\(list(arguments)))", .primary)
    case .vectorOperator(let name, let operands): return ("\(name.rawValue)(\(list(operands)))", .primary)
    case .vector(let components): return ("[\(list(components))]", .primary)
    case .derivative(let operand, let axis, let order):
      let inner = operand.text(inputName: inputName)
      if axis.count > 1 { return ("d(\(inner), \(axis)\(order > 1 ? ", \(order)" : ""))", .primary) }
      return order <= 4 && axis != "t"
        ? ("d\(String(repeating: axis, count: order))(\(inner))", .primary)
        : ("d\(axis)(\(inner)\(order > 1 ? ", \(order)" : ""))", .primary)
    case .comparison(let comparison, let left, let right):
      return (
        "\(left.text(inputName: inputName)) \(comparison.rawValue) \(right.text(inputName: inputName))", .sum
      )
    case .conditional(let condition, let then, let otherwise):
      return ("if(\(list([condition, then, otherwise])))", .primary)
    }
  }

  private func text(_ inputName: (Int) -> String, atLeast binding: Binding) -> String {
    let own = written(inputName)
    return own.binding < binding ? "(\(own.text))" : own.text
  }

  private func exponentText(_ inputName: (Int) -> String) -> String {
    switch self {
    case .number: return text(inputName: inputName)
    case .product(let factors) where factors.count == 2 && factors[0] == .number(-1):
      if case .number = factors[1] { break }
      return "-" + factors[1].text(inputName, atLeast: .power)
    default: break
    }
    return text(inputName, atLeast: .power)
  }

  /// Whether the expression starts with a negative number.
  private var isNegative: Bool {
    switch self {
    case .number(let value): value < 0
    case .product(let factors): factors.first?.isNegative ?? false
    default: false
    }
  }

  private static func sum(_ terms: [Expression], _ inputName: (Int) -> String) -> String {
    guard let first = terms.first else { return "0" }
    return terms.dropFirst().reduce(first.text(inputName: inputName)) { text, term in
      let negated = -term
      return term.isNegative && !negated.isNegative
        ? text + " - " + negated.text(inputName, atLeast: .product)
        : text + " + " + term.text(inputName, atLeast: .sum)
    }
  }

  private static func product(_ factors: [Expression], _ inputName: (Int) -> String) -> String {
    guard let first = factors.first else { return "1" }
    if first == .number(-1), factors.count > 1 {
      // `-2*x` would be read as one number, and `--x` as no sign at all.
      if case .number = factors[1] {
      } else if !factors[1].isNegative {
        return "-" + product(Array(factors.dropFirst()), inputName)
      }
    }
    return factors.dropFirst().reduce(first.text(inputName, atLeast: .product)) { text, factor in
      if case .power(let base, .number(-1)) = factor {
        return text + "/" + base.text(inputName, atLeast: .power)
      }
      return text + "*" + factor.text(inputName, atLeast: .power)
    }
  }

  private static func text(of value: Double) -> String {
    if value.magnitude == .pi { return value < 0 ? "-pi" : "pi" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
