import Foundation
import Testing

/// Runs that are stopped, and their continuation.
@Suite struct ResumeTests {
  /// Long enough to be stopped in the middle; a fixed step, many records.
  private static let problem = CommandTests.burgers.replacing("[0, 0.2]", with: "[0, 8]")
    .replacing("x: 64", with: "x: 256")
  private static let arguments = [
    "solve", "long.yaml", "--method", "rk4", "--step", "5e-5", "--no-estimate", "--quiet", "-o",
  ]

  private func prepared() throws -> (tool: Tool, seconds: Double, digest: String) {
    let tool = try Tool()
    try tool.write(Self.problem, to: "long.yaml")
    let clock = ContinuousClock()
    let start = clock.now
    let result = try tool.finish(try tool.start(Self.arguments + ["whole.nc"]))
    try #require(result.status == 0, "\(result.errors)")
    let elapsed = clock.now - start
    let seconds = Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    return (tool, seconds, try tool.digest("whole.nc"))
  }

  @Test func interruptedRunsContinueBitForBit() throws {
    let (tool, _, digest) = try prepared()
    defer { tool.clean() }
    let process = try tool.start(Self.arguments + ["part.nc"])
    while !tool.exists("part.nc.checkpoint") && process.isRunning { usleep(1000) }
    kill(process.processIdentifier, SIGINT)
    let stopped = try tool.finish(process)
    #expect(stopped.status == 130)
    #expect(stopped.output.contains("parseval solve --resume part.nc"))
    #expect(tool.exists("part.nc.checkpoint"))
    #expect(try tool.digest("part.nc") != digest)
    let resumed = try tool.run("solve", "--resume", "part.nc", "--no-estimate", "--format", "json")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Document(resumed.output).text("outcome") == "completed")
    #expect(try tool.digest("part.nc") == digest)
    #expect(!tool.exists("part.nc.checkpoint"))
    let again = try tool.run("solve", "--resume", "part.nc")
    #expect(again.status == 65)
    #expect(again.errors.contains("nothing to resume"))
  }

  /// Kills a run at random moments until it is done.
  ///
  /// - Returns: how often it was killed.
  private func killRepeatedly(_ tool: Tool, seconds: Double, digest: String, name: String) throws -> Int {
    var kills = 0
    // Each part has a chance to make progress, so that an end is reached.
    for _ in 0..<200 {
      let isBegun = tool.exists(name)
      let process = try tool.start(
        isBegun ? ["solve", "--resume", name, "--no-estimate", "--quiet"] : Self.arguments + [name])
      usleep(UInt32(Double.random(in: 0...seconds) * 1e6))
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      let result = try tool.finish(process)
      // Killed between the last write and the exit, the run before had ended.
      if result.status == 0 || (isBegun && result.errors.contains("nothing to resume")) { break }
      try #require(result.status == -SIGKILL, "\(result.errors)")
      kills += 1
      if tool.exists(name) { #expect(try tool.run("check", "--digest", name).status == 0) }
    }
    #expect(try tool.digest(name) == digest)
    return kills
  }

  @Test func killedRunsContinueBitForBit() throws {
    let (tool, seconds, digest) = try prepared()
    defer { tool.clean() }
    var kills = 0
    for round in 0..<20 where kills < 3 {
      kills += try killRepeatedly(tool, seconds: 0.7 * seconds, digest: digest, name: "killed\(round).nc")
    }
    #expect(kills >= 3)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil))
  func fiftyKilledRunsContinueBitForBit() throws {
    let (tool, seconds, digest) = try prepared()
    defer { tool.clean() }
    var kills = 0
    for round in 0..<200 where kills < 50 {
      kills += try killRepeatedly(tool, seconds: 0.7 * seconds, digest: digest, name: "killed\(round).nc")
    }
    #expect(kills >= 50)
    print("\(kills) kills")
  }

  @Test func aRunStoppedByTheFileSizeContinues() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(CommandTests.burgers.replacing("every: 0.05", with: "every: 0.005"), to: "small.yaml")
    #expect(try tool.run("solve", "small.yaml", "--no-estimate", "-o", "whole.nc").status == 0)
    // 24 blocks of 512 bytes hold the head and part of the records.
    let stopped = try tool.run("solve", "small.yaml", "--no-estimate", "-o", "part.nc", shell: "ulimit -f 24")
    #expect(stopped.status == 75)
    #expect(stopped.errors.contains("--resume part.nc"))
    #expect(try tool.run("check", "--digest", "part.nc").status == 0)
    #expect(try tool.run("solve", "--resume", "part.nc", "--no-estimate").status == 0)
    #expect(try tool.digest("part.nc") == tool.digest("whole.nc"))
  }

  @Test func aChangedProblemIsNotResumed() throws {
    let (tool, _, _) = try prepared()
    defer { tool.clean() }
    let process = try tool.start(Self.arguments + ["part.nc"])
    while !tool.exists("part.nc.checkpoint") && process.isRunning { usleep(1000) }
    kill(process.processIdentifier, SIGTERM)
    #expect(try tool.finish(process).status == 130)
    let changed = try tool.run("solve", "long.yaml", "--set", "parameters.nu=0.06", "--resume", "part.nc")
    #expect(changed.status == 65)
    try expectSnapshot(changed.errors, "resume-changed-override")
    try tool.write(Self.problem.replacing("nu: 0.05", with: "nu: 0.04"), to: "long.yaml")
    let edited = try tool.run("solve", "--resume", "part.nc")
    #expect(edited.status == 65)
    try expectSnapshot(edited.errors, "resume-changed-file")
  }
}
