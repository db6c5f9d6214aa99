import Arrays
import Equations
import Simulation
import TestSupport
import Testing

@Suite("Orders of finite volumes")
struct FiniteVolumeOrderTests {
  private static func text(
    _ equation: String, _ boundary: String, x: String = "[0, 1]", extra: String = "",
    solution: String = "sin(3*x)*exp(y)"
  ) -> String {
    """
    problem: cells
    domain: {x: \(x), y: [0, 1]}
    unknowns: [u]
    define: {s: \(solution)}
    equations: ["\(equation) - (\(equation.replacing("(u)", with: "(s)").replacing("*u", with: "*s"))) = 0"]
    boundary: \(boundary)
    exact: {u: s}
    discretization: {method: finite-volume}
    \(extra)
    """
  }

  private static let dirichlet = "[{on: all, dirichlet: {u: s}}]"
  private static let neumann = """
    [{on: left, dirichlet: {u: s}}, {on: right, neumann: {u: k*dx(s)}},
      {on: bottom, neumann: {u: -k*dy(s)}}, {on: top, neumann: {u: k*dy(s)}}]
    """
  private static let robin = """
    [{on: left, robin: "k*dn(u) = -k*dx(s) + 2*(s - u)"}, {on: right, robin: "dn(u) + k*u = dx(s) + k*s"},
      {on: bottom, neumann: {u: -k*dy(s)}}, {on: top, dirichlet: {u: s}}]
    """

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var overrides: [String] = []
    var order = 2.0
    var testDescription: String { name }
  }

  private static let diffusion = "-div((1 + x^2 + y)*grad(u))"
  private static func withK(_ boundary: String) -> String { boundary.replacing("k*", with: "(1 + x^2 + y)*") }

  private static let cases: [Case] = [
    .init(name: "values given", text: text(diffusion, dirichlet)),
    .init(name: "fluxes given", text: text(diffusion, withK(neumann))),
    .init(name: "Robin", text: text(diffusion, withK(robin))),
    .init(
      name: "arithmetic means", text: text(diffusion, dirichlet),
      overrides: ["discretization.average=arithmetic"]),
    .init(
      name: "a periodic axis",
      text: text(
        "-div((2 + sin(2*pi*x))*grad(u))", "[{on: y, dirichlet: {u: s}}]",
        x: "{interval: [0, 1], periodic: true}",
        solution: "cos(2*pi*x)*exp(y)")),
    .init(name: "central convection", text: text("-0.1*lap(u) + dx((1 + y)*u) + dy(x*u)", dirichlet)),
    .init(
      name: "central convection through given fluxes",
      text: text("-0.1*lap(u) + dx((1 + y)*u) + dy(x*u)", neumann.replacing("k*", with: ""))),
    .init(
      name: "upwind convection", text: text("-0.1*lap(u) + dx((1 + y)*u) + dy(x*u)", dirichlet),
      overrides: ["discretization.convection=upwind"], order: 1),
    .init(
      name: "upwind against a gradient in a source",
      text: text("-0.1*lap(u) + (1 + y)*dx(u) - x*dy(u)", dirichlet),
      overrides: ["discretization.convection=upwind"], order: 1),
    .init(
      name: "a gradient in a source",
      text: text("-lap(u) + x*dx(u) + dy(u)", neumann.replacing("k*", with: ""))),
  ]

  @Test(
    "Values between cells: exact for linear functions, across the seam of a periodic axis, undefined outside")
  func anywhere() throws {
    let text = """
      problem: anywhere
      domain: {x: [1, 3], y: {interval: [0, 4], periodic: true}}
      unknowns: [u]
      equations: [u - lap(u) = 0]
      boundary: [{on: x, neumann: {u: 0}}]
      discretization: {method: finite-volume, x: 5, y: 4}
      """
    let system = try balanceSimulation(text).discretization
    let state = StateVector(count: system.count)
    for cell in 0..<20 { state.baseAddress[cell] = Double(cell / 4) + 10 * Double(cell % 4) }
    func value(_ x: Double, _ y: Double) -> Double {
      system.values(ofUnknown: 0, state, at: NDArray(shape: [1, 2], [x, y]))[0]
    }
    // The centres are at x = 1.2, 1.6, …, 2.8 and y = 0.5, 1.5, 2.5, 3.5.
    for (x, column) in [(1.0, -0.5), (1.2, 0), (1.7, 1.25), (2.9, 4.25), (3, 4.5)] {
      #expect(abs(value(x, 1.75) - column - 12.5) < 1e-12)
      for y in [4.0, 0, -8, 12] { #expect(abs(value(x, y) - column - 15) < 1e-12) }
      #expect(abs(value(x, 3.75) - column - 22.5) < 1e-12)
    }
    for (x, y) in [(0.99, 1), (3.01, 1), (.nan, 1), (2, .infinity)] { #expect(value(x, y).isNaN) }
  }

  @Test("The order is 2 with all conditions, and 1 upwind", arguments: cases)
  func order(_ item: Case) throws {
    let found = try errors(item.text, "x,y", [16, 32, 64], set: item.overrides)
    #expect(abs(fittedOrder(found) - item.order) < 0.2, "\(found)")
  }

  @Test("A coefficient field in a Robin condition keeps the order")
  func robinWithField() throws {
    let text = """
      problem: cells
      domain: {x: [0, 1]}
      unknowns: [u]
      fields: {a: 1 + x^2}
      define: {s: sin(3*x), k: 1 + x^2}
      equations: [-div(a*grad(u)) + div(k*grad(s)) = 0]
      boundary:
        - {on: left, dirichlet: {u: s}}
        - {on: right, robin: "dn(u) + 2*u = dx(s) + 2*s"}
      exact: {u: s}
      discretization: {method: finite-volume}
      """
    let found = try errors(text, "x", [16, 32, 64])
    #expect(abs(fittedOrder(found) - 2) < 0.1, "\(found)")
  }

  /// −(k u')' = 0 with k jumping at a face: piecewise linear, and exact at the centres of the cells.
  @Test("The harmonic mean is exact for a jump at a face, the arithmetic one is not")
  func jump() throws {
    let text = """
      problem: layers
      domain: {x: [0, 1]}
      unknowns: [u]
      fields: {a: "if(x < 0.25, 1, 100)"}
      define: {s: "if(x < 0.25, x/0.2575, (0.25 + (x - 0.25)/100)/0.2575)"}
      equations: [-div(a*grad(u)) = 0]
      boundary: [{on: left, dirichlet: {u: 0}}, {on: right, dirichlet: {u: 1}}]
      exact: {u: s}
      discretization: {x: 8, method: finite-volume}
      """
    let harmonic = try #require(try balanceSimulation(text).run().error)
    #expect(harmonic.relativeL2 < 1e-13)
    let arithmetic = try #require(
      try balanceSimulation(text, set: ["discretization.average=arithmetic"]).run().error)
    #expect(arithmetic.relativeL2 > 1e-2)
  }

  @Test("Upwinding does not oscillate where central fluxes do")
  func boundaryLayer() throws {
    let text = """
      problem: layer
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [EQUATION]
      boundary: [{on: left, dirichlet: {u: 1}}, {on: right, dirichlet: {u: 0}}]
      discretization: {x: 16, method: finite-volume}
      """
    func largest(_ equation: String, _ convection: String) throws -> Double {
      try balanceSimulation(
        text.replacing("EQUATION", with: equation), set: ["discretization.convection=\(convection)"]
      ).run().records[0].fields[0].elements.max() ?? 0
    }
    // As a source with a gradient, and as a flux.
    for equation in ["-0.002*dxx(u) + dx(u) = 0", "-0.002*dxx(u) + dx((2 - x/2)*u) + u/2 = 0"] {
      #expect(try largest(equation, "upwind") <= 1 + 1e-12)
      #expect(try largest(equation, "central") > 1.1)
    }
  }
}
