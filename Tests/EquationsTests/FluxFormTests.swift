import Equations
import Geometry
import Testing

/// What holds at an end, or all ends, of a box.
private func condition(
  _ text: String, _ unknown: String = "u", on face: Face = .upper(0), _ axes: [String] = ["x", "y"]
) throws -> BoundaryCondition {
  let parser = ExpressionParser(axes: axes)
  if let simple = try? parser.parseBoundaryCondition(text) {
    return BoundaryCondition(face: face, unknown: simple.unknown, kind: simple.kind, value: simple.value)
  }
  return BoundaryCondition(face: face, unknown: unknown, kind: .robin, value: try parser.parseRelation(text))
}

private func fluxForm(
  _ equations: [String], unknowns: [Unknown] = [.real("u")], parameters: [String: Double] = [:],
  define: [(String, String)] = [], fields: [String] = [], conditions: [String] = [], isSteady: Bool = true,
  axes: [String] = ["x", "y"]
) throws -> FluxForm {
  let domain = Domain(
    axes: axes.map { Axis(name: $0, lower: 0, upper: 1, isPeriodic: false) }, time: isSteady ? nil : 0...1)
  var problem = try makeProblem(
    domain, parameters: parameters, unknowns: unknowns, define: define, fields: fields, equations: equations)
  problem.boundary = try conditions.map { try condition($0, unknowns[0].name, axes) }
  return try FluxForm(problem)
}

/// The balances as text.
private func balances(
  _ equations: String..., unknowns: [Unknown] = [.real("u")], parameters: [String: Double] = [:],
  define: [(String, String)] = [], fields: [String] = [], isSteady: Bool = true, axes: [String] = ["x", "y"]
) throws -> [String] {
  let form = try fluxForm(
    equations, unknowns: unknowns, parameters: parameters, define: define, fields: fields, isSteady: isSteady,
    axes: axes)
  return form.equations.map { form.text(of: $0) }
}

@Suite("Balances of fluxes") struct FluxFormTests {
  @Test("The outermost divergence becomes the flux")
  func diffusion() throws {
    #expect(try balances("lap(u) = 1") == ["u: dx[-dx(u)] + dy[-dy(u)] + 1 = 0"])
    #expect(
      try balances("-div(a*grad(u)) = 1", fields: ["a"]) == ["u: dx[-a*dx(u)] + dy[-a*dy(u)] - 1 = 0"])
    #expect(
      try balances("div(a*grad(u)) = 0", parameters: ["a": 3]) == ["u: dx[-3*dx(u)] + dy[-3*dy(u)] = 0"])
    #expect(
      try balances("div(a*grad(u)) = x", define: [("a", "1 + x*y")], axes: ["x", "y"])
        == ["u: dx[-dx(u) - x*y*dx(u)] + dy[-dy(u) - x*y*dy(u)] + x = 0"])
    #expect(
      try balances("div(exp(u)*grad(u)) = 0") == ["u: dx[-dx(u)*exp(u)] + dy[-dy(u)*exp(u)] = 0"])
  }

  /// The balances that differ in how they are written only.
  @Test("Equal equations give equal balances")
  func equalForms() throws {
    let pairs: [(String, String)] = [
      ("lap(u) = 1", "div(grad(u)) = 1"), ("lap(u) = 1", "dxx(u) + dyy(u) = 1"),
      ("lap(u) = 1", "dx(dx(u)) + dy(u, 2) = 1"), ("lap(u^3) = 1", "div(3*u^2*grad(u)) = 1"),
      ("dx(x*u) = 1", "dx(x*u) - 1 = 0"), ("div([u, 2*u]) + lap(u) = 0", "dx(u) + 2*dy(u) + lap(u) = 0"),
    ]
    for (first, second) in pairs { #expect(try balances(first) == balances(second), "\(first)") }
  }

  @Test("A coefficient outside is taken in by the product rule")
  func nonDivergence() throws {
    #expect(
      try balances("(1 + x^2)*lap(u) = 0")
        == ["u: dx[-dx(u) - x^2*dx(u)] + dy[-dy(u) - x^2*dy(u)] + 2*x*dx(u) = 0"])
    #expect(try balances("u*lap(u) = 0") == ["u: dx[-u*dx(u)] + dy[-u*dy(u)] + dx(u)^2 + dy(u)^2 = 0"])
    // The divergence of the field's product is known, the field's own derivative is not.
    #expect(try balances("dx(a*u) + lap(u) = 0", fields: ["a"]).first?.contains("dx[-dx(u) - a*u]") == true)
    #expect(
      mistakes("a*lap(u) = 0", fields: ["a"])
        == ["a coefficient field multiplies a second derivative of 'u', and its own derivative is not known"])
  }

  @Test("Convection stays as it is written")
  func convection() throws {
    #expect(try balances("u*dx(u) = lap(u)") == ["u: dx[-dx(u)] + dy[-dy(u)] + u*dx(u) = 0"])
    let conservative = try balances("dx(u^2/2) = lap(u)")
    #expect(conservative == ["u: dx[0.5*u^2 - dx(u)] + dy[-dy(u)] = 0"])
    #expect(try fluxForm(["dx(u^2/2) = lap(u)"]).hasTwoPointFluxes)
    #expect(try !fluxForm(["u*dx(u) = lap(u)"]).hasTwoPointFluxes)
    #expect(try !fluxForm(["dxy(u) + lap(u) = 0"]).hasTwoPointFluxes)
  }

  @Test("What depends on what is found out")
  func properties() throws {
    #expect(try fluxForm(["lap(u) = x*u"]).isLinear)
    #expect(try !fluxForm(["lap(u) = u^2"]).isLinear)
    #expect(try !fluxForm(["lap(u) = 0"], conditions: ["dn(u) + u^4 = 1"]).isLinear)
    let form = try fluxForm(["dt(u) = lap(u) + sin(t)"], isSteady: false)
    #expect(form.isTimeDependent && !form.isJacobianTimeDependent && !form.isMassTimeDependent)
    #expect(try fluxForm(["dt(u) = lap(t*u)"], isSteady: false).isJacobianTimeDependent)
    #expect(try fluxForm(["(1 + t)*dt(u) = lap(u)"], isSteady: false).isMassTimeDependent)
    #expect(try fluxForm(["dt(u) = lap(u)"], conditions: ["u = t"], isSteady: false).isTimeDependent)
  }

  @Test("The stress of elasticity, from its tensor and from its operators")
  func elasticity() throws {
    let vector = [Unknown(name: "u", kind: .vector)]
    let stress = try balances(
      "div(mu*(grad(u) + outer([1, 0], grad(u_x)) + outer([0, 1], grad(u_y)))"
        + " + lambda*div(u)*(outer([1, 0], [1, 0]) + outer([0, 1], [0, 1]))) = [0, 1]",
      unknowns: vector, parameters: ["mu": 1, "lambda": 2])
    #expect(
      stress == [
        "u_x: dx[-4*dx(u_x) - 2*dy(u_y)] + dy[-dx(u_y) - dy(u_x)] = 0",
        "u_y: dx[-dx(u_y) - dy(u_x)] + dy[-2*dx(u_x) - 4*dy(u_y)] + 1 = 0",
      ])
    let operators = try balances(
      "mu*lap(u) + (lambda + mu)*grad(div(u)) = [0, 1]", unknowns: vector, parameters: ["mu": 1, "lambda": 2])
    #expect(operators[0] == "u_x: dx[-4*dx(u_x) - 3*dy(u_y)] + dy[-dy(u_x)] = 0")
  }

  @Test("Complex equations fall into two real ones")
  func complexUnknowns() throws {
    #expect(
      try balances("lap(h) + (4 + i)*h = 0", unknowns: [Unknown(name: "h", kind: .complex)]) == [
        "h_re: dx[-dx(h_re)] + dy[-dy(h_re)] + h_im - 4*h_re = 0",
        "h_im: dx[-dx(h_im)] + dy[-dy(h_im)] - 4*h_im - h_re = 0",
      ])
    let schrodinger = try fluxForm(
      ["i*dt(h) + lap(h) = 0"], unknowns: [Unknown(name: "h", kind: .complex)], isSteady: false)
    // The elliptic part decides; the mass couples the two.
    #expect(schrodinger.equations.map { $0.mass.keys.sorted() } == [[1], [0]])
  }

  /// All orders of equations and of unknowns.
  @Test(
    "Momentum belongs to velocities and what is left to the pressure",
    arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func stokesPairing(_ order: [Int]) throws {
    let equations = [
      "u*dx(u) + v*dy(u) + dx(p) = lap(u)", "u*dx(v) + v*dy(v) + dy(p) = lap(v)", "dx(u) + dy(v) = 0",
    ]
    let names = ["u", "v", "p"]
    for names in [names, names.reversed(), ["p", "u", "v"]] {
      let form = try fluxForm(order.map { equations[$0] }, unknowns: names.map { .real($0) })
      for equation in form.equations {
        let name = form.unknowns[equation.unknown].name
        #expect(order[equation.origin] == ["u": 0, "v": 1, "p": 2][name])
      }
    }
  }

  @Test("A time derivative decides between equations without an elliptic part")
  func evolutionPairing() throws {
    let form = try fluxForm(
      ["u + v = x", "dt(v) + v*u = 0"], unknowns: [.real("v"), .real("u")], isSteady: false)
    #expect(form.equations.map(\.origin) == [1, 0])
    #expect(form.unknowns.map(\.isEvolved) == [true, false])
  }

  // MARK: Mistakes

  private func mistakes(
    _ equation: String, fields: [String] = [], conditions: [String] = [], unknowns: [Unknown] = [.real("u")],
    isSteady: Bool = true
  ) -> [String] {
    do {
      _ = try fluxForm(
        [equation], unknowns: unknowns, fields: fields, conditions: conditions, isSteady: isSteady)
      return []
    } catch let error as NormalFormErrors {
      return error.errors.map(\.message)
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: [
    ("lap(lap(u)) = 1", "a derivative of order 3 of 'u' cannot be integrated by parts once"),
    ("dx(u, 4) + u = 0", "a derivative of order 3 of 'u' cannot be integrated by parts once"),
    ("u*dx(u, 3) = 0", "a derivative of order 3 of 'u' cannot be integrated by parts once"),
    ("lap(u)^2 = 1", "a derivative of order 2 of 'u' cannot be integrated by parts once"),
    ("dt(lap(u)) = u", "the time derivative of 'u' stands under a space derivative"),
    ("dt(dx(u)) = u", "the time derivative of 'u' stands under a space derivative"),
    ("dt(u)^2 = lap(u)", "the time derivative of 'u' must enter linearly and be of first order"),
    ("dt(u, 2) = lap(u)", "the time derivative of 'u' must enter linearly and be of first order"),
  ])
  func equationsThatAreNoBalances(_ equation: String, _ message: String) {
    #expect(mistakes(equation, isSteady: false) == [message])
  }

  @Test func aSteadyProblemHasNoTimeDerivative() {
    #expect(mistakes("dt(u) = lap(u)") == ["'u' has a time derivative, but the problem is steady"])
  }

  @Test(arguments: [
    ("dn(u)^2 + u = 0", "a Robin condition must be linear in dn(u) alone"),
    ("dn(u) + sin(dn(u)) = 0", "a Robin condition must be linear in dn(u) alone"),
    ("u*sin(dn(u)) + u = 0", "a Robin condition must be linear in dn(u) alone"),
    ("u + 2*x = 0", "a Robin condition must contain dn(u)"),
  ])
  func relationsThatAreNoRobinConditions(_ relation: String, _ message: String) {
    #expect(mistakes("lap(u) = 0", conditions: [relation]) == [message])
  }

  @Test func conditionsNeedAFlux() throws {
    #expect(
      mistakes("u = x", conditions: ["dn(u) = 0"])
        == ["the equation of 'u' has no flux that its normal derivative could set"])
    #expect(
      mistakes("dxx(u) + 2*dyy(u) + dxy(u) = 0", conditions: ["dn(u) + u = 0"])
        == ["a Robin condition needs one diffusion coefficient for all directions"])
  }
}

@Suite("Conditions on fluxes") struct FluxBoundaryTests {
  /// The outward flux that a condition sets, as text.
  private func natural(
    _ equation: String, _ text: String, fields: [String] = [], parameters: [String: Double] = [:],
    unknowns: [Unknown] = [.real("u")], component: Int = 0
  ) throws -> String {
    let form = try fluxForm(
      [equation], unknowns: unknowns, parameters: parameters, fields: fields, conditions: [text])
    let lines = form.description.split(separator: "\n").filter { $0.contains("outward flux") }
    return String(lines[component].trimmingPrefix { $0 == " " }).replacing(" on x = 1", with: "")
  }

  @Test("A number in front of the second derivatives is taken out of the normal derivative")
  func constantCoefficients() throws {
    #expect(try natural("lap(u) = 0", "dn(u) = x") == "outward flux of u = -x")
    #expect(try natural("-3*lap(u) = 0", "dn(u) = x") == "outward flux of u = -3*x")
    #expect(try natural("k*lap(u) = 0", "dn(u) = 1", parameters: ["k": 5]) == "outward flux of u = -5")
  }

  @Test("A coefficient that varies belongs to the flux that is given")
  func varyingCoefficients() throws {
    #expect(try natural("-div(a*grad(u)) = 0", "dn(u) = x", fields: ["a"]) == "outward flux of u = -x")
    #expect(try natural("div(exp(u)*grad(u)) = 0", "dn(u) = x") == "outward flux of u = -x")
    // Anisotropic: there is no one number.
    #expect(try natural("-dxx(u) - 2*dyy(u) = 0", "dn(u) = 7") == "outward flux of u = -7")
    #expect(
      try natural("div(grad(u)/sqrt(1 + dot(grad(u), grad(u)))) = 0", "dn(u) = 0.5")
        == "outward flux of u = -0.5")
  }

  @Test("Convection through the boundary is added to the diffusive flux")
  func convection() throws {
    #expect(
      try natural("div([x*u, u^2]) - lap(u) = 0", "dn(u) = 0") == "outward flux of u = n_x*(u*x) + n_y*(u^2)")
  }

  @Test("A Robin condition gives the flux as a function of the value")
  func robin() throws {
    #expect(
      try natural("-lap(u) = 0", "dn(u) + h*u = 1", parameters: ["h": 2]) == "outward flux of u = -1 + 2*u")
    #expect(try natural("-lap(u) = 0", "4*dn(u) = u") == "outward flux of u = -0.25*u")
    #expect(
      try natural("-div(a*grad(u)) = 0", "a*dn(u) + u = 0", fields: ["a"]) == "outward flux of u = u")
    #expect(
      try natural("-div(a*grad(u)) = 0", "dn(u) + b*u = 0", fields: ["a", "b"]) == "outward flux of u = a*b*u"
    )
    #expect(try natural("-lap(u) = 0", "x*dn(u) + u = 0") == "outward flux of u = u/x")
    #expect(try natural("-lap(u) = 0", "dn(u) + u^4 = 1") == "outward flux of u = -1 + u^4")
  }

  @Test("The radiation condition of a complex wave couples its parts")
  func complexRobin() throws {
    let wave = [Unknown(name: "h", kind: .complex)]
    for text in ["dn(h) = i*k*h", "i*dn(h) + k*h = 0"] {
      #expect(
        try natural("lap(h) + k^2*h = 0", text, parameters: ["k": 3], unknowns: wave)
          == "outward flux of h_re = 3*h_im")
      #expect(
        try natural("lap(h) + k^2*h = 0", text, parameters: ["k": 3], unknowns: wave, component: 1)
          == "outward flux of h_im = -3*h_re")
    }
  }

  @Test("A vector takes a vector relation")
  func vectorRobin() throws {
    let vector = [Unknown(name: "u", kind: .vector)]
    #expect(
      try natural("lap(u) = [0, 0]", "dn(u) + 2*u = [1, 0]", unknowns: vector, component: 1)
        == "outward flux of u_y = 2*u_y")
  }

  @Test("Another unknown's value may enter, its normal derivative may not")
  func otherUnknowns() throws {
    func form(_ text: String) throws -> FluxForm {
      try fluxForm(
        ["lap(u) = 0", "lap(v) = 0"], unknowns: [.real("u"), .real("v")], conditions: [text])
    }
    #expect(try form("dn(u) = v - u").description.contains("outward flux of u = u - v"))
    #expect(throws: NormalFormErrors.self) { try form("dn(u) + dn(v) = 0") }
  }

  @Test("People can read it")
  func description() throws {
    let form = try fluxForm(
      ["dt(u) = div(a*grad(u)) + u^2"], fields: ["a"], conditions: ["u = sin(t)"], isSteady: false)
    #expect(
      form.description == """
        unknowns: u
        kind: evolution, nonlinear
        balances:
          u: dt(u) + dx[-a*dx(u)] + dy[-a*dy(u)] - u^2 = 0
        boundary:
          u = sin(t) on x = 1
        """)
  }
}
