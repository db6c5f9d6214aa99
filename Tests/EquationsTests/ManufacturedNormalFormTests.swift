import Equations
import Geometry
import Testing

/// The normal form against the problem as written, both applied to given functions at points.
@Suite struct ManufacturedNormalFormTests {
  /// Carries out derivatives and Laplacians of formulas.
  private func explicit(_ expression: Expression, _ axes: [String]) -> Expression {
    let parts = expression.children.map { explicit($0, axes) }
    switch expression {
    case .derivative(_, let axis, let order):
      return (0..<order).reduce(parts[0]) { inner, _ in inner.partialDerivative(withRespectTo: axis) }
    case .vectorOperator(.lap, _):
      return axes.reduce(.zero) { sum, axis in
        sum + parts[0].partialDerivative(withRespectTo: axis).partialDerivative(withRespectTo: axis)
      }
    default: return parts.isEmpty ? expression : expression.withChildren(parts)
    }
  }

  private func differentiated(_ expression: Expression, _ index: MultiIndex, _ axes: [String]) -> Expression {
    zip(index.orders, axes).reduce(expression) { outer, axis in
      (0..<axis.0).reduce(outer) { inner, _ in inner.partialDerivative(withRespectTo: axis.1) }
    }
  }

  private func apply(_ form: LinearForm, to functions: [Expression], _ axes: [String]) -> Expression {
    form.coefficients.reduce(.zero) { sum, entry in
      sum + .number(entry.value) * differentiated(functions[entry.key.unknown], entry.key.derivative, axes)
    }
  }

  private func replacingInputs(_ expression: Expression, _ inputs: [Expression]) -> Expression {
    if case .input(let number) = expression { return inputs[number] }
    let parts = expression.children.map { replacingInputs($0, inputs) }
    return parts.isEmpty ? expression : expression.withChildren(parts)
  }

  /// `mass − linear − terms` of every equation for the given (full) values of the unknowns.
  private func residuals(_ form: NormalForm, _ functions: [Expression]) -> [Expression] {
    let axes = form.domain.axes.map(\.name)
    let solved = zip(functions, form.liftings).map { function, lifting in
      lifting.map { function - $0 } ?? function
    }
    let rates = solved.map { $0.partialDerivative(withRespectTo: "t") }
    let inputs = form.inputs.map { apply($0, to: solved, axes) }
    return form.equations.map { equation in
      equation.terms.reduce(apply(equation.mass, to: rates, axes) - apply(equation.linear, to: solved, axes))
      {
        $0 - differentiated(replacingInputs($1.integrand, inputs), $1.derivative, axes)
      }
    }
  }

  private func check(_ problem: Problem, _ functions: [String: String]) throws {
    let axes = problem.domain.axes.map(\.name)
    let parser = ExpressionParser(axes: axes)
    var bindings = try functions.mapValues { try parser.parse($0) }
    for parameter in problem.parameters { bindings[parameter.name] = .number(parameter.value) }
    let form = try NormalForm(problem)
    let derived = residuals(form, try form.unknowns.map { try #require(bindings[$0.name]) })
    for (equation, residual) in zip(form.equations, derived) {
      let written = problem.equations[equation.origin]
      let expected = explicit((written.left - written.right).substituting(bindings), axes)
      for point in [["x": 0.3, "y": 0.7, "t": 0.2], ["x": 0.9, "y": 0.1, "t": 1.1]] {
        let (left, right) = (try residual.value(point), try expected.value(point))
        #expect(
          abs(abs(left) - abs(right)) < 1e-10 * max(1, abs(right)), "\(written.text): \(left) and \(right)")
      }
    }
  }

  @Test(arguments: [
    "dt(u) + u*dx(u) = nu*lap(u)", "dt(u) = dx(u*dy(u^2)) + x*lap(u)",
    "dt(u) = u*dxy(u*sin(u)) - 1/(1 + u^2)",
    "dt(u) = dx(u)^2*exp(-u) + sqrt(2 + u)*dy(x*u)", "dt(u) = lap(u^3 - u - nu*lap(u))",
    "dt(u) = (u + nu)^3*(dx(u) - y) + erf(u*x)",
    "dt(u) = dx(if(u < 10, u^2, 0)) + y*dx(u^2) + sin(t)*dx(u*u)",
    "dt(u) = atan2(u, 2 + x) + max(u, x - 5) + besselj1(u)*dx(besselj0(u)) + tanh(u)^2",
  ])
  func oneUnknown(text: String) throws {
    let problem = try makeProblem(
      box("x", "y"), parameters: ["nu": 0.3], unknowns: [.real("u")], equations: [text])
    try check(problem, ["u": "1 + 0.3*sin(x + 2*y)*exp(-t) + 0.2*cos(3*x)"])
  }

  @Test(arguments: [
    "dt(w) + dy(psi)*dx(w) - dx(psi)*dy(w) = nu*lap(w)",
    "dt(w) + dx(dy(psi)*w) - dy(dx(psi)*w) = nu*lap(w) - 2*dx(psi)", "dt(w) = 3*dx(psi)*dx(w) + w^2 + w*psi",
  ])
  func streamFunction(text: String) throws {
    let problem = try makeProblem(
      box("x", "y"), parameters: ["nu": 0.3], unknowns: [.real("w"), .real("psi")],
      equations: [text, "w + lap(psi) = 0"])
    // The rewriting uses the constraint, so the functions must satisfy it: w = −lap ψ.
    try check(
      problem,
      [
        "psi": "sin(x)*cos(2*y)*exp(t) + sin(3*x + y)", "w": "5*sin(x)*cos(2*y)*exp(t) + 10*sin(3*x + y)",
      ])
  }

  @Test func liftedBoundaryData() throws {
    let problem = try makeProblem(
      box("x", "y", bounded: ["x", "y"]), unknowns: [.real("u")],
      boundary: [
        (.lower(0), "u = y*t"), (.upper(0), "dn(u) = y"), (.lower(1), "u = 0"), (.upper(1), "u = t + x"),
      ], equations: ["dt(u) + u*dx(u) = lap(u) + x*u^2"])
    #expect(try NormalForm(problem).liftings[0] != nil)
    try check(problem, ["u": "1 + 0.3*sin(x + 2*y)*exp(-t)"])
  }

  @Test func derivedComponentsIncludeLiftings() throws {
    let problem = try makeProblem(
      box("x", bounded: ["x"]), unknowns: [.real("u")],
      boundary: [(.lower(0), "u = t"), (.upper(0), "u = t + 2")],
      equations: ["dt(u) = dxx(u)"])
    let form = try NormalForm(problem)
    let parts = try form.components(of: ExpressionParser(axes: ["x"]).parse("u*dx(u)"), in: problem)
    let part = try #require(parts.first)
    let point = ["x": 0.3, "t": 0.2]
    let inputs = part.inputs.map { apply($0, to: [.power(.symbol("x"), .number(2))], ["x"]) }
    let full = 0.3 * 0.3 + 0.2 + 2 * 0.3
    #expect(try abs(replacingInputs(part.integrand, inputs).value(point) - full * (2 * 0.3 + 2)) < 1e-13)
    #expect(form.missingInitialValues(problem).map(\.message) == ["u has no initial value"])
  }
}
