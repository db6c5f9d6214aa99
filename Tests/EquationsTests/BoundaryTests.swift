import Equations
import Geometry
import Testing

@Suite struct BoundaryTests {
  private func problem(_ boundary: [(Face, String)]) throws -> Problem {
    try makeProblem(
      box("x", bounded: ["x"]), unknowns: [.real("u")], boundary: boundary, equations: ["dt(u) = dxx(u)"])
  }

  @Test func missingAndDoubledConditions() throws {
    #expect(try mistakes(problem([(.lower(0), "u = 0")])) == ["u has no condition at x = 1"])
    #expect(
      try mistakes(problem([(.lower(0), "u = 0"), (.upper(0), "u = 0"), (.lower(0), "dn(u) = 0")])) == [
        "u has two conditions at x = 0"
      ])
    #expect(
      try mistakes(problem([(.lower(0), "q = 0"), (.upper(0), "u = 0")])) == [
        "'q' is not an unknown and can have no boundary condition", "u has no condition at x = 0",
      ])
    #expect(
      try mistakes(problem([(.lower(0), "u = u"), (.upper(0), "u = 0")])) == [
        "the boundary value of 'u' may only depend on coordinates and time"
      ])
    let periodic = try makeProblem(
      box("x"), unknowns: [.real("u")], boundary: [(.lower(0), "u = 0")], equations: ["dt(u) = dxx(u)"])
    #expect(mistakes(periodic) == ["'u' can have no condition at x = 0: the axis is periodic"])
  }

  @Test(arguments: [
    ("u = 2", "u = 3"), ("u = sin(t)", "dn(u) = t"), ("dn(u) = 1 + t", "u = cos(t)"),
    ("dn(u) = 2", "dn(u) = t^2"),
  ])
  func liftingsSatisfyTheConditions(lower: String, upper: String) throws {
    let problem = try problem([(.lower(0), lower), (.upper(0), upper)])
    let form = try NormalForm(problem)
    let lifting = try #require(form.liftings[0])
    for condition in problem.boundary {
      let isLower = condition.face?.side == .lower
      let point = ["x": isLower ? 0.0 : 1, "t": 0.7]
      let slope = try lifting.partialDerivative(withRespectTo: "x").value(point) * (isLower ? -1 : 1)
      let given = try condition.value.value(point)
      let reached = condition.kind == .dirichlet ? try lifting.value(point) : slope
      #expect(abs(reached - given) < 1e-14)
    }
    #expect(
      form.unknowns[0].boundary == [
        AxisBoundary(lower: problem.boundary[0].kind, upper: problem.boundary[1].kind)
      ])
  }

  @Test func liftingOverTwoAxes() throws {
    let problem = try makeProblem(
      box("x", "y", bounded: ["x", "y"], isSteady: true), unknowns: [.real("u")],
      boundary: [
        (.lower(0), "u = y^2"), (.upper(0), "u = 1 + y"), (.lower(1), "u = x^3"), (.upper(1), "u = 1 + x^2"),
      ], equations: ["lap(u) = 0"])
    let lifting = try #require(try NormalForm(problem).liftings[0])
    for s in [0.0, 0.3, 1] {
      #expect(try abs(lifting.value(["x": 0, "y": s]) - s * s) < 1e-14)
      #expect(try abs(lifting.value(["x": 1, "y": s]) - (1 + s)) < 1e-14)
      #expect(try abs(lifting.value(["x": s, "y": 0]) - s * s * s) < 1e-14)
      #expect(try abs(lifting.value(["x": s, "y": 1]) - (1 + s * s)) < 1e-14)
    }
  }

  /// The lifting along one axis would spoil the faces of the other where the data disagree at an edge.
  @Test(
    arguments: [
      ["u = 1", "u = 0", "u = 0", "u = 0"], ["u = 0", "u = 0", "u = 0", "u = 1"],
      ["dn(u) = 0", "dn(u) = 0", "u = 0", "u = x"], ["u = 0", "u = 0", "dn(u) = 0", "dn(u) = 1"],
    ])
  func dataThatDisagreeAtAnEdgeAreRefused(_ conditions: [String]) throws {
    let problem = try makeProblem(
      box("x", "y", bounded: ["x", "y"], isSteady: true), unknowns: [.real("u")],
      boundary: [
        (.lower(0), conditions[0]), (.upper(0), conditions[1]), (.lower(1), conditions[2]),
        (.upper(1), conditions[3]),
      ], equations: ["lap(u) = 0"])
    #expect {
      try NormalForm(problem)
    } throws: {
      let error = ($0 as? NormalFormErrors)?.errors.first
      guard case .boundary? = error?.subject else { return false }
      return error?.message.contains("contradicts those of the faces it meets") == true
    }
  }

  @Test func dataThatAgreeAtEdgesAreLifted() throws {
    // The values and fluxes of exp(x)*cos(y + x*y)*(1 + t) on the faces of a box.
    let function = "exp(x)*cos(y + x*y)*(1 + t)"
    let slope = "-exp(x)*sin(y + x*y)*(1 + x)*(1 + t)"
    let problem = try makeProblem(
      box("x", "y", bounded: ["x", "y"]), unknowns: [.real("u")],
      boundary: [
        (.lower(0), "u = \(function)"), (.upper(0), "u = \(function)"), (.lower(1), "u = \(function)"),
        (.upper(1), "dn(u) = \(slope)"),
      ], equations: ["dt(u) = lap(u)"])
    #expect(try NormalForm(problem).liftings[0] != nil)
  }

  @Test func vanishingDataNeedNoLifting() throws {
    let problem = try makeProblem(
      box("x", "y", bounded: ["x"]), unknowns: [.real("u")],
      boundary: [(.lower(0), "u = sin(pi*x)"), (.upper(0), "u = sin(pi*x)")], equations: ["dt(u) = lap(u)"])
    #expect(try NormalForm(problem).liftings == [nil])
  }

  @Test func vectorsTakeOneConditionPerComponentOrForAll() throws {
    let domain = box("x", "y", bounded: ["y"])
    func mistakesWith(_ boundary: [(Face, String)]) throws -> [String] {
      try mistakes(
        makeProblem(
          domain, unknowns: [Unknown(name: "v", kind: .vector)], boundary: boundary,
          equations: ["dt(v) = lap(v)"]))
    }
    #expect(try mistakesWith([(.lower(1), "v = 0"), (.upper(1), "v = [1, 0]")]).isEmpty)
    #expect(
      try mistakesWith([(.lower(1), "v_y = 0"), (.lower(1), "dn(v_x) = 0"), (.upper(1), "v = 0")]).isEmpty)
    #expect(
      try mistakesWith([(.lower(1), "v_y = 0"), (.upper(1), "v = 0")]) == ["v_x has no condition at y = 0"])
    #expect(
      try mistakesWith([(.lower(1), "v = 0"), (.upper(1), "v = 1")]) == [
        "the boundary value of the vector 'v' must be a vector or 0"
      ])
  }

  @Test func parityIsWatched() throws {
    func remarks(_ equation: String, _ condition: String) throws -> [String] {
      try NormalForm(
        makeProblem(
          box("x", bounded: ["x"]), unknowns: [.real("u")],
          boundary: [(.lower(0), condition), (.upper(0), condition)],
          equations: [equation])
      ).parityRemarks
    }
    #expect(try remarks("dt(u) + u*dx(u) = dxx(u)", "u = 0").isEmpty)
    #expect(try remarks("dt(u) = dxx(u) + u - u^3", "u = 0").isEmpty)
    #expect(try remarks("dt(u) = dxx(u) + sin(u)", "u = 0").isEmpty)
    #expect(try remarks("dt(u) = dxx(u) + u^2", "dn(u) = 0").isEmpty)
    #expect(try remarks("dt(u) = dxx(u) + u^2", "u = 0").count == 1)
    #expect(try remarks("dt(u) + u*dx(u) = dxx(u)", "dn(u) = 0").count == 1)
    #expect(try remarks("dt(u) + dx(u) = dxx(u)", "u = 0").count == 1)
  }
}
