import Arrays
import Equations
import Foundation
import ProblemFiles
import Simulation
import TestSupport
import Testing

@Suite("Shipped problems on cells and elements")
struct BalanceProblemsTests {
  /// Bounds are about twice what is measured.
  private static let problems: [ShippedProblem] = [
    .init(name: "anisotropic-diffusion", bound: 3e-5), .init(name: "biharmonic", bound: 1.2e-4),
    .init(name: "helmholtz-robin-3d", bound: 6e-3), .init(name: "poisson-l-shape", bound: 1e-4),
    .init(name: "laplace-four-discs", bound: 5e-5, against: .reference),
    .init(name: "poisson-boltzmann", bound: 1e-3, against: .reference),
    .init(
      name: "lid-driven-cavity", overrides: ["reference.variables={u: u}"], bound: 5e-4, against: .reference),
    .init(
      name: "lid-driven-cavity", overrides: ["reference.variables={v: v}"], bound: 8e-4, against: .reference),
    .init(name: "backward-step", bound: 2.5e-3, against: .reference),
    .init(
      name: "poisson-four-spheres", overrides: ["discretization.size=0.15"], bound: 2e-3),
    .init(
      name: "poisson-blocks", overrides: ["discretization={x: 40, y: 40, method: finite-element}"],
      bound: 5e-4,
      against: .coarser),
    .init(
      name: "heat-inhomogeneous",
      overrides: [
        "discretization={x: 16, y: 32, method: finite-element}", "domain.t=[0,1]", "solver.step=0.025",
      ],
      bound: 2e-2, against: .coarser),
    .init(
      name: "heat-seventeen-discs",
      overrides: ["discretization={elements: P2, size: 0.8}", "domain.t=[0,1]", "solver.step=0.1"],
      bound: 1.2e-2, against: .coarser),
    .init(
      name: "pulsating-channel",
      overrides: ["discretization.size=0.1", "domain.t=[0,0.5]", "solver.step=0.025"],
      bound: 2e-3, against: .reference),
    .init(
      name: "convection-diffusion", overrides: ["discretization.x=64", "discretization.y=64"], bound: 6e-2,
      against: .coarser),
    .init(name: "darcy", overrides: ["discretization={x: 64, y: 64}"], bound: 0.1, against: .coarser),
    .init(
      name: "darcy-multiscale", overrides: ["discretization={x: 256, y: 256}"], bound: 0.1, against: .coarser),
    .init(name: "helmholtz-scattering", bound: 4e-2, against: .coarser),
    .init(name: "plate-with-hole", bound: 1e-4, against: .coarser),
    .init(
      name: "neumann-obstacle-3d", overrides: ["discretization.size=0.12"], bound: 0.1, against: .coarser),
  ]

  private static func simulation(
    _ name: String, _ overrides: [String] = [], estimatesError: Bool = false
  ) throws -> BalanceSimulation {
    try balanceSimulation(try ShippedProblem.file(name, overrides)) { options in
      options.referenceFolder = ShippedProblem.folder
      options.estimatesErrorByCoarserRun = estimatesError
    }
  }

  @Test("Errors stay below their bounds", arguments: problems)
  func error(_ problem: ShippedProblem) throws {
    let solution = try Self.simulation(
      problem.name, problem.overrides, estimatesError: problem.against == .coarser
    ).run()
    #expect(solution.outcome == .completed)
    let error = try #require(solution.error)
    #expect(error.against == problem.against)
    #expect(error.relativeL2 <= problem.bound)
  }

  @Test("A reference none of whose points lies in the domain is refused; points outside are said")
  func reference() throws {
    func run(x: String) throws -> Solution {
      let text = """
        problem: elsewhere
        domain: {x: \(x), y: [-0.5, 0.5]}
        unknowns: [u]
        equations: [lap(u) = 0]
        boundary: [{on: all, dirichlet: {u: 1}}]
        discretization: {method: finite-volume, x: 8, y: 8}
        reference: {file: reference/laplace-four-discs.nc, accuracy: 1e-5}
        """
      return try balanceSimulation(text) { $0.referenceFolder = ShippedProblem.folder }.run()
    }
    let error = try #require(try run(x: "[-0.5, 0]").error)
    #expect(error.against == .reference && error.remark.contains("lie outside of the mesh"))
    #expect { try run(x: "[5, 6]") } throws: {
      "\($0)".contains("no point of reference/laplace-four-discs.nc")
    }
  }

  @Test("Between four discs two fine meshes agree to 1e-6")
  func fourDiscs() throws {
    let states = try [1.0, 0.75].map { scale in
      let simulation = try Self.simulation(
        "laplace-four-discs",
        [
          "discretization.size=\(0.005 * scale)",
          "discretization.refine=[{part: discs, size: \(0.00165 * scale)}]",
        ])
      _ = try simulation.run()
      return simulation
    }
    // Points of a lattice that are well inside.
    let points = (0..<100).flatMap { number -> [Double] in
      let (x, y) = (-0.45 + 0.1 * Double(number % 10), -0.45 + 0.1 * Double(number / 10))
      return hypot(abs(x) - 0.3, abs(y) - 0.3) > 0.11 ? [x, y] : []
    }
    let places = NDArray(shape: [points.count / 2, 2], points)
    let values = try states.map { simulation in
      simulation.discretization.values(
        ofUnknown: 0, try #require(simulation.finalState), at: places)
    }
    #expect(values[0].count > 60)
    #expect(relativeDistance(values[1], values[0]) < 1e-6)
  }

  /// Kirsch: three times the pull at the top of the hole, a little more in a finite plate.
  @Test("The stress at the hole is three times the pull")
  func stressConcentration() throws {
    let simulation = try Self.simulation("plate-with-hole")
    let solution = try simulation.run()
    let stress = try #require(solution.values(of: "sxx")).elements.max() ?? 0
    #expect(stress / 0.01 > 2.9 && stress / 0.01 < 3.4)
  }
}
