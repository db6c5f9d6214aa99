import Arrays
import Equations
import Simulation
import TestSupport
import Testing

@Suite("Systems on cells and elements")
struct BalanceSystemTests {
  @Test("The Jacobian is the derivative of the residual, with every condition", arguments: BalanceTexts.all)
  func jacobian(_ named: BalanceTexts.Named) throws {
    let system = try balanceSimulation(named.text, set: named.overrides).discretization
    let laws = BalanceLaws(system)
    for seed in 1...2 as ClosedRange<UInt64> {
      let state = laws.randomState(time: 0.3, seed: seed)
      let blocks = system.ranges
      #expect(laws.jacobianDefect(at: state, time: 0.3, blocks: blocks) < 2e-7)
      #expect(laws.keepsPrescribedValues(at: state, time: 0.3))
    }
  }

  @Test("What is said to be symmetric is", arguments: BalanceTexts.all)
  func symmetry(_ named: BalanceTexts.Named) throws {
    let system = try balanceSimulation(named.text, set: named.overrides).discretization
    let asymmetry = BalanceLaws(system).asymmetry(
      at: BalanceLaws(system).randomState(time: 0), time: 0)
    #expect(system.isSymmetric == (asymmetry < 1e-12))
  }

  @Test("A linear system is solved in one step, a nonlinear one quadratically")
  func newton() throws {
    let linear = try balanceSimulation(BalanceTexts.plate).discretization
    let report = try NewtonSolver(linear).solve(StateVector(count: linear.count), time: 0)
    #expect(report.isConverged && report.iterations == 1)
    #expect(report.residual < 1e-12)

    let system = try balanceSimulation(
      BalanceTexts.coupled, set: ["discretization.method=finite-element", "discretization={x: 8, y: 8}"]
    ).discretization
    let state = StateVector(count: system.count)
    let newton = try NewtonSolver(system).solve(state, time: 0)
    #expect(newton.isConverged)
    let sizes = newton.residuals.map { $0 / newton.residuals[0] }
    // Near the solution the number of digits doubles: r' ≤ C r² with a C that does not grow.
    let steps = zip(sizes, sizes.dropFirst()).filter { $0 < 1e-2 && $1 > 1e-13 }
    #expect(!steps.isEmpty)
    for (before, after) in steps { #expect(after < 100 * before * before) }
  }

  /// arctan: the full step overshoots from |u| > 1.4 on.
  @Test("The line search leads back from a bad first guess")
  func lineSearch() throws {
    let text = """
      problem: steep
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [-1e-3*dxx(u) + atan(20*(u - 2)) = 0]
      boundary: [{on: x, neumann: {u: 0}}]
      discretization: {x: 8, method: finite-volume}
      """
    let system = try balanceSimulation(text).discretization
    let state = StateVector(count: system.count)
    let report = try NewtonSolver(system).solve(state, time: 0)
    #expect(report.isConverged)
    #expect(state.buffer.prefix(system.count).allSatisfy { abs($0 - 2) < 1e-9 })
    #expect(zip(report.residuals, report.residuals.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test("Equations without a solution end with the best guess and a reason")
  func notConverged() throws {
    let text = """
      problem: impossible
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [-dxx(u) = 10*exp(u)]
      boundary: [{on: x, dirichlet: {u: 0}}]
      discretization: {x: 16, method: finite-volume}
      """
    let solution = try balanceSimulation(text).run()
    guard case .notConverged(_, let residual, let reason) = solution.outcome else {
      Issue.record("\(solution.outcome)")
      return
    }
    #expect(residual < 1 && !reason.isEmpty)
    #expect(solution.records.count == 1)
    #expect(solution.records[0].fields[0].elements.allSatisfy { $0.isFinite })
  }

  /// A constant stress, with a condition for each component: P1 has it exactly.
  @Test("Uniform tension is exact, with conditions by component")
  func patch() throws {
    let text = BalanceTexts.plate
      .replacing("= [0, 1]", with: "= [0, 0]")
      .replacing("{on: left, dirichlet: {u: 0}}", with: "{on: left, dirichlet: {u_x: 0}, neumann: {u_y: 0}}")
      .replacing(
        "{on: rest, neumann: {u: 0}}",
        with: "{on: bottom, dirichlet: {u_y: 0}, neumann: {u_x: 0}}\n  - {on: top, neumann: {u: 0}}\n"
          + "  - {on: right, neumann: {u: [0.3, 0]}}\nexact: {u: [0.1*x, -0.05*y]}")
    let error = try #require(try balanceSimulation(text, set: ["discretization.elements=P1"]).run().error)
    #expect(error.relativeL2 < 1e-13)
  }

  @Test("Numbers of threads change no bit", arguments: BalanceTexts.all)
  func threads(_ named: BalanceTexts.Named) throws {
    let runs = try [1, 2, 5].map { threads in
      let simulation = try balanceSimulation(
        named.text, set: named.overrides + Self.finer(named), threads: threads)
      let solution = try simulation.run()
      #expect(solution.outcome == .completed)
      return simulation.finalState?.elements.map(\.bitPattern) ?? []
    }
    #expect(runs[0].count > 100)
    #expect(runs[0] == runs[1])
    #expect(runs[0] == runs[2])
  }

  /// Enough elements for several threads.
  private static func finer(_ named: BalanceTexts.Named) -> [String] {
    if named.text.contains("size:") { return ["discretization.size=0.12"] }
    if named.name.hasPrefix("evolution") {
      return ["discretization.x=20", "discretization.y=20", "domain.t=[0, 0.1]", "solver.tolerance=1e-3"]
    }
    return ["discretization.x=20", "discretization.y=20"]
  }
}
