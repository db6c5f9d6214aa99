import Equations
import Foundation
import Parseval
import ProblemFiles
import Simulation
import Testing

/// Every file of `Problems/` as it stands, and the relative L2 error that it must reach.
///
/// `PARSEVAL_SLOW=1 swift test -c release --filter ProblemTableTests` takes minutes and writes what it measured
/// to `Tests/Reproductions/results/problem-table.json`.
@Suite("The table of problems", .enabled(if: isSlowWanted), .serialized)
struct ProblemTableTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    /// Without one, solutions of different resolutions part: the flow is chaotic for longer than it keeps digits.
    var required: Double?
    var against = ErrorEstimate.Against.exact

    var testDescription: String { name }
  }

  static let rows: [Row] = {
    func rows(_ required: Double?, _ against: ErrorEstimate.Against, _ names: String...) -> [Row] {
      names.map { Row(name: $0, required: required, against: against) }
    }
    return rows(1e-11, .exact, "heat-1d", "heat-2d", "advection", "klein-gordon", "wave-1d", "wave-2d")
      + rows(1e-11, .exact, "convection", "heat-anisotropic", "wave-long-time", "reaction")
      + rows(1e-8, .exact, "schrodinger-harmonic", "kdv-two-solitons")
      + rows(1e-9, .exact, "nls-soliton")
      + rows(1e-12, .exact, "navier-stokes-2d", "taylor-green-2d")
      + rows(1e-13, .exact, "poisson-1d", "poisson-2d", "poisson-3d")
      + rows(1e-13, .exact, "helmholtz-1d", "helmholtz-2d", "helmholtz-3d")
      + rows(1e-9, .reference, "burgers-shock", "kdv")
      + rows(2e-5, .reference, "allen-cahn")
      + rows(3e-5, .reference, "nls")
      + rows(1e-8, .coarser, "burgers", "burgers-viscous")
      + rows(1e-4, .coarser, "burgers-2d", "wave-two-speeds")
      + rows(1e-7, .coarser, "kuramoto-sivashinsky", "kuramoto-sivashinsky-chaotic", "fisher")
      + rows(1e-7, .coarser, "reaction-diffusion", "gray-scott", "fitzhugh-nagumo", "swift-hohenberg")
      + rows(1e-7, .coarser, "cahn-hilliard", "ginzburg-landau", "chemotaxis", "chemotaxis-limit")
      + rows(1e-6, .coarser, "navier-stokes-2d-mcwilliams", "navier-stokes-2d-kolmogorov")
      + rows(1e-6, .coarser, "navier-stokes-2d-fno-forced")
      + rows(1e-5, .coarser, "quasi-geostrophic-two-layer")
      + rows(nil, .coarser, "kuramoto-sivashinsky-22", "navier-stokes-3d")
  }()

  @Test("No file is missing in the table")
  func everyFile() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: ShippedProblem.folder)
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(names) == Set(Self.rows.map(\.name)))
  }

  @Test("Every file is solved to its required error, and its budgets close", arguments: rows)
  func reachesItsError(_ row: Row) throws {
    let simulation = try ShippedProblem.simulation(
      row.name, estimatesError: row.required != nil, threads: Machine.processorCount)
    let solution = try simulation.run()
    #expect(solution.outcome == .completed)
    try Measurements.add(row, solution)
    if let required = row.required {
      let error = try #require(solution.error)
      #expect(error.against == row.against)
      #expect(error.relativeL2 <= required)
    }
    #expect(solution.budgetDefects.count == simulation.problem.budgets.count)
    for (quantity, defect) in solution.budgetDefects {
      // Two and a half thousand time units of chaos between records that are far apart.
      let allowed = row.name == "kuramoto-sivashinsky-22" ? 1e-6 : 1e-8
      #expect(defect <= (quantity == "mass" ? 1e-11 : allowed), "budget of \(quantity)")
    }
  }
}

/// What was measured, kept from one sitting to the next.
private struct Measurements: Codable {
  struct Row: Codable {
    var error: Double?
    var required: Double?
    var remark: String?
    var budgets: [String: Double]
    var steps: Int
    var seconds: Double
    var commit: String
  }
  var command = "PARSEVAL_SLOW=1 swift test -c release --filter ProblemTableTests"
  var rows: [String: Row] = [:]

  static func add(_ row: ProblemTableTests.Row, _ solution: Solution) throws {
    let file = URL(fileURLWithPath: ShippedProblem.folder).deletingLastPathComponent()
      .appending(path: "Tests/Reproductions/results/problem-table.json")
    var measurements =
      (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Self.self, from: $0) } ?? Self()
    measurements.rows[row.name] = Row(
      error: solution.error?.relativeL2, required: row.required, remark: solution.error?.remark,
      budgets: solution.budgetDefects, steps: solution.steps, seconds: solution.wallSeconds,
      commit: String(Machine.commit.prefix(7)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(measurements).write(to: file)
  }
}
