import Arrays
import Equations
import Foundation
import ProblemFiles
import Simulation
import Spectral
import TestSupport
import Testing

@Suite("Shipped systems, turbulence and chaos")
struct SystemProblemsTests {
  /// Bounds are two to four times what is measured at these resolutions and horizons.
  private static let problems: [ShippedProblem] = [
    .init(
      name: "kuramoto-sivashinsky", overrides: ["discretization.x=128", "domain.t=[0,0.2]"], bound: 1e-9,
      against: .coarser),
    .init(
      name: "kuramoto-sivashinsky-chaotic",
      overrides: ["discretization.x=512", "domain.t=[0,0.2]", "solver.tolerance=1e-10"], bound: 2e-7,
      against: .coarser),
    .init(
      name: "kuramoto-sivashinsky-22", overrides: ["discretization.x=96", "domain.t=[0,40]"], bound: 1e-5,
      against: .coarser),
    .init(
      name: "gray-scott", overrides: ["discretization=192", "domain.t=[0,6]"], bound: 1e-4, against: .coarser),
    .init(
      name: "fitzhugh-nagumo", overrides: ["discretization=192", "domain.t=[0,2]"], bound: 3e-5,
      against: .coarser),
    .init(name: "chemotaxis", bound: 1e-9, against: .coarser),
    .init(name: "chemotaxis-limit", bound: 1e-11, against: .coarser),
    .init(name: "navier-stokes-2d", overrides: ["discretization=16"], bound: 1e-14),
    .init(
      name: "navier-stokes-2d-mcwilliams", overrides: ["discretization=384", "domain.t=[0,0.5]"],
      bound: 3e-5, against: .coarser),
    .init(
      name: "navier-stokes-2d-kolmogorov", overrides: ["discretization=384", "domain.t=[0,0.5]"],
      bound: 1e-3, against: .coarser),
    .init(
      name: "navier-stokes-2d-fno-forced", overrides: ["discretization=96", "domain.t=[0,0.5]"],
      bound: 2e-4, against: .coarser),
    .init(
      name: "quasi-geostrophic-two-layer", overrides: ["discretization=96", "domain.t=[0,4]"],
      bound: 6e-6, against: .coarser),
    .init(
      name: "burgers-2d", overrides: ["discretization=192", "domain.t=[0,0.5]"], bound: 2e-6,
      against: .coarser),
    .init(
      name: "navier-stokes-3d", overrides: ["discretization=32", "domain.t=[0,1]"], bound: 1e-2,
      against: .coarser),
  ]

  @Test("Every file is solved to the error of its resolution, and its budgets close", arguments: problems)
  func reachesItsError(_ problem: ShippedProblem) throws {
    let simulation = try ShippedProblem.simulation(
      problem.name, problem.overrides, estimatesError: problem.against == .coarser)
    let solution = try simulation.run()
    #expect(solution.outcome == .completed)
    let error = try #require(solution.error)
    #expect(error.against == problem.against)
    #expect(error.relativeL2 <= problem.bound)
    #expect(solution.budgetDefects.count == simulation.problem.budgets.count)
    for (quantity, defect) in solution.budgetDefects {
      #expect(defect <= (quantity == "mass" ? 1e-11 : 1e-8), "budget of \(quantity)")
    }
  }

  /// Ten times the tolerance changes no step here: an estimate from the same steps would see no error in time.
  @Test("An estimate comes from fewer steps than its run")
  func estimateSeesTheTime() throws {
    let solution = try ShippedProblem.simulation("chemotaxis", estimatesError: true).run()
    let error = try #require(solution.error)
    #expect(error.relativeL2 > 1e-14)
    #expect(error.remark.contains("steps instead of \(solution.steps)"))
  }

  /// One orbit's windows of a thousand time units differ by 2.5 %, one standard deviation.
  ///
  /// A single run agrees within 3 % three times out of four; the average over many says whether the windows do.
  @Test("Chaos on the smallest domain has a mean energy", .enabled(if: isSlowWanted))
  func meanEnergyOfChaos() throws {
    func means(_ overrides: [String]) throws -> (early: Double, late: Double) {
      let solution = try ShippedProblem.simulation("kuramoto-sivashinsky-22", overrides).run()
      let energy = try solution.history(of: "energy")
      func mean(_ window: ClosedRange<Double>) -> Double {
        let inside = zip(solution.records, energy).filter { window.contains($0.0.time) }.map(\.1)
        return inside.reduce(0, +) / Double(inside.count)
      }
      return (mean(500...1500), mean(1500...2500))
    }
    let shipped = try means([])
    let orbits = try (1...30).map { seed in
      try means(["solver={step: 0.1, seed: \(seed)}", "output.every=0.5"])
    }
    let early = orbits.reduce(0) { $0 + $1.early } / 30
    let late = orbits.reduce(0) { $0 + $1.late } / 30
    let scatter = (orbits.reduce(0) { $0 + pow($1.late / $1.early - 1, 2) } / 30).squareRoot()
    print(
      "mean energy \(early) over [500, 1500], \(late) over [1500, 2500]: \(late / early - 1); "
        + "of one orbit ± \(scatter); as shipped \(shipped.late / shipped.early - 1)")
    #expect(abs(late / early - 1) < 0.03)
    #expect(scatter < 0.05 && abs(shipped.late / shipped.early - 1) < 0.1)
    // Far from rest: a flow that died or blew up would agree with itself too.
    #expect((1...3).contains(early))
  }
}

/// Whether tests that take minutes are asked for.
let isSlowWanted = ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil

extension Solution {
  /// A recorded quantity at every record.
  func history(of quantity: String) throws -> [Double] {
    let index = try #require(layout.quantities.firstIndex { $0.name == quantity })
    return records.map { $0.quantities[index] }
  }
}
