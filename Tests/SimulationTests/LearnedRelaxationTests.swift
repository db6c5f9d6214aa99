import Arrays
import Equations
import Foundation
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

  @Test("A run that is resumed learns on where it stopped, and is the same to the bit")
  func resuming() throws {
    let changes = ["discretization.x=16", "discretization.y=16", "domain.t=[0,0.1]"]
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func run(stoppingAt limit: Int, from checkpoint: RunCheckpoint? = nil) throws -> (
      RelaxedSequenceSolver, Solution
    ) {
      let settings = RelaxationSettings(seed: 3)
      nonisolated(unsafe) let solver = RelaxedSequenceSolver(
        ChebCB(settings), tolerance: Tolerance(relative: 1e-8), measuring: settings.candidates)
      nonisolated(unsafe) var count = 0
      let simulation = try Self.simulation("heat-diffusion-sequence", changes) {
        $0.makeLinearSolver = { solver }
        $0.estimatesErrorByCoarserRun = false
        $0.checkpointPath = path
        $0.shouldStop = {
          count += 1
          return count > limit
        }
      }
      return (solver, try simulation.run(resuming: checkpoint))
    }
    let (whole, answer) = try run(stoppingAt: .max)
    let (first, stopped) = try run(stoppingAt: 37)
    #expect(stopped.outcome.name == "interrupted")
    let checkpoint = try RunCheckpoint(path: path)
    #expect(checkpoint.relaxation == "chebcb")
    let (second, resumed) = try run(stoppingAt: .max, from: checkpoint)
    #expect(second.choices == whole.choices && second.choices.starts(with: first.choices))
    #expect(resumed.values(of: "u")?.elements == answer.values(of: "u")?.elements)
    // Regrets are those of the systems that were measured here.
    let baselines = try #require(second.baselines)
    #expect(second.record.costs.count == whole.choices.count - first.choices.count)
    #expect(
      second.record.regretAgainstInstanceOptimum(baselines).last
        == second.record.totalCost - baselines.instanceOptimum)
  }
}
