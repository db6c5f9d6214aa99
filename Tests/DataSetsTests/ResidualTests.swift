import Arrays
import DataSets
import Equations
import ProblemFiles
import Simulation
import Testing

/// What residuals say of a solution.
@Suite struct ResidualTests {
  @Test func differencesAreExactForPolynomials() {
    let nodes = [0.9, 0.1, 0.35, 0.4, 0.55, 0.7, 0.85]
    let weights = RecentStates.weights(nodes, at: 0)
    for power in 0...6 {
      let derivative = zip(nodes, weights).reduce(0) { sum, pair in
        sum + pair.1 * (0..<power).reduce(1) { product, _ in product * pair.0 }
      }
      let exact = power == 0 ? 0 : Double(power) * (0..<power - 1).reduce(1) { product, _ in product * 0.9 }
      #expect(abs(derivative - exact) < 1e-10)
    }
  }

  private func residual(_ text: String, _ overrides: [String]) throws -> Double {
    let file = try ProblemFileReader().read(text: text, file: "problem.yaml", overrides: overrides)
    var options = SimulationOptions()
    options.measuresResidual = true
    options.estimatesErrorByCoarserRun = false
    let simulation: any PreparedProblem
    switch file.formulation {
    case .normal(let form): simulation = try Simulation(file.problem, form, options: options)
    case .fluxes(let form, let kind):
      simulation = try BalanceSimulation(file.problem, form, kind, options: options)
    case .pointwise: throw file.problem.classicalObstacle
    }
    return try #require(try simulation.run(sink: nil, resuming: nil).residual)
  }

  /// Looser steps leave more over: a residual that measures nothing would not tell.
  @Test func theResidualFollowsTheStep() throws {
    let residuals = try ["4e-3", "2e-3", "1e-3"].map {
      try residual(SampleData.decay, ["solver={method: rk4, step: \($0)}", "parameters.nu=0.02"])
    }
    #expect(residuals[0] < 1e-3)
    for (coarse, fine) in zip(residuals, residuals.dropFirst()) { #expect(fine < coarse / 8) }
  }

  @Test func implicitStepsOnCellsHaveAResidual() throws {
    let wall = """
      problem: wall
      domain: {x: [0, 1], t: [0, 0.1]}
      unknowns: [u]
      equations: [dt(u) = dxx(u)]
      boundary: [{on: all, dirichlet: {u: 0}}]
      initial: {u: sin(pi*x)}
      discretization: {x: 32, method: finite-volume}

      """
    let loose = try residual(wall, ["solver.tolerance=1e-4"])
    let tight = try residual(wall, ["solver.tolerance=1e-8"])
    #expect(loose < 1e-2)
    #expect(tight < loose / 10)
  }

  @Test func steadySolutionsLeaveRoundingOver() throws {
    #expect(try residual(SampleData.medium, []) < 1e-11)
    let floor = """
      problem: floor
      domain: {x: {interval: [0, 1], periodic: true}, y: [0, 1]}
      unknowns: [p]
      fields: {f: {gaussianField: {amplitude: 1, shift: 3, exponent: 2}}}
      equations: [lap(p) - p = f]
      boundary: [{on: y, neumann: {p: 0}}]
      discretization: 32

      """
    #expect(try residual(floor, []) < 1e-11)
  }
}
