import Foundation
import Testing

/// Trainings of networks at points from the command line.
@Suite struct CollocationRecipeTests {
  private static let heat = """
    problem: heat
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
    unknowns: [u]
    equations: [dt(u) = 0.05*dxx(u)]
    initial: {u: sin(2*pi*x)}

    """

  private func model(_ tool: Tool, _ folder: String) throws -> Data {
    // Behind the header, which has the time in it.
    let data = try Data(contentsOf: URL(fileURLWithPath: tool.path("\(folder)/model.safetensors")))
    let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    return data.dropFirst(8 + length)
  }

  /// Second order moves its points unless it is told otherwise.
  @Test func pointsMoveBySecondOrder() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    for (folder, change) in [
      ("moved", "sampler={type: rad, every: 5, candidates: 20000}"), ("fixed", "sampler=sobol"),
    ] {
      let result = try tool.run(
        "train", "heat.yaml", "-o", folder, "--set", "training.steps=12", "--set", change, "--recipe", "pinn",
        "--set",
        "points=64", "--set", "model.width=5", "--no-baselines", "--quiet")
      #expect(result.status == 0, "\(result.errors)")
    }
    let usual = try tool.run(
      "train", "heat.yaml", "-o", "usual", "--set", "training.steps=12", "--recipe", "pinn", "--set",
      "points=64",
      "--set", "model.width=5", "--no-baselines", "--quiet")
    #expect(usual.status == 0, "\(usual.errors)")
    #expect(try model(tool, "usual") == model(tool, "moved"))
    #expect(try model(tool, "usual") != model(tool, "fixed"))
  }

  /// A training that is interrupted goes on bit for bit.
  @Test(arguments: ["optimizer=levenberg-marquardt", "optimizer=adam"])
  func interruptedTrainingsGoOn(_ optimizer: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    let steps = optimizer.hasSuffix("adam") ? 20_000 : 400
    func arguments(_ folder: String) -> [String] {
      [
        "train", "heat.yaml", "--recipe", "pinn", "-o", folder, "--set", "points=256", "--set", optimizer,
        "--set",
        "sampler=r3", "--set", "training.steps=\(steps)", "--no-baselines", "--quiet",
      ]
    }
    let whole = try tool.finish(try tool.start(arguments("whole")))
    #expect(whole.status == 0, "\(whole.errors)")
    let process = try tool.start(arguments("parts"))
    func lines() -> Int {
      (try? String(contentsOfFile: tool.path("parts/log.jsonl"), encoding: .utf8).split(separator: "\n").count)
        ?? 0
    }
    while lines() < 5, process.isRunning { usleep(1000) }
    kill(process.processIdentifier, SIGINT)
    let stopped = try tool.finish(process)
    #expect(stopped.status == 130, "\(stopped.status) \(stopped.output) \(stopped.errors)")
    let resumed = try tool.run("train", "--resume", "parts", "--no-baselines", "--quiet")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try model(tool, "whole") == model(tool, "parts"))
  }

  /// Where the classical solution is all there is to compare with, every seed is compared with it.
  @Test func everySeedOfASeriesIsJudged() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    let result = try tool.run(
      "train", "heat.yaml", "--recipe", "pinn", "-o", "series", "--seeds", "2", "--set", "points=64", "--set",
      "model.width=5", "--set", "training.steps=5")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("over 2 seeds"), "\(result.output)")
    let judged = try tool.run("evaluate", "series")
    #expect(
      judged.output.components(separatedBy: "against the classical solution").count == 3, "\(judged.output)")
  }

  /// A rate at which nothing converges ends with a message, and the weights that are kept are numbers.
  @Test func divergenceKeepsWeightsThatAreNumbers() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    let result = try tool.run(
      "train", "heat.yaml", "--recipe", "pinn", "-o", "wild", "--set", "points=64", "--set", "optimizer=sgd",
      "--set",
      "training.rate=1e30", "--set", "training.steps=50", "--no-baselines")
    #expect(result.status == 1)
    #expect(result.output.contains("diverged"), "\(result.output)")
    let judged = try tool.run("evaluate", "wild", "--no-baselines")
    #expect(judged.status == 0, "\(judged.errors)")
  }

  @Test(arguments: [
    ("model.activation=relu", "relu has no second derivative"), ("sampler=r4", "'r4'"),
    ("model.widht=3", "'widht'"), ("optimizer=newton", "'newton'"), ("balancer=scale", "'scale'"),
    ("constraints=firm", "'firm'"),
  ])
  func mistakesOfRecipes(_ change: String, _ message: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.heat, to: "heat.yaml")
    let result = try tool.run("train", "heat.yaml", "--recipe", "pinn", "-o", "run", "--set", change)
    #expect(result.status == 65 && result.errors.contains(message), "\(result.status) \(result.errors)")
  }
}
