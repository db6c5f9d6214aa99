extension Grammar {
  /// The rest of a call whose name has been read; the token is its parenthesis.
  mutating func call(_ name: String, _ range: TextRange) throws(EquationError) -> Expression {
    let opening = token
    try advance()
    if name == "if" { return try conditional(range, opening) }
    if name == "d" { return try derivativeAlongNamedAxis(range, opening) }
    let arguments = try arguments(opening)
    if let function = Function(rawValue: name) {
      try expect(function.arity...function.arity, arguments.count, of: name, range)
      return .call(function, arguments)
    }
    if let vectorOperator = VectorOperator(rawValue: name) {
      try expect(vectorOperator.arity...vectorOperator.arity, arguments.count, of: name, range)
      return .vectorOperator(vectorOperator, arguments)
    }
    guard let letters = derivativeAxes(name) else { throw unknownFunction(name, range) }
    return try derivative(name, range, letters, arguments)
  }

  private mutating func arguments(_ opening: Token) throws(EquationError) -> [Expression] {
    guard token.kind != .close else {
      try advance()
      return []
    }
    let arguments = try nested { (grammar) throws(EquationError) in
      var arguments = [try grammar.expression()]
      while grammar.token.kind == .comma {
        try grammar.advance()
        arguments.append(try grammar.expression())
      }
      return arguments
    }
    try close(.close, opening: opening, "(")
    return arguments
  }

  private func expect(
    _ expected: ClosedRange<Int>, _ count: Int, of name: String, _ range: TextRange
  ) throws(EquationError) {
    guard !expected.contains(count) else { return }
    let wanted =
      expected.count > 1
      ? "\(expected.lowerBound) or \(expected.upperBound) arguments"
      : expected.lowerBound == 1 ? "1 argument" : "\(expected.lowerBound) arguments"
    throw EquationError(.text(range), "'\(name)' takes \(wanted), not \(count)")
  }

  private mutating func conditional(_ range: TextRange, _ opening: Token) throws(EquationError) -> Expression
  {
    let parts = try nested { (grammar) throws(EquationError) -> [Expression] in
      let left = try grammar.expression()
      guard case .comparison(let comparison) = grammar.token.kind else {
        throw EquationError(
          .text(grammar.token.range), "the condition of 'if' is a comparison, such as x < 0")
      }
      try grammar.advance()
      var parts: [Expression] = [.comparison(comparison, left, try grammar.expression())]
      while grammar.token.kind == .comma {
        try grammar.advance()
        parts.append(try grammar.expression())
      }
      return parts
    }
    try close(.close, opening: opening, "(")
    try expect(3...3, parts.count, of: "if", range)
    return .conditional(parts[0], parts[1], parts[2])
  }

  /// `d(u, x1)` and `d(u, x1, 2)`.
  private mutating func derivativeAlongNamedAxis(
    _ range: TextRange, _ opening: Token
  ) throws(EquationError) -> Expression {
    guard token.kind != .close else { throw EquationError(.text(range), "'d' takes 2 or 3 arguments, not 0") }
    let operand = try nested { (grammar) throws(EquationError) in try grammar.expression() }
    guard token.kind == .comma else {
      throw EquationError(
        .text(range), "'d' needs the axis to differentiate along", hint: "write d(u, \(axes.first ?? "x"))")
    }
    try advance()
    guard case .name(let axis) = token.kind, axis == "t" || axes.contains(axis) else {
      var name = ""
      if case .name(let text) = token.kind { name = text }
      throw EquationError(
        .text(token.range), "the second argument of 'd' must be an axis",
        hint: nearestName(to: name, in: axes).map { "did you mean '\($0)'?" }
          ?? "the axes are \((axes + ["t"]).joined(separator: ", "))")
    }
    try advance()
    var order: Expression?
    if token.kind == .comma {
      try advance()
      order = try nested { (grammar) throws(EquationError) in try grammar.expression() }
    }
    try close(.close, opening: opening, "(")
    return .derivative(operand, axis: axis, order: try derivativeOrder(order, range))
  }

  /// The axes that `dxxy` names, if it is a derivative.
  private func derivativeAxes(_ name: String) -> [String]? {
    guard name.first == "d", name.count > 1 else { return nil }
    let letters = name.dropFirst().map { String($0) }
    let isDerivative = letters.allSatisfy {
      $0 == "t" || axes.contains($0) || (allowsNormalDerivative && $0 == ExpressionParser.normal)
    }
    return isDerivative ? letters : nil
  }

  private func derivative(
    _ name: String, _ range: TextRange, _ letters: [String], _ arguments: [Expression]
  ) throws(EquationError) -> Expression {
    try expect(letters.count == 1 ? 1...2 : 1...1, arguments.count, of: name, range)
    if letters.count == 1 {
      let order = try derivativeOrder(arguments.count == 2 ? arguments[1] : nil, range)
      return .derivative(arguments[0], axis: letters[0], order: order)
    }
    guard letters.count <= Self.maximumDerivativeOrder else { throw Self.orderTooHigh(range) }
    // The first letter is the outermost derivative; runs of one axis are one node.
    var result = arguments[0]
    for letter in letters.reversed() {
      if case .derivative(let inner, let axis, let order) = result, axis == letter, result != arguments[0] {
        result = .derivative(inner, axis: axis, order: order + 1)
      } else {
        result = .derivative(result, axis: letter, order: 1)
      }
    }
    return result
  }

  private static let maximumDerivativeOrder = 20

  private static func orderTooHigh(_ range: TextRange) -> EquationError {
    EquationError(.text(range), "derivatives above order \(maximumDerivativeOrder) are not supported")
  }

  private func derivativeOrder(_ order: Expression?, _ range: TextRange) throws(EquationError) -> Int {
    guard let order else { return 1 }
    guard case .number(let value) = order, value >= 1, value == value.rounded() else {
      throw EquationError(.text(range), "the order of a derivative is a whole number from 1 on")
    }
    guard value <= Double(Self.maximumDerivativeOrder) else { throw Self.orderTooHigh(range) }
    return Int(value)
  }

  private func unknownFunction(_ name: String, _ range: TextRange) -> EquationError {
    if name == "dn" {
      return EquationError(.text(range), "the normal derivative 'dn' belongs in boundary conditions")
    }
    let derivatives = (axes + ["t"]).filter { $0.count == 1 }.map { "d\($0)" }
    let known =
      Function.allCases.map { $0.rawValue } + VectorOperator.allCases.map { $0.rawValue } + derivatives + [
        "if"
      ]
    return EquationError(
      .text(range), "unknown function '\(name.prefix(60))'",
      hint: nearestName(to: name, in: known).map { "did you mean '\($0)'?" })
  }
}

extension VectorOperator {
  /// How many operands the operator takes.
  public var arity: Int {
    switch self {
    case .dot, .cross, .outer: 2
    case .lap, .grad, .div, .curl: 1
    }
  }
}
