import Foundation
import Parseval
import Testing

/// The library example of the README, to the letter but for the path and a smaller grid.
@Suite struct ReadmeExampleTests {
  @Test func fewLinesSolveAProblem() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Problems")
    let path = folder.appendingPathComponent("burgers.yaml").path

    let file = try ProblemFileReader().read(
      file: path, overrides: ["parameters.nu=0.02", "discretization.x=256", "solver.tolerance=1e-8"])
    let simulation = try Simulation(file.problem, file.normalForm, options: SimulationOptions(threads: 2))
    let solution = try simulation.run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 < 1e-6)

    let u = try simulation.finalField("u")
    let slope = u.derivative([1])
    // The mean is conserved and was left out of the random field.
    #expect(abs(u.integral) < 1e-12)
    #expect(slope.norm > u.norm)
  }
}
