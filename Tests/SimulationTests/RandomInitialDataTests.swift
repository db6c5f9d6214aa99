import Arrays
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
