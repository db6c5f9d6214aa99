import Equations
import Testing

@Suite struct ExpressionParserErrorTests {
  private let parser = ExpressionParser(axes: ["x", "y"])

  private func mistake(_ text: String) -> EquationError? {
    do {
      _ = try parser.parse(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("(a + b", 0, 1, "this '(' is never closed"),
    ("a + b)", 5, 6, "this ')' has no opening '('"),
    ("a +", 3, 3, "the expression ends where an operand is missing"),
    ("a * / b", 4, 5, "an operand is missing here"),
    ("", 0, 0, "the expression ends where an operand is missing"),
    ("2x", 1, 2, "an operator is missing here"),
    ("a $ b", 2, 3, "stray character '$'"),
    ("a + ü", 4, 6, "stray character 'ü'"),
    ("sin(a, b)", 0, 3, "'sin' takes 1 argument, not 2"),
    ("atan2(a)", 0, 5, "'atan2' takes 2 arguments, not 1"),
    ("sin()", 0, 3, "'sin' takes 1 argument, not 0"),
    ("dx(u, 1.5)", 0, 2, "the order of a derivative is a whole number from 1 on"),
    ("dx(u, 99)", 0, 2, "derivatives above order 20 are not supported"),
    ("a < b", 2, 3, "a comparison can only be the condition of if(condition, then, otherwise)"),
    ("if(a, b, c)", 4, 5, "the condition of 'if' is a comparison, such as x < 0"),
    ("1e999", 0, 5, "the number 1e999 is too large"),
    ("sin + 1", 0, 3, "'sin' is a function and needs an argument"),
    ("a = b", 2, 3, "'=' cannot stand here"),
    ("[a, b", 0, 1, "this '[' is never closed"),
    ("dn(u)", 0, 2, "the normal derivative 'dn' belongs in boundary conditions"),
  ])
  func mistakesHaveAPlace(text: String, lower: Int, upper: Int, message: String) {
    let error = mistake(text)
    #expect(error?.message == message)
    #expect(error?.subject == .text(TextRange(lower, upper)))
  }

  @Test func suggestionsForFunctions() {
    #expect(mistake("sinn(x)")?.hint == "did you mean 'sin'?")
    #expect(mistake("gard(p)")?.hint == "did you mean 'grad'?")
    #expect(mistake("dz(u)")?.message == "unknown function 'dz'")
    #expect(mistake("d(u, z)")?.message == "the second argument of 'd' must be an axis")
    #expect(mistake("wibblewobble(u)")?.hint == nil)
  }

  @Test func equationWithoutEqualsSign() {
    #expect(
      throws: EquationError(
        .text(TextRange(5, 5)), "the equation has no '='", hint: "write it as 'left = right'")
    ) {
      try parser.parseEquation("dt(u)")
    }
    #expect(throws: EquationError.self) { try parser.parseEquation("a = b = c") }
  }

  @Test func deepAndLongInputIsRefused() {
    #expect(mistake(String(repeating: "(", count: 10_000_000))?.message.contains("bytes") == true)
    #expect(mistake(String(repeating: "(", count: 1000))?.message.contains("nested") == true)
    #expect(mistake("x" + String(repeating: "^x", count: 1000))?.message.contains("nested") == true)
    #expect(mistake(String(repeating: "sin(", count: 1000))?.message.contains("nested") == true)
    #expect(mistake(String(repeating: "-", count: 60_000) + "x") == nil)
    #expect(mistake("x" + String(repeating: "+x", count: 30_000)) == nil)
    #expect(mistake(String(repeating: "(", count: 150) + "x" + String(repeating: ")", count: 150)) == nil)
  }

  @Test func nearestNames() {
    #expect(nearestName(to: "periodc", in: ["interval", "periodic"]) == "periodic")
    #expect(nearestName(to: "un", in: ["nu", "kappa"]) == "nu")
    #expect(nearestName(to: "a", in: ["b", "c"]) == nil)
    #expect(nearestName(to: "", in: ["b"]) == nil)
  }
}
