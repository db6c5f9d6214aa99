import Arrays
import Equations
import LearnedSolvers
import LinearSolvers
import ProblemFiles
import Simulation
import Testing

/// Runs whose linear systems are solved with a relaxation that is learned meanwhile.
@Suite("Relaxation learned in a run")
struct LearnedRelaxationTests {
  private static func simulation(
    _ name: String, _ overrides: [String], configure: (inout SimulationOptions) -> Void = { _ in }
  ) throws -> BalanceSimulation {
    let file = try ProblemFileReader().read(
      file: "\(ShippedProblem.folder)/\(name).yaml", overrides: overrides)
    guard case .fluxes(let form, let kind) = file.formulation else {
      throw SimulationError.unsupported("\(name) is solved spectrally")
    }
    var options = SimulationOptions()
    options.referenceFolder = ShippedProblem.folder
    configure(&options)
    return try BalanceSimulation(file.problem, form, kind, options: options)
  }

  /// A solve per step, the same answer as by factors, and fewer iterations than without relaxation.
  @Test("Relaxation is learned while a sequence is solved")
  func relaxation() throws {
    let changes = ["discretization.x=25", "discretization.y=25", "domain.t=[0,1]"]
    func run(_ policy: any RelaxationPolicy) throws -> (RelaxedSequenceSolver, Solution) {
      nonisolated(unsafe) let solver = RelaxedSequenceSolver(policy, tolerance: Tolerance(relative: 1e-8))
      let simulation = try Self.simulation("heat-diffusion-sequence", changes) {
        $0.makeLinearSolver = { solver }
        $0.estimatesErrorByCoarserRun = false
      }
      return (solver, try simulation.run())
    }
    let (learned, solution) = try run(ChebCB(RelaxationSettings()))
    let (plain, _) = try run(FixedRelaxation(1))
    // The first step is made by a method of two stages.
    #expect(learned.choices.count == 1001)
    let factors = try Self.simulation("heat-diffusion-sequence", changes) {
      $0.estimatesErrorByCoarserRun = false
    }.run()
    let (first, second) = (try #require(solution.values(of: "u")), try #require(factors.values(of: "u")))
    var (difference, size) = (0.0, 0.0)
    for i in 0..<first.count {
      difference += (first[flat: i] - second[flat: i]) * (first[flat: i] - second[flat: i])
      size += second[flat: i] * second[flat: i]
    }
    #expect(difference.squareRoot() < 1e-6 * size.squareRoot())
    func total(_ solver: RelaxedSequenceSolver) -> Int { solver.choices.reduce(0) { $0 + $1.iterations } }
    #expect(total(learned) < total(plain))
  }
}
