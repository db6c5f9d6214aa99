import ProblemFiles
import Simulation
import Testing

/// Components of vectors have names in equations: inertial oscillation turns the velocity with period 2π/f.
@Suite struct ComponentNameTests {
  @Test func componentsOfAVectorCanBeNamed() throws {
    let file = try ProblemFileReader().read(
      text: """
        problem: inertial-oscillation
        domain: {x: {interval: [0, 1], periodic: true}, y: {interval: [0, 1], periodic: true}, t: [0, 1]}
        parameters: {f: 2}
        unknowns: [{q: vector}]
        equations: ["dt(q) = [f*q_y, -f*q_x]"]
        initial: {q: "[1, 0]"}
        exact: {q: "[cos(2*t), -sin(2*t)]"}
        discretization: 8
        """, file: "oscillation.yaml")
    let solution = try Simulation(file.problem, file.normalForm).run()
    #expect(try #require(solution.error).relativeL2 < 1e-13)
  }
}
