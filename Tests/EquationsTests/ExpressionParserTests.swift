import Equations
import Testing

@Suite struct ExpressionParserTests {
  private let parser = ExpressionParser(axes: ["x", "y", "x1"])

  private func value(_ text: String) throws -> Double {
    try parser.parse(text).value(["x": 2, "y": 3, "nu": 0.5])
  }

  @Test(arguments: [
    ("1e-3", 1e-3), (".5", 0.5), ("2.", 2), ("-x^2", -4), ("(-x)^2", 4), ("2^3^2", 512), ("2**3", 8),
    ("x-y-1", -2), ("12/x/y", 2), ("-x*-y", 6), ("2^-1", 0.5), ("--x", 2), ("+x", 2), ("2*pi", 2 * Double.pi),
    ("if(x < y, 1, 2)", 1), ("if(x >= y, 1, 2)", 2), ("max(x, y)", 3), ("atan2(0, x)", 0), ("1 - -1", 2),
    ("sqrt(x^2)", 2), ("x/y*3", 2), ("-(x+y)", -5), ("2 - (x - y)", 3), ("exp(0)+besselj0(0)", 2),
  ])
  func arithmetic(text: String, expected: Double) throws {
    #expect(try abs(value(text) - expected) < 1e-14)
  }

  @Test(arguments: [
    ("dt(u)", Expression.derivative(.symbol("u"), axis: "t", order: 1)),
    ("dt(u, 2)", .derivative(.symbol("u"), axis: "t", order: 2)),
    ("dxx(u)", .derivative(.symbol("u"), axis: "x", order: 2)),
    ("dxxxx(u)", .derivative(.symbol("u"), axis: "x", order: 4)),
    ("dx(u, 4)", .derivative(.symbol("u"), axis: "x", order: 4)),
    ("dxy(u)", .derivative(.derivative(.symbol("u"), axis: "y", order: 1), axis: "x", order: 1)),
    ("d(u, x1)", .derivative(.symbol("u"), axis: "x1", order: 1)),
    ("d(u, x1, 3)", .derivative(.symbol("u"), axis: "x1", order: 3)),
    ("lap(u)", .vectorOperator(.lap, [.symbol("u")])),
    ("dot(a, b)", .vectorOperator(.dot, [.symbol("a"), .symbol("b")])),
    ("[a, b]", .vector([.symbol("a"), .symbol("b")])),
    ("i", .imaginaryUnit),
    ("dx", .symbol("dx")),
  ])
  func structure(text: String, expected: Expression) throws {
    #expect(try parser.parse(text) == expected)
  }

  @Test func equationKeepsItsSides() throws {
    let equation = try parser.parseEquation("dt(u) = nu*dxx(u)")
    #expect(equation.left == .derivative(.symbol("u"), axis: "t", order: 1))
    #expect(equation.right.description == "nu*dxx(u)")
    #expect(equation.text == "dt(u) = nu*dxx(u)")
  }

  @Test func boundaryConditions() throws {
    let value = try parser.parseBoundaryCondition("u = sin(t)")
    #expect(value.unknown == "u" && value.kind == .dirichlet && value.value.description == "sin(t)")
    let slope = try parser.parseBoundaryCondition("dn(u) = 1")
    #expect(slope.unknown == "u" && slope.kind == .neumann && slope.value == .number(1))
    #expect(throws: EquationError.self) { try parser.parseBoundaryCondition("dx(u) = 1") }
    #expect(throws: EquationError.self) { try parser.parseBoundaryCondition("u + 1") }
    #expect(throws: EquationError.self) { try parser.parseBoundaryCondition("u = dn(u)") }
  }

  @Test func symbolsComeWithTheirPlaces() {
    let found = parser.symbols(in: "nu*dx(u) + sin(pi*q) + d(u, x1)")
    #expect(found.map(\.name) == ["nu", "u", "q", "u", "x1"])
    #expect(found[0].range == TextRange(0, 2))
    #expect(found[2].range == TextRange(18, 19))
  }

  @Test(arguments: [
    "a + b*c", "-x", "-x + 1", "a - (b - c)", "a/(b*c)", "1/b*a", "-1/b", "-2*x", "-1*2*x", "a*-b", "a^b^c",
    "(a^b)^c", "a^-b", "a^(-2)", "1/b^2", "(1/b)^2", "2^-x", "(-2)^2", "-2^2", "x - -y", "-1*-2*x + 3",
    "a/(1/b)", "1/1", "if(a < b + 1, [a, -b], 2*pi)", "dxxxxx(u)", "dxyy(u) + dt(u, 2)", "d(u, x1, 2)",
    "dot(u, grad(u)) - nu*lap(u)", "i*dt(h) + abs(h)^2*h", "1e-30*x + 1e300", "a*(-pi)", "-(a + b)*c",
    "0*x - 0",
  ])
  func descriptionReadsBack(text: String) throws {
    let expression = try parser.parse(text)
    let description = expression.description
    #expect(try parser.parse(description) == expression, "\(text) -> \(description)")
    let simplified = expression.simplified()
    #expect(try parser.parse(simplified.description).simplified() == simplified)
  }

  @Test(arguments: [
    ("a - (b + c)", "a - (b + c)"), ("((a))*((b))", "a*b"), ("(a*b)/c", "a*b/c"),
    ("(a + b) + c", "a + b + c"),
    ("-(a*b)", "-a*b"), ("a + -b", "a - b"), ("(a^2)*b", "a^2*b"), ("dx(u, 2)", "dxx(u)"),
  ])
  func parenthesesAreMinimal(text: String, expected: String) throws {
    #expect(try parser.parse(text).description == expected)
  }
}
