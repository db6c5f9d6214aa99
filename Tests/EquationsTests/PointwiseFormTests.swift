import Equations
import Geometry
import Testing

/// A problem at points from the texts of its parts, on the unit box.
private func problem(
  _ equations: [String], unknowns: [Unknown] = [.real("u")], parameters: [Parameter] = [],
  define: [(String, String)] = [], fields: [CoefficientField] = [],
  conditions: [(BoundaryPlace, String)] = [], isSteady: Bool = true, axes: [String] = ["x", "y"]
) throws -> Problem {
  let domain = Domain(
    axes: axes.map { Axis(name: $0, lower: 0, upper: 1, isPeriodic: false) }, time: isSteady ? nil : 0...1)
  var problem = try makeProblem(domain, unknowns: unknowns, define: define, equations: equations)
  problem.parameters = parameters
  problem.fields = fields
  let parser = ExpressionParser(axes: axes)
  problem.boundary = try conditions.map { place, text in
    let condition = try parser.parseBoundaryCondition(text)
    return BoundaryCondition(place, unknown: condition.unknown, kind: condition.kind, value: condition.value)
  }
  problem.discretization.method = .collocation
  return problem
}

private func pointwiseMistakes(_ problem: Problem) -> [String] {
  do {
    _ = try PointwiseForm(problem)
    return []
  } catch {
    return error.errors.map(\.message)
  }
}

/// What measures an expression, at one point.
private func measuring(_ text: String, axes: [String] = ["x", "y"]) throws -> MeasuredData {
  let expression = try ExpressionParser(axes: axes).parse(text)
  return MeasuredData(
    quantities: [Definition(name: text, expression: expression)],
    source: .values(points: [0.5, 0.5], values: [[1]]))
}

@Suite("Relations at points") struct PointwiseFormTests {
  @Test("Equations need not be balances, nor have as many dimensions as a grid")
  func equationsOfAllSorts() throws {
    let eikonal = try PointwiseForm(try problem(["dx(u)^2 + dy(u)^2 = 1"]))
    #expect(eikonal.equations.map { eikonal.text(of: $0) } == ["-1 + dx(u)^2 + dy(u)^2"])
    let axes = (1...10).map { "x\($0)" }
    let poisson = try PointwiseForm(try problem(["lap(u) = 1"], axes: axes))
    #expect(poisson.derivatives.count == 10 && poisson.derivatives.allSatisfy { $0.total == 2 })
    #expect(Set(poisson.derivatives.map(\.orders)).count == 10)
    let mixed = try PointwiseForm(try problem(["d(d(d(u, x3), x9), x9) = u"], axes: axes))
    #expect(mixed.text(of: mixed.equations[0]) == "-u + d(d(u, x9, 2), x3)")
    #expect(
      mistakes(try problem(["lap(u) = 1"], axes: axes)) == ["10 dimensions are more than the 6 supported"])
    let tooMany = (1...128).map { "x\($0)" }
    #expect(
      pointwiseMistakes(try problem(["lap(u) = 1"], axes: tooMany))
        == ["128 dimensions are more than the 127 supported"])
  }

  @Test("Orders beyond what is listed are refused, not mixed up")
  func orders() throws {
    let axes = (1...7).map { "x\($0)" }
    #expect(pointwiseMistakes(try problem(["d(u, x7, 6) = u"], axes: axes)) == [])
    #expect(
      pointwiseMistakes(try problem(["d(u, x7, 7) = u"], axes: axes))
        == ["the order of a derivative is too high"])
  }

  static let fluxes: [(equation: String, define: String?, condition: String, relation: String)] = [
    ("div(a*grad(u)) = 0", nil, "dn(u) = 2", "-2 + n_x*dx(u) + n_y*dy(u)"),
    ("div(a*grad(u)) = 0", "1 + x", "dn(u) = 2", "-2 + n_x*dx(u) + n_y*dy(u) + n_x*x*dx(u) + n_y*x*dy(u)"),
    ("-div(a*grad(u)) = 0", "1 + x", "dn(u) = 2", "-2 + n_x*dx(u) + n_y*dy(u) + n_x*x*dx(u) + n_y*x*dy(u)"),
    ("a*lap(u) = 0", "1 + x", "dn(u) = 0", "n_x*dx(u) + n_y*dy(u) + n_x*x*dx(u) + n_y*x*dy(u)"),
    ("div(exp(u)*grad(u)) = 1", nil, "dn(u) = y", "-y + exp(u)*n_x*dx(u) + exp(u)*n_y*dy(u)"),
    ("lap(u) = u", nil, "dn(u) = 1", "-1 + n_x*dx(u) + n_y*dy(u)"),
    ("lap(lap(u)) = u", "x", "dn(u) = 1", "-1 + n_x*dx(u) + n_y*dy(u)"),
  ]

  @Test("A Neumann value is the flux where the coefficient varies", arguments: fluxes.indices)
  func coNormalFlux(_ index: Int) throws {
    let (equation, coefficient, condition, relation) = Self.fluxes[index]
    let given = try problem(
      [equation], parameters: coefficient == nil ? [Parameter(name: "a", value: 3)] : [],
      define: coefficient.map { [("a", $0)] } ?? [], conditions: [(.part("side"), condition)])
    let form = try PointwiseForm(given)
    #expect(terms(form.text(of: form.boundary[0].relation)) == terms(relation))
  }

  /// The terms of a sum, in any order, each with its factors in any order.
  private func terms(_ text: String) -> [[String]] {
    text.replacing(" - ", with: " + -").split(separator: " + ").map { term in
      term.split(separator: "*").map(String.init).sorted()
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test("The flux of a wave and of a system is that of the unknown's own equation")
  func fluxOfSystems() throws {
    let wave = try PointwiseForm(
      try problem(
        ["dt(u, 2) = div((1 + x)*grad(u))"], conditions: [(.face(.upper(0)), "dn(u) = 1")], isSteady: false))
    #expect(wave.text(of: wave.boundary[0].relation).contains("x*"))
    #expect(wave.timeOrder(of: 0) == 2)
    let pair = try PointwiseForm(
      try problem(
        ["dt(u) = div((1 + x)*grad(u)) + v", "dt(v) = div((2 + y)*grad(v)) + u"],
        unknowns: [.real("u"), .real("v")],
        conditions: [(.face(.upper(0)), "dn(v) = 1")], isSteady: false))
    let text = pair.text(of: pair.boundary[0].relation)
    #expect(text.contains("y*") && !text.contains("u") && !text.contains("x*"))
  }

  @Test("Unknown parameters stay symbols, and are uniform coefficients")
  func unknownParameters() throws {
    var given = try problem(
      ["div(c*grad(u)) = k"],
      parameters: [Parameter(name: "k", value: 2), Parameter(name: "c", unknownFrom: 0.5, unit: "W")],
      conditions: [(.face(.upper(0)), "dn(u) = 1"), (.face(.lower(0)), "u = c")])
    #expect(pointwiseMistakes(given) == ["'c' is to be found from data, and there are none"])
    given.data = [try measuring("u")]
    given.exact = [
      Definition(name: "c", expression: .number(3)), Definition(name: "u", expression: .symbol("c")),
    ]
    let form = try PointwiseForm(given)
    #expect(form.equations.map { form.text(of: $0) } == ["-2 + c*dxx(u) + c*dyy(u)"])
    let found = try #require(form.parameters.first)
    #expect(found.name == "c" && found.initial == 0.5 && found.exact == 3 && found.unit == "W")
    #expect(form.exact == [.number(3)])
    #expect(!form.text(of: form.boundary[0].relation).contains("c"))
    #expect(form.boundary[1].value == .symbol("c"))
    #expect(form.data.map { $0.relations.map { form.text(of: $0) } } == [["u - data.0"]])
    given.exact.removeFirst()
    #expect(pointwiseMistakes(given) == ["the exact solution depends on 'c', which is unknown"])
  }

  @Test("Unknown fields are scalar unknowns that do not depend on time")
  func unknownFields() throws {
    let guess = try ExpressionParser(axes: ["x", "y"]).parse("1 + x")
    var given = try problem(
      ["dt(u) = div(a*grad(u))"],
      fields: [CoefficientField(name: "a", function: .expression(guess), isUnknown: true)],
      conditions: [(.face(.upper(0)), "dn(u) = 1"), (.face(.lower(0)), "a = 2")], isSteady: false)
    given.data = [try measuring("u")]
    given.exact = [Definition(name: "a", expression: .symbol("x"))]
    let form = try PointwiseForm(given)
    #expect(form.unknowns.map(\.name) == ["u", "a"] && form.unknowns.map(\.isEvolved) == [true, false])
    #expect(form.fields.map(\.unknown) == [1] && form.fields.map(\.initial) == [guess.simplified()])
    #expect(form.equations.map { form.text(of: $0) }[1] == "dt(a)")
    #expect(form.text(of: form.boundary[0].relation).contains("a*"))
    #expect(form.exact == [nil, .symbol("x")])
    #expect(form.description.contains("the function a, from 1 + x"))
  }

  static let wrongData: [(String, String)] = [
    ("h", "the measured quantity 'h' is complex, and data are real"),
    ("x", "the measured quantity 'x' contains no unknown"),
  ]

  @Test("What cannot be measured is refused", arguments: wrongData)
  func measurements(_ text: String, _ message: String) throws {
    var given = try problem(["i*lap(h) = h"], unknowns: [Unknown(name: "h", kind: .complex)])
    given.data = [try measuring(text)]
    #expect(pointwiseMistakes(given) == [message])
    given.data = [try measuring("abs(h)^2")]
    let form = try PointwiseForm(given)
    #expect(form.data[0].relations.map { form.text(of: $0) } == ["-data.0 + h_re^2 + h_im^2"])
  }

  @Test("What is to be found must occur")
  func unusedParameters() throws {
    var given = try problem(["lap(u) = 1"], parameters: [Parameter(name: "c", unknownFrom: 1)])
    given.data = [try measuring("u")]
    #expect(pointwiseMistakes(given) == ["the unknown parameter 'c' occurs in no equation or condition"])
  }

  @Test("Formulas are in the form that a problem asks for")
  func formulations() throws {
    var given = try problem(["lap(u) = 1"], conditions: [(.face(.upper(0)), "u = 0")])
    guard case .pointwise = try Formulation(given) else {
      Issue.record("collocation has another form")
      return
    }
    given.discretization.method = .spectral
    given.parameters = [Parameter(name: "c", unknownFrom: 1)]
    do {
      _ = try Formulation(given)
      Issue.record("spectral methods find parameters")
    } catch {
      #expect(
        error.errors.map(\.message) == ["no spectral method finds unknown parameters or fields from data"])
    }
    given.discretization.method = .collocation
    given.parameters = []
    given.domain.meshFile = "plate.msh"
    #expect(pointwiseMistakes(given) == ["points cannot be drawn in the mesh 'plate.msh'"])
  }
}
