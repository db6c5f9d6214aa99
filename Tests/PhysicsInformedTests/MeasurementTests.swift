import Equations
import Foundation
import Geometry
import PhysicsInformed
import ProblemFiles
import Testing

@Suite struct MeasurementTests {
  private static let text = """
    problem: inverse
    domain: {x: [0, 1], y: [0, 1]}
    unknowns: [u, v]
    fields: {a: {unknown: true, initial: 1 + x}}
    parameters: {c: {unknown: true, initial: 1}}
    equations:
      - -div(a*grad(u)) = v
      - c*lap(v) = 1
    boundary: [{on: all, dirichlet: {u: c, v: 0}}]
    data: {synthetic: {points: 4000, noise: 0.1, seed: 3, of: {u: x*y, u + v: x}}}
    """

  private func plan(_ text: String = text) throws -> CollocationPlan {
    let file = try ProblemFileReader().read(text: text, file: "p.yaml")
    return try CollocationPlan(try PointwiseForm(file.problem), style: .init(), counts: PointCounts())
  }

  private func measured(_ text: String = text) throws -> (points: PointCloud, values: [Double]) {
    let plan = try plan(text)
    let term = try #require(plan.terms.last)
    let (points, values) = try plan.points(
      of: term, problem: Problem(name: "p", domain: plan.form.domain), seed: 99)
    return (points, values)
  }

  @Test func dataAreATermWithTheirValues() throws {
    let term = try #require(try plan().terms.last)
    #expect(term.description.kind == .data && term.count == 4000)
    #expect(term.description.columns == ["x", "y", "data.0", "data.1"])
    #expect(term.description.relations.map(\.name) == ["u", "u + v"])
    #expect(term.description.relations[1].expression.freeSymbols == ["data.1"])
  }

  /// The mean and the size of 4,000 errors of the size 0.1.
  @Test func errorsAreOfTheirSizeAndOfTheirSeed() throws {
    let (points, values) = try measured()
    #expect(points.count == 4000 && values.count == 8000)
    for quantity in 0..<2 {
      let errors = (0..<4000).map { point in
        let (x, y) = (points.coordinates[2 * point], points.coordinates[2 * point + 1])
        return values[2 * point + quantity] - (quantity == 0 ? x * y : x)
      }
      let mean = errors.reduce(0, +) / 4000
      let deviation = (errors.reduce(0) { $0 + $1 * $1 } / 4000).squareRoot()
      #expect(abs(mean) < 5 * 0.1 / 4000.0.squareRoot())
      #expect(abs(deviation - 0.1) < 0.1 * 5 / 8000.0.squareRoot())
    }
    #expect(try measured().values == values)
    #expect(try measured(Self.text.replacing("seed: 3", with: "seed: 4")).values != values)
    let exact = try measured(Self.text.replacing("noise: 0.1", with: "noise: 0"))
    #expect(exact.points.coordinates == points.coordinates)
    #expect(exact.values[1] == exact.points.coordinates[0])
  }

  @Test func pointsLieInShapes() throws {
    let text = """
      problem: p
      domain: {geometry: {disc: {center: [1, 1], radius: 0.5}}}
      unknowns: [u]
      equations: [lap(u) = 1]
      boundary: [{on: all, neumann: {u: 0}}]
      discretization: {method: collocation}
      data: {synthetic: {points: 200, of: {u: x}}}
      """
    let points = try measured(text).points.coordinates
    #expect((0..<200).allSatisfy { hypot(points[2 * $0] - 1, points[2 * $0 + 1] - 1) < 0.5 })
  }

  @Test func firstGuessesAreWhereTheNetworkBegins() throws {
    let plan = try plan()
    #expect(plan.constraints.constraint.forms[2].factor == .one)
    #expect("\(plan.constraints.constraint.forms[2].offset)" == "1 + x")
    #expect(
      plan.constraints.remarks.contains(
        "u on the whole boundary: soft, because it depends on 'c', which is unknown"))
    #expect(
      plan.constraints.remarks.contains("v on the whole boundary: hard, by a factor that vanishes there"))
    let known = try self.plan(
      Self.text.replacing(
        "{on: all, dirichlet: {u: c, v: 0}}", with: "{on: all, dirichlet: {u: 1, v: 0, a: 2}}"))
    #expect(known.constraints.constraint.forms[2].offset == .number(2))
  }

  @Test func whatIsNotKnownOfTheBeginningIsFree() throws {
    let text = """
      problem: p
      domain: {x: [0, 1], t: [0, 1]}
      unknowns: [u]
      parameters: {c: {unknown: true, initial: 1}}
      equations: [dt(u, 2) = c*lap(u)]
      boundary: [{on: x, dirichlet: {u: 0}}]
      initial: {u: sin(pi*x)}
      data: {synthetic: {points: 10, of: {u: 0}}}
      """
    let half = try plan(text)
    #expect(half.constraints.softInitial.count == 1)
    #expect(half.constraints.remarks.contains("u at the first time: soft, because not all of it is known"))
    let none = try plan(text.replacing("initial: {u: sin(pi*x)}\n", with: ""))
    #expect(none.constraints.softInitial.isEmpty)
    #expect(none.constraints.remarks.contains("u at the first time: free, its value is not known"))
    #expect("\(none.constraints.constraint.forms[0].factor)".contains("t") == false)
  }
}
