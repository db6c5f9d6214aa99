import Equations
import ProblemFiles
import Testing

/// Each message of bad input as people see it: place, line, caret, advice.
@Suite struct MessageTests {
  @Test func unknownKey() {
    #expect(
      messages(Examples.burgers.replacing("periodic", with: "periodc")) == """
        p.yaml:5:25: error: unknown key 'periodc' in 'domain.x'
            x: {interval: [0, 1], periodc: true}
                                  ^~~~~~~
          did you mean 'periodic'?
        """)
  }

  @Test func wrongType() {
    #expect(
      messages(Examples.burgers.replacing("true", with: "yes")) == """
        p.yaml:5:35: error: 'periodic' must be true or false, not 'yes'
            x: {interval: [0, 1], periodic: yes}
                                            ^~~
          did you mean 'true'?
        """)
    #expect(
      messages(Examples.burgers.replacing("{x: 1024}", with: "{x: 10.5}")) == """
        p.yaml:13:21: error: 'x' must be a whole number, not 10.5
          discretization: {x: 10.5}
                              ^~~~
        """)
  }

  @Test func unknownNamesInEquations() {
    #expect(
      messages(Examples.burgers.replacing("nu*lap(u)", with: "mu*lap(w)")) == """
        p.yaml:10:23: error: unknown name 'mu' in an equation
            - dt(u) + u*dx(u) = mu*lap(w)
                                ^~
          did you mean 'nu'?
        p.yaml:10:30: error: unknown name 'w' in an equation
            - dt(u) + u*dx(u) = mu*lap(w)
                                       ^
          if 'w' is a number, give it under 'parameters'
        """)
  }

  @Test func unbalancedParenthesis() {
    #expect(
      messages(Examples.burgers.replacing("nu*lap(u)", with: "nu*lap(u")) == """
        p.yaml:10:29: error: this '(' is never closed
            - dt(u) + u*dx(u) = nu*lap(u
                                      ^
        """)
  }

  @Test func missingInitialValue() {
    #expect(
      messages(Examples.taylorGreen.replacing("initial: {w: 2*cos(x)*cos(y)}", with: "initial: {}")) == """
        p.yaml:10:1: error: the initial value of 'w' is missing
          initial: {}
          ^~~~~~~
          add 'w: …' under 'initial'
        """)
  }

  @Test(
    arguments: [
      ("spectrum: exp(-k)", "no mistake"),
      (
        "spectrum: exp(-k), exponent: 2",
        "p.yaml:12:42: error: 'spectrum' and 'exponent' exclude each other"
      ),
      ("spectrum: exp(-x)", "p.yaml:12:38: error: the axis 'x' cannot be used in the spectrum of"),
      ("amplitude: 49, shift: 7", "p.yaml:12:22: error: key 'exponent' is missing in 'gaussianField'"),
    ] as [(String, String)])
  func spectraOfRandomFields(_ keys: String, _ start: String) {
    let message = messages(Examples.burgers.replacing("amplitude: 49, shift: 7, exponent: 2.5", with: keys))
    #expect(message.hasPrefix(start), "\(message)")
  }

  @Test func initialValueOfConstrainedUnknown() {
    let text = Examples.taylorGreen.replacing("initial: {w:", with: "initial: {psi: 0, w:")
    #expect(messages(text).hasPrefix("p.yaml:10:11: error: 'psi' cannot have an initial value"))
  }

  @Test func nonPeriodicData() {
    let text = Examples.taylorGreen.replacing("2*cos(x)*cos(y)}\nexact", with: "x*cos(y)}\nexact")
    #expect(
      messages(text).hasPrefix("p.yaml:10:11: error: w's initial value is not periodic in x: 0 at x = 0 but ")
    )
    let small = Examples.taylorGreen.replacing("2*cos(x)*cos(y)}\nexact", with: "cos(y) + 1e-10*x}\nexact")
    #expect(messages(small) == "no mistake")
  }

  @Test(
    arguments: [
      ("exp(i*x)", true), ("exp(2*i*x)", true), ("exp(i*x/2)", false), ("i*x", false),
      ("sqrt(1 + cos(x)*i)", true),
      ("\"if(x < 1, 1, i)\"", false), ("conj(exp(-i*x))*abs(sin(x/2))", true),
    ] as [(String, Bool)])
  func nonPeriodicComplexData(_ value: String, _ isPeriodic: Bool) {
    let text = """
      problem: p
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
      unknowns: [{h: complex}]
      equations: [i*dt(h) + dxx(h) = 0]
      initial: {h: \(value)}
      """
    #expect((messages(text) == "no mistake") == isPeriodic)
  }

  @Test(
    arguments: [
      ("boundary: [{on: left, dirichlet: {u: 0}}]", "p.yaml:3:12: error: u has no condition at x = 1"),
      (
        "boundary: [{on: x, dirichlet: {u: 0}}, {on: right, neumann: {u: 0}}]",
        "p.yaml:6:65: error: u has two conditions at x = 1"
      ),
      ("boundary: [{on: y, dirichlet: {u: 0}}]", "p.yaml:6:17: error: 'y' is no part of the boundary"),
      ("boundary: [{on: x = 2, dirichlet: {u: 0}}]", "p.yaml:6:17: error: x = 2 is not an end of the domain"),
      ("boundary: [{on: top, dirichlet: {u: 0}}]", "p.yaml:6:17: error: 'top' is an end of axis 2"),
      ("boundary: [{on: x}]", "p.yaml:6:12: error: the boundary condition says neither"),
    ] as [(String, String)])
  func boundaryConditions(_ boundary: String, _ start: String) {
    let text = """
      problem: p
      domain: {x: [0, 1], t: [0, 1]}
      unknowns: [u]
      equations: [dt(u) = dxx(u)]
      initial: {u: 1}
      \(boundary)
      """
    #expect(messages(text).hasPrefix(start))
  }

  @Test func neitherEvolutionNorConstraint() {
    let text = Examples.burgers.replacing("[u]\n", with: "[u, v]\n")
      .replacing("  - dt(u)", with: "  - u^2 + sin(v) = 1\n  - dt(u)")
    #expect(messages(text).hasPrefix("p.yaml:10:5: error: the equation is neither evolutionary"))
  }

  @Test func commaInsideBraces() {
    let text = Examples.heat.replacing(
      "initial:\n  u: \"if(x < 1/2, x, 1 - x)\"", with: "initial: {u: if(x<1, 1, x)}")
    #expect(
      messages(text) == """
        p.yaml:15:14: error: a comma inside '{ }' or '[ ]' ends the value 'if(x<1'
          initial: {u: if(x<1, 1, x)}
                       ^~~~~~
          put the expression in quotes: u: "if(x<1, 1, x)"
        """)
  }

  @Test func duplicateKeys() {
    let text = Examples.burgers.replacing("{nu: 0.01}", with: "{nu: 0.01, nu: 2}")
      .replacing("output:", with: "discretization: {x: 64}\noutput:")
    #expect(
      messages(text) == """
        p.yaml:7:24: error: key 'nu' is given twice; the first is in line 7
          parameters: {nu: 0.01, nu: 2}
                                 ^~
        p.yaml:15:1: error: key 'discretization' is given twice; the first is in line 13
          discretization: {x: 64}
          ^~~~~~~~~~~~~~
        """)
  }

  @Test func geometriesAndRobinConditions() {
    #expect(messages(Examples.darcy) == "no mistake")
    let misspelt = messages(Examples.darcy.replacing("on: hole", with: "on: hol"))
    #expect(misspelt.contains("error: 'hol' is no part of the boundary"))
    #expect(misspelt.contains("did you mean 'hole'?"))
  }

  @Test func dataWithoutColumns() {
    let text = messages(Examples.heat.replacing("units:", with: "data: {file: sensors.csv}\nunits:"))
    #expect(text.contains("p.yaml:8:7: error: key 'columns' is missing in 'data'"))
  }

  @Test(
    arguments: [
      (
        "radius: 0.1", "radius: 0",
        "p.yaml:3:52: error: the radius of the disc 'hole' is 0.0 and must be above 0"
      ),
      (
        "radius: 0.1", "radius: none",
        "p.yaml:3:88: error: unknown name 'none' in 'radius', which must be a number"
      ),
      ("radius: 0.1", "size: 0.1", "p.yaml:3:80: error: unknown key 'size' in 'disc'"),
      (", radius: 0.1", "", "p.yaml:3:59: error: key 'radius' is missing in 'disc'"),
      ("disc: {", "dsic: {", "p.yaml:3:53: error: unknown shape 'dsic'"),
      (
        "center: [0.3, 0.3]", "center: [0.3, 0.3, 0]",
        "p.yaml:3:59: error: the center of a disc has 2 coordinates, not 3"
      ),
      (
        "{box: [[0, 0], [1, 1]]}", "{polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}",
        "p.yaml:3:27: error: edges 1 and 3 of the polygon cross or touch"
      ),
      ("{box: [[0, 0], [1, 1]]}", "{box: [[0, 0], [0, 1]]}", "p.yaml:3:27: error: the box has no inside"),
      (
        "[[0, 0], [1, 1]]", "[[0, 0, 0], [1, 1, 1]]",
        "p.yaml:3:13: error: the difference mixes 3 and 2 dimensions"
      ),
      (
        "name: hole", "name: \"$(touch x)\"", "p.yaml:3:100: error: '$(touch x)' cannot be the name of a part"
      ),
      (
        "name: hole", "name: rest", "p.yaml:3:100: error: 'rest' cannot be the name of a part of the boundary"
      ),
      ("on: hole", "on: hoel", "p.yaml:11:10: error: 'hoel' is no part of the boundary"),
      ("right: x = 1", "left: x = 1", "p.yaml:4:24: error: key 'left' is given twice"),
      ("right: x = 1", "hole: x = 1", "p.yaml:4:24: error: a shape of the geometry is called 'hole' already"),
      ("right: x = 1", "right: x + 1", "p.yaml:4:31: error: 'x + 1' is no relation of coordinates"),
      ("right: x = 1", "right: q < 1", "p.yaml:4:31: error: unknown name 'q' in the part"),
      ("on: [left, right]", "on: [left, hole]", "p.yaml:12:37: error: 'p' has two conditions on hole"),
      (
        "  parts:", "  x: [0, 1]\n  parts:",
        "p.yaml:3:3: error: a domain is either a box of axes or a geometry"
      ),
      ("  parts:", "  mesh: a.msh\n  parts:", "p.yaml:4:3: error: 'geometry' and 'mesh' exclude each other"),
      (
        "elements: P2", "elements: {q: P1}",
        "p.yaml:14:29: error: an element is given for 'q', which is not an"
      ),
      (
        "elements: P2", "method: spectral",
        "p.yaml:14:1: error: only finite elements fit a domain that is not a box"
      ),
      (
        "elements: P2", "method: finite-volume",
        "p.yaml:14:1: error: only finite elements fit a domain that is"
      ),
      (
        "size: 0.02", "refine: [{part: hoel, size: 1}]",
        "p.yaml:14:48: error: 'hoel' is no part of the boundary"
      ),
      (
        "size: 0.02", "refine: [{point: [0], radius: 1}]",
        "p.yaml:14:49: error: the point must have 2 coordinates, not 1"
      ),
      (
        "a*dn(p) + 2*p = 1", "a*p + 2*p = 1", "p.yaml:13:23: error: a Robin condition must contain the normal"
      ),
      (
        "a*dn(p) + 2*p = 1", "dn(p)^2 = 1",
        "p.yaml:13:23: error: a Robin condition must be linear in dn(p) alone"
      ),
      (
        "a*dn(p) + 2*p = 1", "dn(p) + dx(p) = 1",
        "p.yaml:13:23: error: a boundary condition of 'p' has a derivative"
      ),
      (
        "a*dn(p) + 2*p = 1", "dn(p) + 2*q = 1",
        "p.yaml:13:34: error: unknown name 'q' in a boundary condition"
      ),
    ] as [(String, String, String)])
  func geometries(_ part: String, _ replacement: String, _ start: String) {
    let message = messages(Examples.darcy.replacing(part, with: replacement))
    #expect(message.hasPrefix(start), "\(message)")
  }

  @Test(
    arguments: [
      (
        "{box: [[0], [1]]}", "p.yaml:2:20: error: a box that is a geometry has two or three dimensions, not 1"
      ),
      (
        "{box: [[0, 0, 0, 0], [1, 1, 1, 1]]}",
        "p.yaml:2:20: error: a box that is a geometry has two or three dimensions, not 4"
      ),
      ("{union: []}", "p.yaml:2:20: error: the union consists of nothing"),
      (
        "{intersection: [{box: [[0, 0], [1, 1]]}, {box: [[2, 0], [3, 1]]}]}",
        "p.yaml:2:20: error: nothing is left of"
      ),
      ("{}", "p.yaml:2:20: error: which shape?"),
      ("disc", "p.yaml:2:20: error: a shape must be a mapping"),
      (
        "{box: [[0, 0], [1, 1]], disc: {center: [0, 0], radius: 1}}",
        "p.yaml:2:44: error: one shape at a time"
      ),
    ] as [(String, String)])
  func impossibleGeometries(_ geometry: String, _ start: String) {
    let message = messages(
      "problem: p\ndomain: {geometry: \(geometry)}\nunknowns: [u]\nequations: [dxx(u) + y = 0]\n"
        + "boundary: [{on: all, dirichlet: {u: x}}]\n")
    #expect(message.hasPrefix(start), "\(message)")
    // No other mistake follows from this one.
    #expect(message.split(separator: "\n").count { $0.hasPrefix("p.yaml") } == 1, "\(message)")
  }

  @Test func partsOfABox() {
    let text = Examples.heat.replacing("  t: [0, 1/2]", with: "  t: [0, 1/2]\n  parts: {left: x = 0}")
    #expect(messages(text).hasPrefix("p.yaml:6:3: error: 'parts' are named on a geometry or a mesh"))
  }

  @Test func titlesAreOnlyText() throws {
    let title = #"`rm -rf /` $(touch x) \"quoted\" 'single'"#
    let text = Examples.burgers.replacing("Viscous Burgers equation", with: "\"\(title)\"")
    let file = try ProblemFileReader().read(text: text, file: "p.yaml")
    #expect(file.problem.title == #"`rm -rf /` $(touch x) "quoted" 'single'"#)
    #expect(messages(Examples.burgers.replacing("Viscous", with: "`Viscous")).hasPrefix("p.yaml:3:8: error:"))
  }

  @Test func everyMistakeInOnePass() {
    let text = """
      problem: p
      domain: {x: {interval: [0, 2*pii], periodic: true}, t: [1, 0]}
      parameters: {nu: -a}
      unknowns: [u, {v: complx}]
      equations:
        - dt(u) = nuu*dxx(u)
        - >
          dt(v) =
            foo(u)
        - "dt(v) + \\"w\\" = 0"
      solver: {step: -1}
      """
    let places = messages(text).split(separator: "\n").filter { $0.hasPrefix("p.yaml") }
      .map { $0.split(separator: " ")[0] }
    #expect(
      places == [
        "p.yaml:2:30:", "p.yaml:2:56:", "p.yaml:3:19:", "p.yaml:4:19:", "p.yaml:6:13:", "p.yaml:9:7:",
        "p.yaml:10:14:", "p.yaml:11:16:",
      ])
  }

  @Test(
    arguments: [
      ("x", "p.yaml:1:1: error: a problem file is a mapping of keys"),
      ("", "p.yaml: error: the file is empty"),
      ("# only a comment\n", "p.yaml: error: the file is empty"),
      ("---\n", "p.yaml: error: the file is empty"),
      ("a: [1, 2", "p.yaml:1:9: error: did not find expected ',' or ']'"),
      ("problem: p\n\ttitle: x", "p.yaml:2:"),
      ("problem: p\n---\nproblem: q", "p.yaml:2:1: error: a second document begins here"),
      ("u: *x", "p.yaml:1:4: error: found undefined alias"),
      ("a\u{0}b", "p.yaml: error: this is a binary file"),
      ("title: a: b", "p.yaml:1:9: error: mapping values are not allowed in this context"),
    ] as [(String, String)])
  func yamlMistakesStandAlone(_ text: String, _ start: String) {
    let message = messages(text)
    #expect(message.hasPrefix(start))
    #expect(message.split(separator: "\n").filter { $0.hasPrefix("p.yaml") }.count == 1)
  }
}
