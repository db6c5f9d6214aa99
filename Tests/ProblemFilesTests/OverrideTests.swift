import Equations
import Geometry
import ProblemFiles
import Testing

@Suite struct OverrideTests {
  private func read(_ overrides: String..., text: String = Examples.burgers) throws -> Problem {
    try ProblemFileReader().read(text: text, file: "p.yaml", overrides: overrides).problem
  }

  @Test func valuesAreReplaced() throws {
    #expect(try read("domain.t=[0,200]").domain.time == 0...200)
    #expect(try read("domain.x.interval=[0, 2*pi]").domain.axes[0].upper == 2 * Double.pi)
    #expect(try read("parameters.nu=1/4").parameters[0].value == 0.25)
    #expect(try read("parameters.nu.unit=m").parameters[0].unit == "m")
    #expect(try read("solver={}", "solver.seed=7").solver.seed == 7)
    #expect(try read("output.fields=[u]").output.fields == ["u"])
    #expect(try read("equations.0=dt(u) = nu*dxx(u)").equations[0].text == "dt(u) = nu*dxx(u)")
    let bump = try read("initial.u=if(x < 0.5, 0, 0)").initial[0].function
    #expect(try bump == .expression(ExpressionParser(axes: ["x"]).parse("if(x < 0.5, 0, 0)")))
  }

  @Test func anOverrideDropsWhatItExcludes() throws {
    let solver = try read("solver.step=0.5").solver
    #expect(solver.step == 0.5)
    #expect(solver.tolerance == nil)
    #expect(
      messages(Examples.burgers, overrides: ["solver.step=0.5", "solver.tolerance=1e-3"])
        .hasPrefix("--set solver.tolerance:1:1: error: 'step' and 'tolerance' exclude each other"))
  }

  @Test func shortFormsAreExpanded() throws {
    #expect(try read("domain.t.interval=[0, 2]").domain.time == 0...2)
    let text = Examples.taylorGreen + "\ndiscretization: 64"
    #expect(try read("discretization.y=32", text: text).discretization.points == ["x": 64, "y": 32])
  }

  @Test(
    arguments: [
      ("domain.t=[0,", "--set domain.t:1:13: error: did not find expected node content"),
      ("domain.t=[2,1]", "--set domain.t:1:10: error: 't' must begin before it ends, not at 2 before 1"),
      ("domian.t=[0,1]", "--set domian.t:1:1: error: unknown key 'domian'"),
      ("nu=1", "--set nu:1:1: error: unknown key 'nu'\n  nu=1\n  ^~\n  did you mean 'parameters.nu'?"),
      (
        "step=1", "--set step:1:1: error: unknown key 'step'\n  step=1\n  ^~~~\n  did you mean 'solver.step'?"
      ),
      ("solver.stepp=1", "--set solver.stepp:1:1: error: unknown key 'stepp' in 'solver'"),
      ("parameters.mu=1", "--set parameters.mu:1:1: error: there is no 'mu' in 'parameters' of the file"),
      ("equations.3=a", "--set equations.3:1:1: error: 'equations' is a list of 1, numbered from 0"),
      ("parameters.nu=", "--set parameters.nu:1:14: error: 'parameters.nu' has no value"),
      ("parameters.nu=mu", "--set parameters.nu:1:15: error: unknown name 'mu' in 'nu'"),
      ("nonsense", "--set:1:1: error: an override must be 'key=value'"),
      ("problem.x=1", "--set problem.x:1:1: error: unknown key 'x' in 'problem'"),
    ] as [(String, String)])
  func mistakes(_ override: String, _ message: String) {
    #expect(messages(Examples.burgers, overrides: [override]).hasPrefix(message))
  }

  @Test func registeredNamesAreChecked() {
    let steppers = KeyTable(
      title: "Steppers",
      keys: [
        Key("solver.stages", [.integer], "A stepper's own option.", range: ValueRange(1, 9), example: "2")
      ],
      names: ["solver.method": [RegisteredName("etdrk4", ""), RegisteredName("rk4", "")]])
    #expect(messages(Examples.burgers, overrides: ["solver.stages=3"], tables: [steppers]) == "no mistake")
    #expect(
      messages(Examples.burgers, overrides: ["solver.stages=10"], tables: [steppers])
        .hasPrefix("--set solver.stages:1:15: error: 'stages' must be from 1 to 9, not 10"))
    #expect(
      messages(Examples.burgers.replacing("etdrk4", with: "etdrk"), tables: [steppers]) == """
        p.yaml:14:18: error: 'method' cannot be 'etdrk'
          solver: {method: etdrk, tolerance: 1e-10}        # or step: 1e-3
                           ^~~~~
          did you mean 'etdrk4'?
        """)
  }
}
