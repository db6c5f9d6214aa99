import Arrays
import Equations
import Foundation
import Simulation
import TestSupport
import Testing

/// What holds on one axis of a unit box, with two functions that fit.
private struct AxisKind: Sendable {
  var letters: String
  /// Functions of the axis, by its name.
  var functions: @Sendable (String) -> (String, String)
  /// The kinds of the lower and upper end; none on a periodic axis.
  var ends: (String, String)?

  static let all = [
    AxisKind(letters: "periodic", functions: { ("cos(2*pi*\($0))", "sin(4*pi*\($0))") }),
    AxisKind(
      letters: "D-D", functions: { ("sin(pi*\($0))", "sin(2*pi*\($0))") }, ends: ("dirichlet", "dirichlet")),
    AxisKind(
      letters: "N-N", functions: { ("cos(pi*\($0))", "cos(2*pi*\($0))") }, ends: ("neumann", "neumann")),
    AxisKind(
      letters: "D-N", functions: { ("sin(pi*\($0)/2)", "sin(3*pi*\($0)/2)") }, ends: ("dirichlet", "neumann")),
    AxisKind(
      letters: "N-D", functions: { ("cos(pi*\($0)/2)", "cos(3*pi*\($0)/2)") }, ends: ("neumann", "dirichlet")),
  ]
}

@Suite("Poisson and Helmholtz problems on boxes")
struct BoxProblemsTests {
  /// All ends on all axes: 5, 25 and 125 boxes.
  private static func mixes(_ dimension: Int) -> [[AxisKind]] {
    (0..<dimension).reduce([[]]) { lists, _ in lists.flatMap { list in AxisKind.all.map { list + [$0] } } }
  }

  /// What turns a shipped problem into one with these ends.
  private func overrides(_ kinds: [AxisKind], points: Int, isSingular: Bool) -> [String] {
    let names = Array(["x", "y", "z"].prefix(kinds.count))
    var result = ["discretization=\(points)"]
    var conditions: [String] = []
    for (name, kind) in zip(names, kinds) {
      result.append("domain.\(name)={interval: [0, 1], periodic: \(kind.ends == nil)}")
      guard let ends = kind.ends else { continue }
      conditions.append("{on: \(name) = 0, \(ends.0): {u: 0}}")
      conditions.append("{on: \(name) = 1, \(ends.1): {u: 0}}")
    }
    let products = [0, 1].map { which in
      zip(names, kinds).map { which == 0 ? $1.functions($0).0 : $1.functions($0).1 }.joined(separator: "*")
    }
    result.append("define.s=\(products[0]) + 0.3*\(products[1])")
    result.append("boundary=[\(conditions.joined(separator: ", "))]")
    if isSingular && kinds.allSatisfy({ $0.letters == "periodic" || $0.letters == "N-N" }) {
      result.append("gauge=['mean(u) = 0']")
    }
    return result
  }

  @Test("Every mix of ends is solved to rounding", arguments: ["poisson", "helmholtz"], [1, 2, 3])
  func allMixes(_ name: String, _ dimension: Int) throws {
    for kinds in Self.mixes(dimension) {
      let changes = overrides(kinds, points: dimension == 3 ? 8 : 16, isSingular: name == "poisson")
      let solution = try ShippedProblem.simulation("\(name)-\(dimension)d", changes).run()
      let error = try #require(solution.error)
      #expect(error.against == .exact)
      #expect(error.relativeL2 <= 1e-13, "\(kinds.map(\.letters))")
    }
  }

  @Test("Shipped as they stand they are exact", arguments: ["poisson", "helmholtz"], [1, 2, 3])
  func shippedFiles(_ name: String, _ dimension: Int) throws {
    let error = try #require(try ShippedProblem.simulation("\(name)-\(dimension)d").run().error)
    #expect(error.relativeL2 <= 1e-13)
  }

  @Test("The finite-difference symbol is of second order", arguments: ["poisson", "helmholtz"], [1, 2, 3])
  func finiteDifferences(_ name: String, _ dimension: Int) throws {
    let points = try [64, 96, 128].prefix(dimension == 3 ? 2 : 3).map { count in
      let simulation = try ShippedProblem.simulation(
        "\(name)-\(dimension)d", ["discretization=\(count)", "discretization.symbol=finite-difference"])
      return (size: 1 / Double(count), error: try #require(try simulation.run().error).relativeL2)
    }
    #expect(abs(fittedOrder(points) - 2) < 0.05, "\(points)")
  }

  /// One wave is also an eigenfunction of differences, with (2 − 2 cos kh)/h² for k².
  @Test("The transform solves the difference equation to rounding")
  func differenceEquation() throws {
    let (n, k) = (24, 2.5 * Double.pi)
    let h = 1 / Double(n)
    let factor = k * k * h * h / (2 - 2 * cos(k * h))
    let solution = try ShippedProblem.simulation(
      "poisson-1d",
      [
        "discretization=\(n)", "discretization.symbol=finite-difference", "define.s=sin(5*pi*x/2)",
        "equations=[-lap(u) = (5*pi/2)^2*s]", "exact.u=\(factor)*s",
      ]
    ).run()
    #expect(try #require(solution.error).relativeL2 <= 1e-13)
  }

  @Test("A function that is no finite sum of waves converges faster than any power")
  func spectralAccuracy() throws {
    let errors = try [8, 16, 32].map { count in
      let simulation = try ShippedProblem.simulation(
        "poisson-2d",
        [
          "discretization=\(count)", "define.s=sin(pi*y/2)/(1.5 + sin(pi*y/2)^2)*exp(cos(pi*x))",
        ])
      return try #require(try simulation.run().error).relativeL2
    }
    #expect(errors[1] < 1e-2 * errors[0], "\(errors)")
    #expect(errors[2] < 1e-4 * errors[1] || errors[2] < 1e-13, "\(errors)")
  }

  private static let insulated = ["define.s=cos(pi*x)", "boundary=[{on: x, neumann: {u: 0}}]"]

  @Test("A gauge gives the solution the mean that it names")
  func gaugeValue() throws {
    let error = try #require(
      try ShippedProblem.simulation(
        "poisson-1d", Self.insulated + ["gauge=['mean(u) = 3']", "exact.u=3 + s"]
      ).run().error)
    #expect(error.relativeL2 <= 1e-13)
  }

  /// −u″ = 1 with the fluxes 0 and −1, and the mean 2: u = 2 + 1/6 − x²/2, a polynomial that is all lifting.
  @Test("A gauge holds for the solution, not for what is left of it after lifting the fluxes")
  func gaugeWithFluxes() throws {
    let error = try #require(
      try ShippedProblem.simulation(
        "poisson-1d",
        [
          "equations=[-lap(u) = 1]", "exact.u=2 + 1/6 - x^2/2", "gauge=['mean(u) = 2']",
          "boundary=[{on: left, neumann: {u: 0}}, {on: right, neumann: {u: -1}}]",
        ]
      ).run().error)
    #expect(error.relativeL2 <= 1e-13)
  }

  @Test("Sources that do not balance in an insulated box are refused")
  func incompatibleSources() throws {
    let simulation = try ShippedProblem.simulation(
      "poisson-1d", Self.insulated + ["gauge=['mean(u) = 0']", "equations=[-lap(u) = 1 + s]"])
    #expect {
      try simulation.run()
    } throws: {
      guard case SimulationError.incompatible("u", let mean) = $0 else { return false }
      return abs(abs(mean) - 1) < 1e-12
    }
  }

  @Test("A wavenumber at resonance is refused", arguments: ["pi/2", "5*pi/2"])
  func resonance(_ wavenumber: String) throws {
    #expect {
      try ShippedProblem.simulation("helmholtz-1d", ["parameters.k=\(wavenumber)"])
    } throws: {
      "\($0)".contains("resonance")
    }
  }
}
