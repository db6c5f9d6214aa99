import Arrays
import Equations
import Foundation
import Simulation
import TestSupport
import Testing

/// The three-dimensional Navier–Stokes problem: its forms, its constraint, its peak dissipation.
@Suite("Incompressible flow in space")
struct IncompressibleFlowTests {
  private static let short = ["discretization=24", "domain.t=[0,1]", "solver.tolerance=1e-9"]
  private static let asShipped = "cross(curl(u), u)"

  private func dissipation(_ form: String, _ overrides: [String] = []) throws -> Solution {
    try ShippedProblem.simulation(
      "navier-stokes-3d", Self.short + ["equations.0=dt(u) + \(form) + grad(p) = nu*lap(u)"] + overrides
    ).run()
  }

  /// Without aliasing the forms differ by gradients and multiples of div u alone, which the projection removes.
  @Test("All forms of the advection give the same flow", arguments: ["dot(u, grad(u))", "div(outer(u, u))"])
  func forms(_ form: String) throws {
    let shipped = try dissipation(Self.asShipped)
    let other = try dissipation(form)
    let (a, b) = (try shipped.history(of: "dissipation"), try other.history(of: "dissipation"))
    #expect(relativeDistance(a, b) <= 1e-9)
    for component in ["u_x", "u_y", "u_z"] {
      let (first, second) = (
        try #require(shipped.values(of: component)), try #require(other.values(of: component))
      )
      #expect(
        relativeDistance(
          (0..<first.count).map { first[flat: $0] }, (0..<second.count).map { second[flat: $0] })
          <= 1e-8)
    }
  }

  /// A field of the state, point by point: means of products would cancel to a rounding only.
  @Test("The flow stays free of divergence")
  func divergence() throws {
    let solution = try ShippedProblem.simulation(
      "navier-stokes-3d", Self.short + ["define={expansion: div(u)}", "output.fields=[expansion, u]"]
    ).run()
    let (divergence, flow) = (
      try #require(solution.values(of: "expansion")), try #require(solution.values(of: "u_x"))
    )
    func largest(_ values: NDArray<Double>) -> Double {
      (0..<values.count).reduce(0) { max($0, abs(values[flat: $1])) }
    }
    #expect(largest(flow) > 0.1)
    #expect(largest(divergence) <= 1e-13 * largest(flow))
  }

  /// The record, with the command that made it, is in Tests/Reproductions/results/navier-stokes-3d.json.
  @Test("At 64³ the dissipation peaks as at 96³", .enabled(if: isSlowWanted))
  func peakDissipation() throws {
    let peaks = try [64, 96].map { points in
      let simulation = try ShippedProblem.simulation("navier-stokes-3d", ["discretization=\(points)"])
      let solution = try simulation.run()
      #expect(try #require(solution.budgetDefects["energy"]) <= 1e-8)
      let history = try solution.history(of: "dissipation")
      let top = try #require(history.indices.dropFirst().dropLast().max { history[$0] < history[$1] })
      // The vertex of the parabola through the largest record and its neighbours.
      let (a, b, c) = (history[top - 1], history[top], history[top + 1])
      return b - (c - a) * (c - a) / (8 * (a - 2 * b + c))
    }
    print("peak dissipation \(peaks[0]) at 64³, \(peaks[1]) at 96³: \(peaks[0] / peaks[1] - 1)")
    #expect(abs(peaks[0] / peaks[1] - 1) <= 1e-4)
  }
}
