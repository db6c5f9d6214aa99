import Foundation
import Testing

/// The trainings of the shipped recipes, whole, beside what simpler methods do on the same samples.
///
/// `PARSEVAL_SLOW=1 swift test -c release --filter OperatorReproductions` takes about half an hour on two cores.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil, "set PARSEVAL_SLOW=1"),
  .serialized)
struct OperatorReproductions {
  private func document(_ tool: Tool, _ arguments: String...) throws -> Document {
    let result = try tool.finish(try tool.start(arguments + ["--format", "json"]))
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return try Document(result.output)
  }

  @Test func burgers() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let trained = try document(
      tool, "train", "burgers", "--recipe", "fno", "--seeds", "3", "-o", "run", "--no-baselines")
    let errors = try trained.list("trainings").map { try #require($0["testError"] as? Double) }
    let mean = errors.reduce(0, +) / 3
    #expect(mean <= 0.01, "\(errors)")
    for seed in 0..<3 {
      let report = try document(tool, "evaluate", "run/seed-\(seed)", "--resolutions", "256,512")
      let own = try report.number("relativeL2")
      for finer in try report.list("resolutions") {
        let error = try #require(finer["relativeL2"] as? Double)
        #expect(abs(error - own) <= 0.1 * own, "seed \(seed): \(own) and \(finer)")
      }
      #expect(try own <= report.number("baselines", "ridge") / 20)
      #expect(try own < report.number("baselines", "kernelRidge"))
    }
  }

  @Test func darcy() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let dense = try document(tool, "train", "darcy", "--recipe", "fno", "-o", "fno")
    let error = try dense.number("testError")
    #expect(error <= 0.05)
    #expect(try error < dense.number("baselines", "ridge") / 2)
    let tensor = try document(
      tool, "train", "darcy", "--recipe", "tfno", "--data", "fno/data.nc", "-o", "tfno", "--no-baselines")
    #expect(try tensor.number("testError") <= 1.5 * error)
    let factorized = try document(
      tool, "train", "darcy", "--recipe", "ffno", "--data", "fno/data.nc", "-o", "ffno", "--no-baselines")
    #expect(try factorized.number("testError") <= 1.3 * error)
    #expect(try factorized.number("parameters") <= dense.number("parameters") / 5)
  }

  /// At most half of what kernel ridge regression has, its parameters tuned on the test: 0.137.
  @Test func pairsOfOthers() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let file = Tool.checkout.appendingPathComponent("Tests/Reference/darcy-16.yaml").path
    _ = try document(tool, "train", file, "--seeds", "5", "-o", "run", "--no-baselines")
    let report = try document(tool, "evaluate", "run")
    #expect(try report.number("relativeL2") <= 0.137 / 2)
    #expect(try report.number("relativeL2") <= report.number("baselines", "kernelRidge") / 2)
  }

  @Test func navierStokes() throws {
    let tool = try Tool()
    defer { tool.clean() }
    for recipe in ["fno2d", "fno3d"] {
      let data = recipe == "fno2d" ? [] : ["--data", "fno2d/data.nc"]
      let result = try tool.finish(
        try tool.start(
          ["train", "navier-stokes-2d", "--recipe", recipe, "-o", recipe, "--format", "json"] + data))
      try #require(result.status == 0, "\(result.errors)")
      let report = try Document(result.output)
      #expect(try report.number("testError") < 0.04)
      #expect(try report.number("testError") < report.number("baselines", "ridge"))
      #expect(try report.number("baselines", "coarsenedSolver") < 0.01)
    }
  }
}
