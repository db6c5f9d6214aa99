import Arrays
import Equations
import LearnedSolvers
import LinearSolvers
import ProblemFiles
import Simulation
import Testing

/// The shipped problems on cells and elements, at low resolution.
@Suite("Shipped problems on cells and elements")
struct ShippedBalanceProblemsTests {
  /// Bounds are about twice what is measured.
  static let problems: [ShippedProblem] = [
    .init(name: "poisson-l-shape", overrides: ["discretization.size=0.1"], bound: 5e-4),
    .init(name: "laplace-four-discs", bound: 5e-5, against: .reference),
    .init(name: "poisson-boltzmann", bound: 1e-3, against: .reference),
    .init(name: "lid-driven-cavity", bound: 4e-4, against: .reference),
    .init(name: "backward-step", bound: 2.5e-3, against: .reference),
    .init(name: "biharmonic", overrides: ["discretization.x=16", "discretization.y=16"], bound: 1e-3),
    .init(
      name: "anisotropic-diffusion", overrides: ["discretization.x=16", "discretization.y=16"], bound: 3e-4),
    .init(name: "helmholtz-robin-3d", bound: 5e-3),
    .init(
      name: "darcy", overrides: ["discretization.x=64", "discretization.y=64"], bound: 0.05, against: .coarser
    ),
    .init(
      name: "convection-diffusion", overrides: ["discretization.x=64", "discretization.y=64"], bound: 0.1,
      against: .coarser),
    .init(name: "plate-with-hole", bound: 1e-4, against: .coarser),
    .init(name: "helmholtz-scattering", bound: 0.04, against: .coarser),
    .init(
      name: "darcy-multiscale", overrides: ["discretization.x=128", "discretization.y=128"], bound: 0.15,
      against: .coarser),
    .init(
      name: "neumann-obstacle-3d", overrides: ["discretization.size=0.12"], bound: 0.1, against: .coarser),
  ]

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

  @Test("The stated error is small", arguments: problems)
  func error(_ item: ShippedProblem) throws {
    let solution = try Self.simulation(item.name, item.overrides).run()
    guard case .completed = solution.outcome else {
      Issue.record("\(solution.outcome)")
      return
    }
    let error = try #require(solution.error)
    #expect(error.against == item.against)
    #expect(error.relativeL2 < item.bound)
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
