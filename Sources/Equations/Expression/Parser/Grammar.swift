/// Recursive descent over the tokens of one text, with one token of look-ahead.
struct Grammar {
  var lexer: Lexer
  var token: Token
  var depth = 0
  let axes: [String]
  /// Whether `dn(u)` is read, as a derivative along the axis `n`.
  var allowsNormalDerivative = false

  init(_ text: String, axes: [String]) throws(EquationError) {
    let length = text.utf8.count
    guard length <= ExpressionParser.maximumLength else {
      throw EquationError(
        .text(TextRange(0, 0)),
        "the expression has \(length) bytes, more than the \(ExpressionParser.maximumLength) allowed")
    }
    lexer = Lexer(text)
    token = Token(kind: .end, range: TextRange(0, 0))
    self.axes = axes
    token = try lexer.next()
  }

  mutating func advance() throws(EquationError) { token = try lexer.next() }

  func expectEnd() throws(EquationError) {
    guard token.kind == .end else { throw unexpected() }
  }

  /// What to say about a token that cannot stand where it does.
  func unexpected() -> EquationError {
    let place = EquationError.Subject.text(token.range)
    switch token.kind {
    case .end: return EquationError(place, "the expression ends where an operand is missing")
    case .close: return EquationError(place, "this ')' has no opening '('")
    case .closeBracket: return EquationError(place, "this ']' has no opening '['")
    case .equals: return EquationError(place, "'=' cannot stand here")
    case .comparison:
      return EquationError(place, "a comparison can only be the condition of if(condition, then, otherwise)")
    case .number, .name, .open, .openBracket:
      return EquationError(place, "an operator is missing here", hint: "products are written a*b")
    default: return EquationError(place, "an operand is missing here")
    }
  }

  mutating func nested<Result>(
    _ body: (inout Grammar) throws(EquationError) -> Result
  ) throws(EquationError) -> Result {
    guard depth < ExpressionParser.maximumDepth else {
      throw EquationError(
        .text(token.range), "the expression is nested more than \(ExpressionParser.maximumDepth) levels deep")
    }
    depth += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  /// Sums, the loosest level.
  mutating func expression() throws(EquationError) -> Expression {
    var terms: [Expression] = [try product()]
    while token.kind == .plus || token.kind == .minus {
      let isMinus = token.kind == .minus
      try advance()
      let term = try product()
      terms.append(isMinus ? -term : term)
    }
    return Expression.flatSum(terms)
  }

  private mutating func product() throws(EquationError) -> Expression {
    var factors: [Expression] = [try signed()]
    while token.kind == .times || token.kind == .divide {
      let isDivision = token.kind == .divide
      try advance()
      let factor = try signed()
      factors.append(isDivision ? .power(factor, .number(-1)) : factor)
    }
    return Expression.flatProduct(factors)
  }

  /// Signs bind looser than powers: `-x^2` is `-(x^2)`.
  private mutating func signed() throws(EquationError) -> Expression {
    var isNegative = false
    while token.kind == .plus || token.kind == .minus {
      if token.kind == .minus { isNegative.toggle() }
      try advance()
    }
    let operand = try power()
    return isNegative ? -operand : operand
  }

  private mutating func power() throws(EquationError) -> Expression {
    let base = try primary()
    guard token.kind == .power else { return base }
    try advance()
    let exponent = try nested { (grammar) throws(EquationError) in try grammar.signed() }
    return .power(base, exponent)
  }

  private mutating func primary() throws(EquationError) -> Expression {
    let first = token
    switch first.kind {
    case .number(let value):
      try advance()
      return .number(value)
    case .name(let name):
      try advance()
      if token.kind == .open { return try call(name, first.range) }
      return try namedValue(name, first.range)
    case .open:
      try advance()
      let inner = try nested { (grammar) throws(EquationError) in try grammar.expression() }
      try close(.close, opening: first, "(")
      return inner
    case .openBracket:
      try advance()
      let components = try nested { (grammar) throws(EquationError) in
        var components = [try grammar.expression()]
        while grammar.token.kind == .comma {
          try grammar.advance()
          components.append(try grammar.expression())
        }
        return components
      }
      try close(.closeBracket, opening: first, "[")
      return .vector(components)
    case .end: throw unexpected()
    default: throw EquationError(.text(first.range), "an operand is missing here")
    }
  }

  mutating func close(_ kind: Token.Kind, opening: Token, _ symbol: String) throws(EquationError) {
    if token.kind == kind { return try advance() }
    guard token.kind == .end || token.kind == .equals else { throw unexpected() }
    throw EquationError(.text(opening.range), "this '\(symbol)' is never closed")
  }

  private func namedValue(_ name: String, _ range: TextRange) throws(EquationError) -> Expression {
    switch name {
    case "i": return .imaginaryUnit
    case "pi": return .number(.pi)
    default:
      guard Function(rawValue: name) == nil, VectorOperator(rawValue: name) == nil, name != "if" else {
        throw EquationError(
          .text(range), "'\(name)' is a function and needs an argument", hint: "write \(name)(…)")
      }
      return .symbol(name)
    }
  }
}
