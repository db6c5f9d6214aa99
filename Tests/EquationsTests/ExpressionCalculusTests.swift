import Equations
import Testing

@Suite struct ExpressionCalculusTests {
  private let parser = ExpressionParser(axes: ["x", "y"])

  @Test(arguments: [
    ("a*b + b*a", "2*a*b"), ("a + b - a", "b"), ("x^2*x^3", "x^5"), ("x/x", "1"), ("0*x + 1", "1"),
    ("i*i", "-1"),
    ("i^3", "-i"), ("2*3*x - 6*x", "0"), ("(b + a)*(a + b)", "(a + b)^2"), ("sin(0) + 2^3", "8"),
    ("if(1 < 2, x, y)", "x"), ("(2*x)^2", "4*x^2"), ("dx(dx(u))", "dxx(u)"), ("dx(3)", "0"),
    ("(x^2)^-1", "x^-2"),
  ])
  func simplification(text: String, expected: String) throws {
    #expect(try parser.parse(text).simplified().description == expected)
  }

  @Test func simplifiedFormsDoNotDependOnOrder() throws {
    let first = try parser.parse("c*(a + sin(b*a)) - 2*(x*y - b)").simplified()
    let second = try parser.parse("2*(b - y*x) + (sin(a*b) + a)*c").simplified()
    #expect(first == second)
  }

  @Test(arguments: [
    ("(a + b)^2", "a^2 + 2*a*b + b^2"), ("(a + b)*(a - b)", "a^2 - b^2"), ("dx(2*u + v)", "2*dx(u) + dx(v)"),
  ])
  func expansion(text: String, expected: String) throws {
    #expect(try parser.parse(text).expanded() == parser.parse(expected).simplified())
  }

  @Test(arguments: Function.allCases.filter { ![.re, .im, .conj, .mean, .integral].contains($0) })
  func derivativesAgreeWithDifferences(function: Function) throws {
    // Points inside every function's domain: acosh needs arguments above 1.
    let isAboveOne = function == .acosh
    let text = function.arity == 2 ? "(0.3 + x/2, x^2 - 0.6)" : isAboveOne ? "(1.5 + x^2)" : "(0.2 + 0.7*x^2)"
    let expression = try parser.parse(function.rawValue + text)
    let derivative = expression.partialDerivative(withRespectTo: "x")
    for x in [0.21, 0.83] {
      let h = 1e-5
      let difference = try (expression.value(["x": x + h]) - expression.value(["x": x - h])) / (2 * h)
      #expect(try abs(derivative.value(["x": x]) - difference) < 1e-8)
    }
  }

  @Test(arguments: [
    "x^3*y - x/y", "exp(x*y)^x", "if(x < 5, x^2, 0)", "(1 + x^2)^0.5", "x^y", "y^x", "1/(x + y)^2",
  ])
  func partialDerivatives(text: String) throws {
    let expression = try parser.parse(text)
    let (x, y, h) = (0.7, 1.3, 1e-5)
    let difference =
      try (expression.value(["x": x + h, "y": y]) - expression.value(["x": x - h, "y": y])) / (2 * h)
    let derivative = try expression.partialDerivative(withRespectTo: "x").value(["x": x, "y": y])
    #expect(abs(derivative - difference) < 1e-8)
  }

  @Test func totalAndGateauxDerivatives() throws {
    let expression = try parser.parse("x*u^2 + nu*dx(u)")
    #expect(
      try expression.totalDerivative(along: "x", dependent: ["u"])
        == parser.parse("u^2 + 2*x*u*dx(u) + nu*dxx(u)").simplified())
    #expect(
      try expression.gateauxDerivative(["u": .symbol("v")])
        == parser.parse("2*x*u*v + nu*dx(v)").simplified())
    #expect(
      try parser.parse("dot(u, grad(u))").gateauxDerivative(["u": .symbol("v")])
        == parser.parse("dot(u, grad(v)) + dot(v, grad(u))").simplified())
  }

  @Test func substitutionAndSymbols() throws {
    let expression = try parser.parse("nu*dx(u) + v*u")
    #expect(expression.freeSymbols == ["nu", "u", "v"])
    #expect(
      try expression.substituting(["nu": .number(2), "u": .symbol("v"), "v": .symbol("u")])
        == parser.parse("2*dx(v) + u*v"))
  }

  @Test func valuesNeedBindings() throws {
    #expect(throws: EquationError.self) { try parser.parse("a + 1").value() }
    #expect(throws: EquationError.self) { try parser.parse("i").value() }
    #expect(throws: EquationError.self) { try parser.parse("dx(a)").value(["a": 1]) }
  }
}
