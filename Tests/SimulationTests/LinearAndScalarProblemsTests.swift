import Arrays
import Equations
import Foundation
import ProblemFiles
import Simulation
import TestSupport
import Testing

/// A file of `Problems/`, changed so that it is solved in a moment, and the error it must then stay below.
struct ShippedProblem: Sendable, CustomTestStringConvertible {
  var name: String
  var overrides: [String] = []
  var bound: Double
  var against = ErrorEstimate.Against.exact

  var testDescription: String { ([name] + overrides).joined(separator: ", ") }

  /// The folder of the checkout.
  static let folder = #filePath.replacing(
    "/Tests/SimulationTests/LinearAndScalarProblemsTests.swift", with: "/Problems")

  static func file(_ name: String, _ overrides: [String] = []) throws -> ProblemFile {
    try ProblemFileReader().read(file: "\(folder)/\(name).yaml", overrides: overrides)
  }

  static func simulation(
    _ name: String, _ overrides: [String] = [], estimatesError: Bool = false, threads: Int = 1
  ) throws -> Simulation {
    let file = try file(name, overrides)
    var options = SimulationOptions(threads: threads)
    options.referenceFolder = folder
    options.estimatesErrorByCoarserRun = estimatesError
    return try Simulation(file.problem, file.normalForm, options: options)
  }
}

@Suite("Shipped linear and scalar problems")
struct LinearAndScalarProblemsTests {
  /// Bounds are two to four times what is measured, or a hundred roundings where the answer is exact.
  private static let problems: [ShippedProblem] = [
    // Linear with constant coefficients: exact in time, and in space from a few points on.
    .init(name: "heat-1d", overrides: ["discretization.x=8"], bound: 1e-14),
    .init(name: "heat-2d", overrides: ["discretization=8"], bound: 1e-14),
    .init(name: "advection", overrides: ["discretization.x=32"], bound: 1e-13),
    .init(name: "klein-gordon", overrides: ["discretization.x=8"], bound: 1e-13),
    .init(name: "wave-1d", overrides: ["discretization.x=8"], bound: 2e-13),
    .init(name: "wave-2d", overrides: ["discretization=8"], bound: 1e-13),
    .init(name: "convection", overrides: ["discretization.x=8"], bound: 1e-13),
    .init(name: "heat-anisotropic", overrides: ["discretization={x: 48, y: 8}"], bound: 1e-13),
    .init(name: "wave-long-time", overrides: ["discretization=8"], bound: 3e-12),
    .init(
      name: "schrodinger-harmonic", overrides: ["discretization.x=64", "solver.tolerance=1e-9"], bound: 2e-9),
    // Nonlinear with an exact solution or somebody else's.
    .init(
      name: "reaction", overrides: ["discretization.x=64", "solver.tolerance=1e-8"], bound: 1e-9),
    .init(
      name: "kdv-two-solitons",
      overrides: ["discretization.x=512", "domain.t=[-0.4,-0.3]", "solver.tolerance=1e-9"], bound: 5e-8),
    .init(
      name: "nls-soliton", overrides: ["discretization.x=512", "domain.t=[0,1]", "solver.tolerance=1e-9"],
      bound: 3e-8),
    .init(
      name: "burgers-shock",
      overrides: ["discretization.x=512", "domain.t=[0,0.3]", "solver.tolerance=1e-9"],
      bound: 1e-9, against: .reference),
    .init(
      name: "allen-cahn", overrides: ["discretization.x=1024", "solver.tolerance=1e-8"], bound: 2e-5,
      against: .reference),
    .init(
      name: "kdv", overrides: ["discretization.x=256", "domain.t=[0,0.5]", "solver.tolerance=1e-9"],
      bound: 2e-9, against: .reference),
    .init(name: "nls", overrides: ["solver.tolerance=1e-8"], bound: 3e-5, against: .reference),
    // Compared with a coarser run of their own.
    .init(
      name: "burgers", overrides: ["discretization.x=256", "solver.tolerance=1e-11"], bound: 1e-10,
      against: .coarser),
    .init(
      name: "burgers-viscous", overrides: ["discretization.x=512", "solver.tolerance=1e-9"], bound: 1e-5,
      against: .coarser),
    .init(
      name: "wave-two-speeds", overrides: ["discretization=96", "domain.t=[0,0.4]"], bound: 5e-4,
      against: .coarser),
    .init(
      name: "fisher", overrides: ["domain.t=[0,2]", "solver.tolerance=1e-10"], bound: 5e-9, against: .coarser),
    .init(
      name: "reaction-diffusion", overrides: ["discretization.x=128", "solver.tolerance=1e-10"], bound: 1e-8,
      against: .coarser),
    .init(
      name: "swift-hohenberg",
      overrides: ["discretization=128", "domain.t=[0,4]", "solver.tolerance=1e-7"],
      bound: 2e-5, against: .coarser),
    .init(
      name: "cahn-hilliard",
      overrides: ["discretization=128", "domain.t=[0,0.001]", "solver.tolerance=1e-7"],
      bound: 4e-6, against: .coarser),
    .init(
      name: "ginzburg-landau",
      overrides: ["discretization.x=256", "domain.t=[0,5]", "solver.tolerance=1e-8"], bound: 5e-8,
      against: .coarser),
  ]

  @Test("Every file is solved to the error of its resolution", arguments: problems)
  func reachesItsError(_ problem: ShippedProblem) throws {
    let simulation = try ShippedProblem.simulation(
      problem.name, problem.overrides, estimatesError: problem.against == .coarser)
    let solution = try simulation.run()
    #expect(solution.outcome == .completed)
    let error = try #require(solution.error)
    #expect(error.against == problem.against)
    #expect(error.relativeL2 <= problem.bound)
    for (quantity, defect) in solution.budgetDefects {
      #expect(defect <= max(1e-11, problem.bound), "budget of \(quantity)")
    }
  }

  /// Where time stepping is all that errs, halving the step divides the error by sixteen.
  private static let timeOrders: [(name: String, overrides: [String], steps: [Double])] = [
    ("schrodinger-harmonic", ["discretization.x=64"], [.pi / 200, .pi / 400, .pi / 800]),
    ("nls-soliton", ["domain.t=[0,1]"], [0.04, 0.02, 0.01]),
    ("kdv-two-solitons", ["domain.t=[-0.4,-0.3]"], [4e-4, 2e-4, 1e-4]),
  ]

  @Test("The error falls with the fourth power of the step", arguments: timeOrders.indices)
  func timeOrder(_ index: Int) throws {
    let (name, overrides, steps) = Self.timeOrders[index]
    let points = try steps.map { step in
      let simulation = try ShippedProblem.simulation(
        name, overrides + ["solver.method=etdrk4", "solver.step=\(step)"])
      return (size: step, error: try #require(try simulation.run().error).relativeL2)
    }
    #expect(abs(fittedOrder(points) - 4) < 0.2, "\(name): \(points)")
  }

  @Test("Dissipated energy never rises and mass stays", arguments: ["swift-hohenberg", "cahn-hilliard"])
  func energyFalls(_ name: String) throws {
    let duration = name == "swift-hohenberg" ? "[0,10]" : "[0,0.004]"
    let simulation = try ShippedProblem.simulation(
      name, ["discretization=96", "solver.tolerance=1e-7", "domain.t=\(duration)"])
    let solution = try simulation.run()
    func history(_ quantity: String) throws -> [Double] {
      let index = try #require(solution.layout.quantities.firstIndex { $0.name == quantity })
      return solution.records.map { $0.quantities[index] }
    }
    let energy = try history("energy")
    #expect(energy.count > 5)
    #expect(zip(energy, energy.dropFirst()).allSatisfy { $1 < $0 })
    guard name == "cahn-hilliard" else { return }
    let mass = try history("mass")
    #expect(mass.allSatisfy { abs($0 - mass[0]) <= 1e-11 * abs(mass[0]) })
  }
}
