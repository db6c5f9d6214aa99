import Equations
import Geometry
import ProblemFiles
import Testing

@Suite struct ReadingTests {
  private func read(_ text: String, _ overrides: [String] = []) throws -> ProblemFile {
    try ProblemFileReader().read(text: text, file: "p.yaml", overrides: overrides)
  }

  @Test func evolution() throws {
    let file = try read(Examples.burgers)
    let problem = file.problem
    #expect(problem.name == "burgers")
    #expect(problem.title == "Viscous Burgers equation")
    #expect(
      problem.domain == Domain(axes: [Axis(name: "x", lower: 0, upper: 1, isPeriodic: true)], time: 0...1))
    #expect(problem.parameters == [Parameter(name: "nu", value: 0.01)])
    #expect(problem.unknowns == [Unknown(name: "u")])
    #expect(problem.equations.map(\.text) == ["dt(u) + u*dx(u) = nu*lap(u)"])
    let field = GaussianField(.power(amplitude: 49, shift: 7, exponent: 2.5))
    #expect(problem.initial == [InitialValue(unknown: "u", function: .gaussian(field))])
    #expect(problem.discretization.points == ["x": 1024])
    #expect(problem.solver.method == "etdrk4")
    #expect(problem.solver.tolerance == 1e-10)
    #expect(problem.output.every == 0.01)
    #expect(file.recipeNames == ["fno", "pinn"])
    #expect(file.warnings.isEmpty)
  }

  @Test func constraintAndQuantities() throws {
    let problem = try read(Examples.taylorGreen).problem
    #expect(problem.domain.axes.map(\.upper) == [2 * Double.pi, 2 * Double.pi])
    #expect(problem.definitions.map(\.name) == ["u", "v"])
    #expect(problem.gauges == [Gauge(unknown: "psi", mean: 0)])
    #expect(problem.exact.map(\.name) == ["w"])
    #expect(problem.quantities.map(\.name) == ["energy", "enstrophy", "circulation"])
    let parser = ExpressionParser(axes: ["x", "y"])
    #expect(try problem.quantities[1].expression == parser.parse("mean(w^2/2)"))
    #expect(problem.quantities[2].expression == .call(.integral, [.symbol("w")]))
    #expect(problem.budgets.map(\.name) == ["enstrophy"])
  }

  @Test func complexAndVector() throws {
    let problem = try read(Examples.schrodinger).problem
    #expect(problem.unknowns.map(\.kind) == [.complex, .vector])
    #expect(problem.parameters.map(\.value) == [1, 2])
    #expect(problem.parameters[0].unit == "1/m")
    #expect(problem.initial[1].function == .expression(.vector([.number(0)])))
  }

  @Test func boundaryAndUnits() throws {
    let file = try read(Examples.heat)
    let problem = file.problem
    #expect(problem.domain.time == 0...0.5)
    #expect(
      problem.boundary == [
        BoundaryCondition(
          face: Face(axis: 0, side: .lower), unknown: "u", kind: .dirichlet,
          value: .call(.sin, [.symbol("t")])),
        BoundaryCondition(face: Face(axis: 0, side: .upper), unknown: "u", kind: .neumann, value: .number(0)),
      ])
    #expect(file.units == ["x": "m", "t": "s", "u": "K"])
    #expect(problem.unknowns[0].unit == "K")
    #expect(problem.reference == Reference(file: "reference/heat.nc", variables: ["u": "T"], accuracy: 1e-9))
    #expect(problem.output.fields == ["u"])
  }

  private static let square = """
    problem: p
    domain: {x: [0, 1], y: [0, pi]}
    unknowns: [u]
    equations: [lap(u) = 1]
    """

  @Test(
    arguments: [
      ("{on: all, dirichlet: {u: 0}}", "x- x+ y- y+"),
      ("{on: x, dirichlet: {u: 0}}, {on: rest, neumann: {u: 0}}", "x- x+ y- y+"),
      ("{on: [left, top], dirichlet: {u: 0}}, {on: rest, neumann: {u: 0}}", "x- y+ x+ y-"),
      ("{on: \"y = pi\", dirichlet: {u: 0}}, {on: rest, neumann: {u: 0}}", "y+ x- x+ y-"),
      ("{on: rest, neumann: {u: 0}}, {on: bottom, dirichlet: {u: 0}}", "x- x+ y+ y-"),
    ] as [(String, String)])
  func facesByName(_ boundary: String, _ faces: String) throws {
    let problem = try read(Self.square + "\nboundary: [\(boundary)]").problem
    let named = problem.boundary.map {
      problem.domain.axes[$0.face!.axis].name + ($0.face!.side == .lower ? "-" : "+")
    }
    #expect(named.joined(separator: " ") == faces)
  }

  @Test(
    arguments: [
      ("1", 1.0), ("-1.5e-3", -0.0015), ("2*pi", 2 * Double.pi), ("1/3", 1.0 / 3), ("0x10", 16), ("0o17", 15),
      ("+7", 7), ("sqrt(a)", 2), ("\"2^-1\"", 0.5), ("\"if(a > 3, 1, 2)\"", 1), ("a*a", 16),
    ] as [(String, Double)])
  func numbersByOurRules(_ text: String, _ value: Double) throws {
    let file = try read(
      Self.square + "\nboundary: [{on: all, dirichlet: {u: 0}}]\nparameters: {a: 4, b: \(text)}")
    #expect(file.problem.parameters[1].value == value)
  }

  @Test func oneNumberForAllAxes() throws {
    let file = try read(Self.square + "\nboundary: [{on: all, dirichlet: {u: 0}}]\ndiscretization: 64")
    #expect(file.problem.discretization.points == ["x": 64, "y": 64])
  }

  @Test func spectrumIsAnExpression() throws {
    let text = Examples.burgers.replacing("amplitude: 49, shift: 7, exponent: 2.5", with: "spectrum: nu*k")
    #expect(
      try read(text).problem.initial.map(\.function)
        == [.gaussian(GaussianField(.expression(.product([.symbol("nu"), .symbol("k")]))))])
  }

  @Test func velocityAndProjection() throws {
    let problem = try read(
      """
      problem: wave
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
      unknowns: [u]
      equations: ["dt(u, 2) = dxx(u)"]
      initial: {u: {projected: "abs(x - pi)"}, dt(u): 0}
      """
    ).problem
    #expect(problem.initial.map(\.timeOrder) == [0, 1])
    #expect(problem.initial.map(\.isProjected) == [true, false])
  }

  /// No mesh reaches there, but points do.
  @Test func ballsHaveAnyNumberOfDimensions() throws {
    let text = """
      problem: ball
      domain: {geometry: {sphere: {center: [0, 0, 0, 0, 0], radius: 2}, name: surface}}
      unknowns: [u]
      equations: [-lap(u) = x1 + x5]
      boundary: [{on: surface, dirichlet: {u: 0}}]
      """
    let domain = try ProblemFileReader().read(text: text, file: "p.yaml").problem.domain
    #expect(domain.axes.map(\.name) == ["x1", "x2", "x3", "x4", "x5"])
    #expect(domain.axes.allSatisfy { $0.lower == -2 && $0.upper == 2 })
    #expect(domain.geometry?.dimension == 5)
    let flat = text.replacing("[0, 0, 0, 0, 0]", with: "[0, 0]")
    #expect(messages(flat).contains("the center of a sphere has 3 coordinates or more, not 2"))
  }
}
