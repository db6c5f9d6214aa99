import Arrays
import Foundation
import Simulation
import TestSupport
import Testing

/// Two problems whose accuracy needs thought: an initial value with a kink, and a front.
@Suite("Kinks and fronts")
struct KinkAndShockTests {
  /// The values of all records after the first on every `stride`-th point.
  ///
  /// The initial record is left out: there even the best truncated series of a kink is off by O(n^−3/2).
  private func laterValues(_ name: String, _ overrides: [String], points: Int, of coarse: Int) throws
    -> [Double]
  {
    let simulation = try ShippedProblem.simulation(
      name, overrides + ["discretization.x=\(points)", "solver.tolerance=1e-10", "output.every=0.25"])
    return try simulation.run().records.dropFirst().flatMap { record in
      stride(from: 0, to: points, by: points / coarse).map { record.fields[0][flat: $0] }
    }
  }

  private let projected = "initial.u={projected: x^2*cos(pi*x)}"

  @Test("A sampled kink is off by the square of the spacing")
  func sampledKink() throws {
    let best = try laterValues("allen-cahn", [projected], points: 4096, of: 1024)
    let errors = try [1024, 2048, 4096].map { points in
      let values = try laterValues("allen-cahn", [], points: points, of: 1024)
      return (size: 1 / Double(points), error: relativeDistance(values, best))
    }
    // From 2048 points on the fronts are resolved, and the kink alone is left.
    #expect(abs(fittedOrder(Array(errors.dropFirst())) - 2) < 0.05, "\(errors)")
    #expect(errors[2].error <= 3e-7)
  }

  @Test("Exactly projected, the same kink costs nothing")
  func projectedKink() throws {
    let best = try laterValues("allen-cahn", [projected], points: 4096, of: 2048)
    let values = try laterValues("allen-cahn", [projected], points: 2048, of: 2048)
    #expect(relativeDistance(values, best) <= 1e-9)
  }

  /// −sin πx carried along by viscous Burgers flow, by the transformation of Cole and Hopf:
  /// `u = −∫ sin π(x − η) f(x − η) e^{−η²/4νt} dη / ∫ f(x − η) e^{−η²/4νt} dη`, `f(y) = e^{−cos(πy)/2πν}`.
  ///
  /// The trapezoidal rule converges exponentially for these analytic, decaying integrands.
  private func coleHopf(_ x: Double, _ t: Double, viscosity: Double) -> Double {
    let width = 2 * (viscosity * t).squareRoot()
    let nodes = (-2000...2000).map { 14 * Double($0) / 2000 }
    let exponents = nodes.map { -cos(.pi * (x - width * $0)) / (2 * .pi * viscosity) - $0 * $0 }
    let largest = exponents.max() ?? 0
    var (above, below) = (0.0, 0.0)
    for (node, exponent) in zip(nodes, exponents) {
      let weight = exp(exponent - largest)
      above += weight * sin(.pi * (x - width * node))
      below += weight
    }
    return -above / below
  }

  @Test("The shock follows the formula of Cole and Hopf")
  func shock() throws {
    let simulation = try ShippedProblem.simulation(
      "burgers-shock", ["solver.tolerance=1e-10", "output.every=0.33"])
    let solution = try simulation.run()
    let x = solution.layout.axes[0].coordinates
    #expect(solution.records.count == 4)
    for record in solution.records.dropFirst() {
      let chosen = stride(from: 3, to: x.count, by: 7).map { $0 }
      let exact = chosen.map { coleHopf(x[$0], record.time, viscosity: 0.01 / .pi) }
      #expect(
        relativeDistance(chosen.map { record.fields[0][flat: $0] }, exact) <= 1e-9, "t = \(record.time)")
    }
  }
}
