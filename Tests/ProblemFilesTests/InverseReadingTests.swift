import Equations
import Geometry
import ProblemFiles
import Testing

@Suite struct InverseReadingTests {
  private func read(_ text: String, _ overrides: [String] = []) throws -> ProblemFile {
    try ProblemFileReader().read(text: text, file: "p.yaml", overrides: overrides)
  }

  @Test func whatIsToBeFound() throws {
    let file = try read(Examples.inverse)
    let problem = file.problem
    #expect(problem.isInverse && problem.unknownParameters.map(\.name) == ["c"])
    #expect(
      problem.parameters == [Parameter(name: "kappa", value: 2), Parameter(name: "c", unknownFrom: 0.5)])
    #expect(
      problem.fields == [
        CoefficientField(name: "a", function: .expression(.number(1)), isUnknown: true)
      ])
    #expect(problem.boundary.map(\.unknown) == ["h", "h", "a", "a"])
    let data = try #require(problem.data.first)
    #expect(data.quantities.map(\.name) == ["re(h)", "im(h)"] && data.noise == 0.01)
    #expect(data.source == .file("sensors.csv", coordinates: ["place", "time"], quantities: ["re", "im"]))
    guard case .pointwise(let form) = file.formulation else {
      Issue.record("an inverse problem has another form")
      return
    }
    #expect(form.unknowns.map(\.name) == ["h_re", "h_im", "a"] && form.fields.map(\.unknown) == [2])
    #expect(form.parameters.map(\.exact) == [0.7])
    #expect(file.warnings.isEmpty, "\(file.warnings)")
  }

  @Test func syntheticData() throws {
    let file = try read(Examples.eikonal)
    #expect(
      file.problem.data == [
        MeasuredData(
          quantities: [Definition(name: "u", expression: .symbol("u"))],
          source: .formulas([.symbol("x")], points: 100, seed: 7), noise: 0.1)
      ])
    #expect(file.problem.discretization.method == .collocation)
    guard case .pointwise(let form) = file.formulation else {
      Issue.record("collocation has another form")
      return
    }
    #expect(form.description.contains("u from formulas at 100 random points, seed 7, with an error of 0.1"))
    #expect(form.description.contains("u = 0 on hole"))
  }

  @Test func tenDimensions() throws {
    let axes = (1...10).map { "x\($0): [0, 1]" }.joined(separator: ", ")
    let text = """
      problem: heat-10d
      domain: {\(axes), t: [0, 1]}
      unknowns: [u]
      equations: [dt(u) = lap(u)]
      boundary: [{on: all, dirichlet: {u: exp(x1 - x10 + 2*t)}}]
      initial: {u: exp(x1 - x10)}
      discretization: {method: collocation}
      """
    let file = try read(text)
    guard case .pointwise(let form) = file.formulation else {
      Issue.record("collocation has another form")
      return
    }
    #expect(form.derivatives.count == 12 && form.boundary.count == 20)
    #expect(form.description.contains("u = exp(x1 - x10 + 2*t) on the whole boundary"))
    #expect(
      messages(text.replacing("discretization: {method: collocation}", with: "")).contains(
        "10 dimensions are more than the 6"))
  }

  @Test func aBallInFiveDimensions() throws {
    let text = """
      problem: ball
      domain: {geometry: {sphere: {center: [0, 0, 0, 0, 0], radius: 1}, name: shell}}
      unknowns: [u]
      equations: [lap(u) = 1]
      boundary: [{on: shell, neumann: {u: 0.2}}]
      discretization: {method: collocation}
      """
    let file = try read(text)
    #expect(file.problem.domain.axes.map(\.name) == ["x1", "x2", "x3", "x4", "x5"])
    guard case .pointwise(let form) = file.formulation else {
      Issue.record("collocation has another form")
      return
    }
    #expect(form.derivatives.count == 10)
  }

  @Test func whatIsKnownIsNotFound() throws {
    let text = Examples.inverse.replacing("c: {unknown: true, initial: 0.5}", with: "c: 0.7")
    #expect(try read(text).warnings.map(\.message) == ["the exact value of 'c' has no effect: it is known"])
  }

  /// What is wrong, and the beginning of what is said of it.
  static let mistakes: [(String, String, String)] = [
    ("initial: 0.5", "value: 2, initial: 0.5", "'c' is unknown, and 'value' says something of its values"),
    (", initial: 0.5", "", "key 'initial' is missing in 'parameters.c'"),
    ("kappa: 2", "kappa: {value: 2, initial: 1}", "'kappa' is known, and needs no first guess"),
    ("kappa: 2", "kappa: 2\n  length: 2*c", "unknown name 'c' in 'length', which must be a number"),
    (", initial: 1}", "}", "key 'initial' is missing in 'fields.a'"),
    (", initial: 1}", ", initial: h}", "the unknown 'h' cannot be used in the first guess of 'a'"),
    ("{unknown: true, initial: 1}", "{initial: 1}", "the field 'a' is known, and needs no first guess"),
    ("place: x, ", "", "no column has the coordinate 'x'"),
    ("place: x", "place: x, again: x", "'place' is the coordinate 'x' already"),
    ("re: re(h)", "re: re(g)", "unknown name 'g' in a measured quantity"),
    ("re: re(h), im: im(h)", "re: h", "the measured quantity 'h' is complex, and data are real"),
    (", re: re(h), im: im(h)", "", "no column is something that was measured"),
    ("file: sensors.csv, ", "", "'data' has neither 'file' nor 'synthetic'"),
    ("noise: 0.01", "noise: -1", "'noise' must be at least 0, not -1"),
    ("noise: 0.01", "synthetic: {points: 3, of: {re(h): x}}", "'file' and 'synthetic' exclude each other"),
    ("initial: {h: ", "initial: {a: 1, h: ", "an initial value is given for 'a', which is not an unknown"),
    ("c: 0.7", "c: x", "the axis 'x' cannot be used in the exact value of 'c'"),
    ("c: 0.7, ", "", "the exact solution depends on 'c', which is unknown"),
    (
      "data: {", "discretization: {method: spectral}\ndata: {",
      "no spectral method finds unknown parameters or fields"
    ),
    ("data: {", "discretization: {x: 64}\ndata: {", "warning"),
  ]

  @Test(arguments: mistakes.indices) func mistakesAreSaid(_ index: Int) throws {
    let (old, new, message) = Self.mistakes[index]
    let text = Examples.inverse.replacing(old, with: new)
    #expect(text != Examples.inverse)
    if message == "warning" {
      #expect(
        try read(text).warnings.map(\.message) == [
          "'x' has no effect: the problem is left to networks at points"
        ])
    } else {
      #expect(messages(text).contains(message), "\(messages(text))")
    }
  }

  @Test func theseStandAtTheirPlaces() {
    #expect(
      messages(Examples.inverse.replacing("re: re(h), im: im(h)", with: "re: re(h), im: im(k)")) == """
        p.yaml:17:74: error: unknown name 'k' in a measured quantity
          data: {file: sensors.csv, columns: {place: x, time: t, re: re(h), im: im(k)}, noise: 0.01}
                                                                                   ^
          if 'k' is a number, give it under 'parameters'
        """)
    #expect(
      messages(Examples.eikonal.replacing("u: x}", with: "u: w}")).contains(
        "p.yaml:8:62: error: unknown name 'w'"))
  }

  @Test func initialValuesMayBeLeftToData() throws {
    let without = Examples.inverse.replacing("initial: {h: exp(-x^2)}\n", with: "")
    #expect(try read(without).problem.initial.isEmpty)
    let forward = Examples.heat.replacing("initial:", with: "discretization: {method: collocation}\nnotes2:")
    #expect(messages(forward).contains("unknown key 'notes2'"))
    let open = Examples.heat.replacing(
      "initial:\n  u: \"if(x < 1/2, x, 1 - x)\"\n", with: "discretization: {method: collocation}\n")
    #expect(messages(open).contains("the initial value of 'u' is missing"))
  }
}
