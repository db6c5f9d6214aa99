import Equations
import Geometry
import Testing

@Suite struct NormalFormTests {
  private func key(_ unknown: Int, _ orders: Int...) -> LinearForm.Key {
    LinearForm.Key(unknown: unknown, derivative: MultiIndex(orders))
  }

  /// The equations as text, without their remarks.
  private func equations(_ problem: Problem) throws -> [String] {
    let form = try NormalForm(problem)
    return form.equations.map { form.text(of: $0) }
  }

  @Test func burgersInConservativeForm() throws {
    let form = try NormalForm(
      makeProblem(
        box("x"), parameters: ["nu": 0.01], unknowns: [.real("u")],
        equations: ["dt(u) + u*dx(u) = nu*lap(u)"]))
    let equation = try #require(form.equations.first)
    #expect(equation.mass == LinearForm([key(0, 0): 1]))
    #expect(equation.linear == LinearForm([key(0, 2): 0.01]))
    #expect(
      equation.terms == [
        Term(
          derivative: MultiIndex([1]), integrand: .product([.number(-0.5), .power(.input(0), .number(2))]))
      ])
    #expect(form.inputs == [LinearForm([key(0, 0): 1])])
    #expect(form.unknowns.map(\.isEvolved) == [true])
    #expect(form.text(of: equation) == "dt(u) = 0.01*dxx(u) + dx[-0.5*u^2]")
  }

  @Test(arguments: [
    "dt(u) + u*dx(u) = nu*lap(u)", "0 = nu*lap(u) - dt(u) - u*dx(u)", "-2*dt(u) = 2*(u*dx(u) - nu*dxx(u))",
    "dt(u)/nu = dx(dx(u)) - dx(u)*u/nu", "dt(u) + dx(u^2/2) = nu*dx(u, 2)",
    "dt(u) + dx(u^2)/2 - nu*div(grad(u)) = 0",
    "u*(dx(u) + 1) - u + dt(u) = nu*dxx(u)",
  ])
  func arrangementDoesNotMatter(text: String) throws {
    let problem = try makeProblem(
      box("x"), parameters: ["nu": 0.25], unknowns: [.real("u")], equations: [text])
    #expect(try equations(problem) == ["dt(u) = 0.25*dxx(u) + dx[-0.5*u^2]"])
  }

  @Test func namesDoNotMatter() throws {
    func form(_ x: String, _ y: String, _ w: String, _ psi: String, _ equations: [String]) throws
      -> NormalForm
    {
      try NormalForm(
        makeProblem(
          box(x, y), parameters: ["nu": 0.01], unknowns: [.real(w), .real(psi)], equations: equations))
    }
    let first = try form(
      "x", "y", "w", "psi", ["dt(w) + dy(psi)*dx(w) - dx(psi)*dy(w) = nu*lap(w)", "lap(psi) + w = 0"])
    let second = try form(
      "z", "a", "b", "aa",
      ["0 = -lap(aa) - b", "nu*(d(b, z, 2) + d(b, a, 2)) - da(aa)*dz(b) = dt(b) - da(b)*dz(aa)"])
    #expect(first.equations.map(\.mass) == second.equations.map(\.mass))
    #expect(first.equations.map(\.linear) == second.equations.map(\.linear))
    #expect(first.equations.map(\.terms) == second.equations.map(\.terms))
    #expect(first.inputs == second.inputs)
    #expect(first.inputs.count == 2, "the first derivatives of the stream function are enough")
  }

  @Test func complexUnknownsBecomeTwo() throws {
    let problem = try makeProblem(
      box("x"), parameters: ["kappa": 2], unknowns: [Unknown(name: "h", kind: .complex)],
      equations: ["i*dt(h) + 0.5*lap(h) + kappa*abs(h)^2*h = 0"])
    #expect(
      try equations(problem) == [
        "dt(h_re) = -0.5*dxx(h_im) - 2*(h_re^2*h_im + h_im^3)",
        "dt(h_im) = 0.5*dxx(h_re) + 2*(h_re*h_im^2 + h_re^3)",
      ])
  }

  @Test func complexFunctions() throws {
    let problem = try makeProblem(
      box("x"), unknowns: [Unknown(name: "h", kind: .complex), .real("q")],
      equations: ["dt(h) = exp(i*x)*conj(h) + 1/h", "dt(q) = im(h^2) + re(sin(h)) + abs(exp(i*q))"])
    let found = try equations(problem)
    #expect(
      found
        == [
          "dt(h_re) = h_re*cos(x) + h_re/(h_re^2 + h_im^2) + h_im*sin(x)",
          "dt(h_im) = h_re*sin(x) - h_im*cos(x) - h_im/(h_re^2 + h_im^2)",
          "dt(q) = 2*(h_re*h_im + 0.5*cosh(h_im)*sin(h_re) + 0.5*sqrt(cos(q)^2 + sin(q)^2))",
        ])
  }

  @Test func secondOrderInTime() throws {
    let form = try NormalForm(
      makeProblem(box("x"), unknowns: [.real("u")], equations: ["dt(dt(u)) + dt(u) = dxx(u) - u*dt(u)"]))
    #expect(form.unknowns.map(\.name) == ["u", "u_t"])
    #expect(form.unknowns.map(\.timeOrder) == [0, 1])
    #expect(form.equations.map { form.text(of: $0) } == ["dt(u) = u_t", "dt(u_t) = dxx(u) - u_t - u*u_t"])
  }

  @Test func vectorsBecomeComponents() throws {
    let problem = try makeProblem(
      box("x", "y"), parameters: ["nu": 0.1], unknowns: [Unknown(name: "u", kind: .vector), .real("p")],
      equations: ["dt(u) + dot(u, grad(u)) + grad(p) = nu*lap(u)", "div(u) = 0"])
    #expect(
      try equations(problem) == [
        "dt(u_x) = 0.1*dxx(u_x) + 0.1*dyy(u_x) - dx(p) + dx[-u_x^2] + dy[-u_x*u_y]",
        "dt(u_y) = 0.1*dxx(u_y) + 0.1*dyy(u_y) - dy(p) + dx[-u_x*u_y] + dy[-u_y^2]",
        "0 = dx(u_x) + dy(u_y)",
      ])
    var conservative = problem
    conservative.equations[0] = try ExpressionParser(axes: ["x", "y"])
      .parseEquation("dt(u) + div(outer(u, u)) = nu*lap(u) - grad(p)")
    #expect(try equations(conservative) == equations(problem))
  }

  @Test(arguments: [
    ("curl(v)", "-dy(v_x) + dx(v_y)"), ("dot(curl(q), v)", "dy(q)*v_x - dx(q)*v_y"),
    ("div(grad(q))", "dxx(q) + dyy(q)"),
    ("cross(v, [1, 2])", "2*v_x - v_y"), ("dot(v, v)", "v_x^2 + v_y^2"), ("abs(v)^2", "v_x^2 + v_y^2"),
    ("div(q*v)", "dx[q*v_x] + dy[q*v_y]"), ("dot(dot(outer(v, v), v), [1, 0])", "v_x*v_y^2 + v_x^3"),
  ])
  func vectorCalculus(text: String, expected: String) throws {
    let problem = try makeProblem(
      box("x", "y"), unknowns: [.real("s"), .real("q"), Unknown(name: "v", kind: .vector)],
      equations: ["dt(s) = \(text)", "dt(q) = 0*q", "dt(v) = 0"])
    let form = try NormalForm(problem)
    #expect(form.text(of: form.equations[0]) == "dt(s) = \(expected)")
  }

  @Test func productsOfCurlsShareOneInput() throws {
    let form = try NormalForm(
      makeProblem(
        box("x", "y"), unknowns: [.real("u"), .real("v")],
        equations: ["dt(u) = v*(dx(v) - dy(u))", "dt(v) = -u*(dx(v) - dy(u))"]))
    #expect(form.inputs.count == 3)
    #expect(form.inputs.contains(LinearForm([key(0, 0, 1): 1, key(1, 1, 0): -1])))
  }

  @Test func stepsAreNotMerged() throws {
    let form = try NormalForm(
      makeProblem(
        box("x"), unknowns: [.real("u"), .real("v")],
        equations: ["dt(u) = if(u < v, 1, 0)*(u + v)", "dt(v) = -v"]))
    #expect(form.inputs.count == 2)
  }

  @Test func variableCoefficientsAndFields() throws {
    let problem = try makeProblem(
      box("x"), unknowns: [.real("u")], fields: ["a"], equations: ["dt(u) = dx(a*dx(u)) + sin(x)*u + u*dx(a)"]
    )
    let found = try equations(problem)
    #expect(found == ["dt(u) = -(a*dx(u) - u*sin(x)) + dx[a*u + a*dx(u)]"])
  }

  @Test func massesMayBeDifferentialOperators() throws {
    let form = try NormalForm(
      makeProblem(
        box("x"), unknowns: [.real("u")], equations: ["2*dt(u) - 2*dxx(dt(u)) + 2*dx(u) = -2*u*dx(u)"]))
    #expect(form.equations[0].mass == LinearForm([key(0, 0): 1, key(0, 2): -1]))
    #expect(form.text(of: form.equations[0]) == "-dxx(dt(u)) + dt(u) = -dx(u) + dx[-0.5*u^2]")
  }

  @Test func descriptionsNameEverything() throws {
    let form = try NormalForm(
      makeProblem(
        box("x", bounded: ["x"]), unknowns: [.real("u"), .real("c")],
        boundary: [
          (.lower(0), "u = 1"), (.upper(0), "dn(u) = 0"), (.lower(0), "c = 0"), (.upper(0), "c = 0"),
        ],
        equations: ["dt(u) = dxx(u) + c", "dxx(c) = u"]))
    #expect(
      form.description == """
        unknowns: u, c
        kind: evolution, first order in time
        boundary of u: dirichlet – neumann along x
        boundary of c: dirichlet – dirichlet along x
        equations:
          dt(u) = dxx(u) + c
        constraints:
          0 = -u + dxx(c) - 1
        linear with constant coefficients
        lifting: u is the solved function plus 1
        remarks:
          the term -1 in the equation for c does not keep its parity along x: accuracy is algebraic there
          the linear part in the equation for u does not keep its parity along x: accuracy is algebraic there
          the linear part in the equation for c does not keep its parity along x: accuracy is algebraic there
        """)
  }
}
