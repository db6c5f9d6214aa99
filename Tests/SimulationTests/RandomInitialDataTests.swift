import Arrays
import Equations
import Exchange
import Foundation
import ProblemFiles
import Simulation
import Testing

/// Random initial fields: components of their own, and the ends of every axis.
@Suite struct RandomInitialDataTests {
  private func initialFields(_ text: String) throws -> (Solution, Simulation) {
    let file = try ProblemFileReader().read(text: text, file: "random.yaml")
    var options = SimulationOptions()
    options.estimatesErrorByCoarserRun = false
    let simulation = try Simulation(file.problem, file.normalForm, options: options)
    return (try simulation.run(), simulation)
  }

  @Test func componentsAreIndependent() throws {
    let (solution, _) = try initialFields(
      """
      problem: vector
      domain: {x: {interval: [0, 1], periodic: true}, y: {interval: [0, 1], periodic: true}, t: [0, 0.01]}
      unknowns: [{q: vector}]
      equations: [dt(q) = lap(q)]
      initial: {q: {gaussianField: {amplitude: 1, shift: 3, exponent: 3}}}
      discretization: 32
      """)
    let first = try #require(solution.records.first)
    let (a, b) = (first.fields[0], first.fields[1])
    let size = (0..<a.count).reduce(0) { $0 + a[flat: $1] * a[flat: $1] }
    let product = (0..<a.count).reduce(0) { $0 + a[flat: $1] * b[flat: $1] }
    #expect(size > 0)
    #expect(abs(product) < 0.9 * size)
    #expect(a != b)
  }

  /// A spectrum written out is the field that the three numbers stand for; a parameter may be in it.
  @Test func spectrumIsAnExpressionOfTheWavenumber() throws {
    func field(_ keys: String) throws -> NDArray<Double> {
      let (solution, _) = try initialFields(
        """
        problem: p
        domain: {x: {interval: [0, 2], periodic: true}, y: {interval: [0, 1], periodic: true}, t: [0, 0.01]}
        parameters: {s: 3}
        unknowns: [u]
        equations: [dt(u) = lap(u)]
        initial: {u: {gaussianField: {\(keys)}}}
        discretization: 16
        """)
      return try #require(solution.records.first).fields[0]
    }
    let expected = try field("amplitude: 5, shift: 3, exponent: 4")
    let values = try field("spectrum: 5/(k^2 + s^2)^2")
    #expect(zip(values.elements, expected.elements).allSatisfy { abs($0 - $1) <= 1e-14 })
    #expect(expected.elements.contains { abs($0) > 0.01 })
  }

  @Test func spectrumMustBeFinite() {
    #expect {
      try initialFields(
        """
        problem: p
        domain: {x: {interval: [0, 1], periodic: true}, t: [0, 0.01]}
        unknowns: [u]
        equations: [dt(u) = lap(u)]
        initial: {u: {gaussianField: {spectrum: exp(k^2)}}}
        discretization: 512
        """)
    } throws: {
      ($0 as? SimulationError)?.subject == .initial("u") && "\($0)".contains("not finite")
    }
  }

  /// Neumann ends on x, periodic y: the jump across the seam is no larger than between neighbours.
  @Test func mixedBoxKeepsItsPeriodicAxis() throws {
    let (solution, _) = try initialFields(
      """
      problem: mixed
      domain: {x: [0, 1], y: {interval: [0, 1], periodic: true}, t: [0, 0.01]}
      unknowns: [u]
      equations: [dt(u) = lap(u)]
      boundary: [{on: x, neumann: {u: 0}}]
      initial: {u: {gaussianField: {amplitude: 1, shift: 3, exponent: 4, boundary: neumann}}}
      discretization: 48
      """)
    let field = try #require(solution.records.first).fields[0]
    var seam = 0.0
    var inside = 0.0
    for i in 0..<48 {
      seam = max(seam, abs(field[i, 47] - field[i, 0]))
      for j in 0..<47 { inside = max(inside, abs(field[i, j + 1] - field[i, j])) }
    }
    #expect(inside > 0)
    #expect(seam <= 1.5 * inside)
  }

  @Test func outputDoesNotReplaceOtherFiles() throws {
    let path = NSTemporaryDirectory() + "/parseval-precious-\(getpid()).txt"
    try "hello".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: ExchangeError.self) {
      _ = try NetCDFWriter(path: path, schema: NetCDFSchema(dimensions: [], variables: [], attributes: []))
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello")
  }
}
