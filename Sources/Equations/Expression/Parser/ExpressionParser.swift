/// Reads the equation language.
///
/// Numbers, `i`, `pi`, names, `+ - * / ^` (also `**`), calls of functions and vector operators, vectors
/// `[a, b]`, `if(a < b, c, d)`, derivatives `dt(u)`, `dxy(u)`, `dx(u, 4)`, `d(u, x1, 2)`.
/// Never crashes and takes time linear in the text, whatever that is.
public struct ExpressionParser: Sendable {
  /// The most bytes that an expression may have.
  public static let maximumLength = 65_536
  /// How deep parentheses, calls and exponents may be nested.
  public static let maximumDepth = 200

  /// The names of the space axes.
  public var axes: [String]

  /// A parser for expressions over the given space axes; the time axis `t` always exists.
  public init(axes: [String]) { self.axes = axes }

  /// The expression that the whole of `text` is.
  ///
  /// Throws an error whose subject is the place in the text.
  public func parse(_ text: String) throws(EquationError) -> Expression {
    var grammar = try Grammar(text, axes: axes)
    let expression = try grammar.expression()
    try grammar.expectEnd()
    return expression
  }

  /// `left = right`.
  ///
  /// Throws an error whose subject is the place in the text.
  public func parseEquation(_ text: String) throws(EquationError) -> Equation {
    var grammar = try Grammar(text, axes: axes)
    let left = try grammar.expression()
    guard grammar.token.kind == .equals else {
      guard grammar.token.kind == .end else { throw grammar.unexpected() }
      throw EquationError(
        .text(grammar.token.range), "the equation has no '='", hint: "write it as 'left = right'")
    }
    try grammar.advance()
    let right = try grammar.expression()
    try grammar.expectEnd()
    return Equation(left: left, right: right, text: text)
  }

  /// A boundary condition `u = value` or `dn(u) = value`, with `dn` the outward normal derivative.
  ///
  /// Throws an error whose subject is the place in the text.
  public func parseBoundaryCondition(
    _ text: String
  ) throws(EquationError) -> (unknown: String, kind: BoundaryCondition.Kind, value: Expression) {
    // An axis called n makes `dn` an ordinary derivative, which no normal derivative can be told from.
    var grammar = try Grammar(text, axes: axes.filter { $0 != Self.normal })
    grammar.allowsNormalDerivative = true
    let left = try grammar.expression()
    guard grammar.token.kind == .equals else {
      throw EquationError(
        .text(grammar.token.range), "the boundary condition has no '='", hint: "write 'u = 0' or 'dn(u) = 0'")
    }
    let leftRange = TextRange(0, grammar.token.range.lower)
    try grammar.advance()
    grammar.allowsNormalDerivative = false
    let value = try grammar.expression()
    try grammar.expectEnd()
    switch left {
    case .symbol(let name): return (name, .dirichlet, value)
    case .derivative(.symbol(let name), axis: Self.normal, order: 1): return (name, .neumann, value)
    default:
      throw EquationError(
        .text(leftRange), "the left side of a boundary condition is an unknown or its normal derivative",
        hint: "write 'u = 0' or 'dn(u) = 0'")
    }
  }

  /// A relation `left = right` between an unknown and its outward normal derivative `dn(u)`: what vanishes, with `dn` as
  /// the derivative along an axis `n`.
  ///
  /// Throws an error whose subject is the place in the text.
  public func parseRelation(_ text: String) throws(EquationError) -> Expression {
    var grammar = try Grammar(text, axes: axes.filter { $0 != Self.normal })
    grammar.allowsNormalDerivative = true
    let left = try grammar.expression()
    guard grammar.token.kind == .equals else {
      throw EquationError(
        .text(grammar.token.range), "the relation has no '='", hint: "write it as 'a*dn(u) + b*u = c'")
    }
    try grammar.advance()
    let right = try grammar.expression()
    try grammar.expectEnd()
    return right == .zero ? left : left - right
  }

  /// Every use of a name that is neither a function nor a constant, with its place, as far as the text can be read.
  public func symbols(in text: String) -> [(name: String, range: TextRange)] {
    guard text.utf8.count <= Self.maximumLength else { return [] }
    var lexer = Lexer(text)
    var names: [(name: String, range: TextRange)] = []
    var pending: (name: String, range: TextRange)?
    while let token = try? lexer.next() {
      if let name = pending, token.kind != .open { names.append(name) }
      pending = nil
      if case .name(let name) = token.kind, !Self.constants.contains(name) { pending = (name, token.range) }
      if token.kind == .end { break }
    }
    if let pending { names.append(pending) }
    return names
  }

  /// Names that stand for numbers in every expression.
  public static let constants: Set<String> = ["i", "pi"]

  /// Whether `name` already has a meaning in the language, so that nothing else can be called so.
  public static func isReserved(_ name: String) -> Bool {
    constants.contains(name) || name == "t" || name == "d" || name == "if" || Function(rawValue: name) != nil
      || VectorOperator(rawValue: name) != nil
  }

  static let normal = "n"
}
