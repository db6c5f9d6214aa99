import Arrays
import Equations
import Foundation
import ProblemFiles
import Simulation
import TestSupport
import Testing

/// Relative errors in L² against the exact solution of a problem, by the size of its elements or cells.
func errors(
  _ text: String, _ key: String, _ sizes: [Double], set overrides: [String] = []
) throws -> [(size: Double, error: Double)] {
  try sizes.map { size in
    let isCount = size > 1
    let value = isCount ? "\(Int(size))" : "\(size)"
    let solution = try balanceSimulation(
      text, set: overrides + key.split(separator: ",").map { "discretization.\($0)=\(value)" }
    ).run()
    #expect(solution.outcome == .completed)
    return (isCount ? 1 / size : size, try #require(solution.error).relativeL2)
  }
}

@Suite("Orders of finite elements")
struct FiniteElementOrderTests {
  /// Values given outside, the flux inside, on circles.
  private static let annulus = """
    problem: annulus
    domain:
      geometry: {difference: [{disc: {center: [0, 0], radius: 1}, name: outer}, {disc: {center: [0, 0], radius: 0.4}, name: inner}]}
    unknowns: [u]
    define: {s: "exp(x)*cos(2*y)"}
    equations: [-div((2 + x*y)*grad(u)) + u + div((2 + x*y)*grad(s)) - s = 0]
    boundary:
      - {on: outer, dirichlet: {u: s}}
      - {on: inner, neumann: {u: -(2 + x*y)*(x*dx(s) + y*dy(s))/0.4}}
    exact: {u: s}
    """

  @Test("P1 has order 2 and P2 order 3 on a curved domain", arguments: [("P1", 2.0), ("P2", 3.0)])
  func curved(_ element: String, _ order: Double) throws {
    let found = try errors(
      Self.annulus, "size", [0.2, 0.1, 0.05], set: ["discretization.elements=\(element)"])
    #expect(abs(fittedOrder(found) - order) < 0.2, "\(found)")
  }

  private static let ball = """
    problem: ball
    domain: {geometry: {sphere: {center: [0, 0, 0], radius: 1}, name: skin}}
    unknowns: [u]
    define: {s: "exp(x)*cos(y)*(1 + z)^2"}
    equations: [-lap(u) + lap(s) = 0]
    boundary: [{on: skin, dirichlet: {u: s}}]
    exact: {u: s}
    """

  @Test("Likewise in a ball", arguments: [("P1", 2.0, 0.35), ("P2", 3.0, 0.35)])
  func sphere(_ element: String, _ order: Double, _ tolerance: Double) throws {
    let found = try errors(Self.ball, "size", [0.28, 0.2, 0.14], set: ["discretization.elements=\(element)"])
    #expect(abs(fittedOrder(found) - order) < tolerance, "\(found)")
  }

  private static let block = """
    problem: block
    domain: {x: [0, 1], y: [0, 1], z: [0, 1]}
    unknowns: [u]
    define: {s: "sin(2*x + y)*exp(z)"}
    equations: [-lap(u) + lap(s) = 0]
    boundary:
      - {on: [left, bottom], dirichlet: {u: s}}
      - {on: right, neumann: {u: dx(s)}}
      - {on: rest, robin: "dn(u) + u = if(y > 0.9999999, dy(s), if(z > 0.5, dz(s), -dz(s))) + s"}
    exact: {u: s}
    discretization: {method: finite-element}
    """

  @Test("Likewise in a box", arguments: [("P1", 2.0), ("P2", 3.0)])
  func box(_ element: String, _ order: Double) throws {
    let found = try errors(
      Self.block, "x,y,z", element == "P1" ? [4, 8, 16] : [2, 4, 8],
      set: ["discretization.elements=\(element)"])
    #expect(abs(fittedOrder(found) - order) < 0.2, "\(found)")
  }

  @Test("Likewise on an interval", arguments: [("P1", 2.0), ("P2", 3.0)])
  func interval(_ element: String, _ order: Double) throws {
    let text = """
      problem: line
      domain: {x: [0, 2]}
      unknowns: [u]
      define: {s: "sin(2*x)"}
      equations: [-div(exp(x)*grad(u)) + x*dx(u) + dx(exp(x)*dx(s)) - x*dx(s) = 0]
      boundary: [{on: left, dirichlet: {u: s}}, {on: right, neumann: {u: exp(x)*dx(s)}}]
      exact: {u: s}
      discretization: {method: finite-element}
      """
    let found = try errors(text, "x", [8, 16, 32], set: ["discretization.elements=\(element)"])
    #expect(abs(fittedOrder(found) - order) < 0.15, "\(found)")
  }

  /// The nonlinear system of the issue: two unknowns, each in the other's flux, on a polygon with a round hole.
  private static let system = """
    problem: two-unknowns
    domain:
      geometry:
        difference:
          - {polygon: [[0, 0], [2, 0], [2.2, 1], [1, 1.8], [-0.2, 1.1]], name: edge}
          - {disc: {center: [1, 0.8], radius: 0.35}, name: hole}
    unknowns: [u, v]
    define: {a: "sin(x)*exp(y/2)", b: "cos(x + y)", nx: (1 - x)/0.35, ny: (0.8 - y)/0.35}
    equations:
      - -div((1 + v^2)*grad(u)) + u*v + div((1 + b^2)*grad(a)) - a*b = 0
      - -div(exp(u/4)*grad(v)) + u*dx(v) + v^3 + div(exp(a/4)*grad(b)) - a*dx(b) - b^3 = 0
    boundary:
      - {on: edge, dirichlet: {u: a, v: b}}
      - {on: hole, neumann: {u: (1 + b^2)*(nx*dx(a) + ny*dy(a))}}
      - {on: hole, robin: "exp(u/4)*dn(v) + u*v^2 = exp(a/4)*(nx*dx(b) + ny*dy(b)) + a*b^2"}
    exact: {u: a, v: b}
    """

  @Test(
    "A nonlinear system of two unknowns on a polygon with a hole reaches its order",
    arguments: [("P1", 2.0), ("P2", 3.0)])
  func nonlinearSystem(_ element: String, _ order: Double) throws {
    let found = try errors(
      Self.system, "size", [0.3, 0.15, 0.075], set: ["discretization.elements=\(element)"])
    #expect(abs(fittedOrder(found) - order) < 0.25, "\(found)")
  }

  /// r^(2/3) sin(2θ/3): the order is that of the solution, not of the elements.
  @Test("A corner takes orders from P1, in L² down to 4/3 and in H¹ to 2/3; a graded mesh gives 2 and 1 back")
  func cornerSingularity() throws {
    /// Relative errors in L² and of the gradient, by the size of the elements.
    func errors(_ sizes: [Double], _ overrides: [String]) throws -> [[(size: Double, error: Double)]] {
      let runs = try sizes.map { size in
        let own = try ShippedProblem.file("poisson-l-shape", overrides + ["discretization.size=\(size)"])
        let simulation = try balanceSimulation(own)
        return (size, try #require(try simulation.run().error).relativeL2, try slopeError(simulation))
      }
      return [runs.map { ($0.0, $0.1) }, runs.map { ($0.0, $0.2) }]
    }
    /// grad s = ⅔ r^(−⅓) (−sin(θ/3), cos(θ/3)).
    func slopeError(_ simulation: BalanceSimulation) throws -> Double {
      let (system, form) = (simulation.discretization, simulation.form)
      let points = system.quadraturePoints
      let inputs = system.quadratureInputs(try #require(simulation.finalState), time: 0)
      let place = try ["x", "y"].map { try points.functions.values(of: .symbol($0)) }
      var (difference, size) = (0.0, 0.0)
      for i in 0..<points.weights.count {
        let (x, y) = (place[0].baseAddress[i], place[1].baseAddress[i])
        let angle = y >= 0 ? atan2(y, x) : atan2(y, x) + 2 * Double.pi
        let factor = 2 / 3 * pow(x * x + y * y, -1 / 6.0)
        for (axis, exact) in [-factor * sin(angle / 3), factor * cos(angle / 3)].enumerated() {
          let own = inputs[form.input(0, axis: axis)].baseAddress[i]
          difference += points.weights.baseAddress[i] * (own - exact) * (own - exact)
          size += points.weights.baseAddress[i] * exact * exact
        }
      }
      return (difference / size).squareRoot()
    }
    let uniform = try errors([0.2, 0.1, 0.05, 0.025], ["discretization.refine=[]"])
    #expect(abs(fittedOrder(uniform[0]) - 4.0 / 3) < 0.15, "\(uniform)")
    #expect(abs(fittedOrder(uniform[1]) - 2.0 / 3) < 0.1, "\(uniform)")
    let graded = try errors([0.2, 0.1, 0.05], [])
    #expect(abs(fittedOrder(graded[0]) - 2) < 0.2, "\(graded)")
    #expect(abs(fittedOrder(graded[1]) - 1) < 0.1, "\(graded)")
  }

  /// Taylor and Hood: velocities of order 2, pressure of order 1, with an exact flow of Kovasznay's kind.
  @Test("Flow with Taylor–Hood elements has order 3")
  func taylorHood() throws {
    let text = """
      problem: kovasznay
      domain: {geometry: {polygon: [[-0.5, -0.5], [1, -0.5], [1, 0.5], [-0.5, 0.5]], name: wall}}
      parameters: {nu: 0.05}
      unknowns: [u, v, p]
      define:
        l: 1/(2*nu) - sqrt(1/(4*nu^2) + 4*pi^2)
        a: 1 - exp(l*x)*cos(2*pi*y)
        b: l*exp(l*x)*sin(2*pi*y)/(2*pi)
      equations:
        - u*dx(u) + v*dy(u) + dx(p) = nu*lap(u)
        - u*dx(v) + v*dy(v) + dy(p) = nu*lap(v)
        - dx(u) + dy(v) = 0
      gauge: [mean(p) = 0]
      boundary: [{on: wall, dirichlet: {u: a, v: b}}]
      exact: {u: a, v: b}
      discretization: {elements: {u: P2, v: P2, p: P1}}
      """
    let found = try errors(text, "size", [0.2, 0.1, 0.05])
    #expect(fittedOrder(found) > 2.75, "\(found)")
  }
}
