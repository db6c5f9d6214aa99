import Simulation
import TestSupport
import Testing

@Suite("First guesses and continuation of steady nonlinear problems")
struct ContinuationTests {
  /// −(|u'|^q u')' = 1 on (−1, 1): u = (p − 1)/p (1 − |x|^(p/(p − 1))) with p = q + 2; Newton's method finds no way from
  /// zero, where the coefficient vanishes.
  private static let slowDiffusion = """
    problem: slow
    domain: {x: [-1, 1]}
    parameters: {q: 2}
    unknowns: [u]
    equations: ["-dx((1e-12 + dx(u)^2)^(q/2)*dx(u)) = 1"]
    boundary: [{on: x, dirichlet: {u: 0}}]
    exact: {u: "(q + 1)/(q + 2)*(1 - abs(x)^((q + 2)/(q + 1)))"}
    discretization: {method: finite-element, x: 64, elements: P1}
    """

  @Test("A continuation reaches what Newton's method does not reach from zero")
  func beyondNewton() throws {
    let direct = try balanceSimulation(Self.slowDiffusion).run()
    guard case .notConverged(_, _, let reason) = direct.outcome else {
      Issue.record("solved without a continuation: the problem is too easy")
      return
    }
    #expect(reason.contains("no step along Newton's direction"))
    let simulation = try balanceSimulation(Self.slowDiffusion, set: ["solver.continuation={q: 0}"])
    #expect(simulation.methodText.contains("continued from q = 0.0"))
    let solution = try simulation.run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 < 2e-3)
  }

  /// Bratu's problem −u'' = λ eᵘ has two solutions u = −2 ln(cosh((x − ½) θ/2)/cosh(θ/4)) with θ = √(2λ) cosh(θ/4) for
  /// λ < 3.513830719, and none above.
  private static func bratu(_ theta: Double) -> String {
    """
    problem: bratu
    domain: {x: [0, 1]}
    parameters: {lambda: 1, theta: \(theta)}
    unknowns: [u]
    equations: [-dxx(u) = lambda*exp(u)]
    boundary: [{on: x, dirichlet: {u: 0}}]
    exact: {u: "-2*log(cosh((x - 0.5)*theta/2)/cosh(theta/4))"}
    discretization: {method: finite-volume, x: 128}
    """
  }

  @Test("The first guess decides which of two solutions is found")
  func branches() throws {
    for (theta, guess) in [(1.5171645990507543, []), (10.938702772, ["initial.u=16*x*(1 - x)"])] {
      let solution = try balanceSimulation(Self.bratu(theta), set: guess).run()
      #expect(solution.outcome == .completed)
      #expect(try #require(solution.error).relativeL2 < 1e-4)
    }
  }

  @Test("The solution itself is a first guess")
  func exactGuess() throws {
    let text = """
      problem: known
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [-dxx(u) + u^3 = (1 + x)^3]
      boundary: [{on: x, dirichlet: {u: 1 + x}}]
      initial: {u: 1 + x}
      exact: {u: 1 + x}
      discretization: {method: finite-volume, x: 64}
      """
    let solution = try balanceSimulation(text).run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 < 1e-12)
  }

  @Test("At a fold a continuation ends with the last solution and says where")
  func fold() throws {
    let set = ["parameters.lambda=5", "solver.continuation={lambda: 1}"]
    let solution = try balanceSimulation(Self.bratu(1), set: set).run()
    guard case .notConverged(_, let residual, let reason) = solution.outcome else {
      Issue.record("\(solution.outcome)")
      return
    }
    #expect(residual > 1e-3)
    let reached = try #require(reason.firstMatch(of: /no further than lambda = ([0-9.]+),/))
    #expect(abs(try #require(Double(reached.1)) - 3.5138) < 2e-3)
  }

  /// A flow that is closed in: the mean of its divergence is zero by the boundary data.
  @Test("Pressures up to a constant are continued too")
  func openConstants() throws {
    let set = [
      "parameters.nu=0.001", "solver.continuation={nu: 0.1}",
      "discretization={size: 0.1, elements: {u: P2, v: P2, p: P1}}",
    ]
    let simulation = try balanceSimulation(try ShippedProblem.file("lid-driven-cavity", set)) {
      $0.referenceFolder = ShippedProblem.folder
    }
    #expect(try simulation.run().outcome == .completed)
  }
}
