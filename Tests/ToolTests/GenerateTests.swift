import Foundation
import Testing

/// Data sets, whatever interrupts their making.
@Suite struct GenerateTests {
  private static let decay = """
    problem: decay
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
    parameters: {nu: {uniform: [0.01, 0.02], input: true}}
    unknowns: [u]
    equations: [dt(u) + u*dx(u) = nu*dxx(u)]
    initial: {u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}}
    discretization: {x: 128}
    solver: {tolerance: 1e-8}
    output: {every: 0.5}
    recipes:
      fno:
        data:
          samples: 200
          validation: 20
          test: 0.2
          resolution: 32
          times: [0, 1]
          set: {solver.tolerance: 1e-6}
          inputs: [initial.u, parameters.nu]
          outputs: ["u(t=1)"]

    """

  private func prepared() throws -> (tool: Tool, seconds: Double, digest: String) {
    let tool = try Tool()
    try tool.write(Self.decay, to: "decay.yaml")
    let clock = ContinuousClock()
    let start = clock.now
    let result = try tool.run("generate", "decay.yaml", "--recipe", "fno", "--quiet", "-o", "whole.nc")
    try #require(result.status == 0, "\(result.errors)")
    let elapsed = clock.now - start
    let seconds = Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    return (tool, seconds, try tool.digest("whole.nc"))
  }

  @Test func theDocumentSaysWhatWasMade() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.decay, to: "decay.yaml")
    let result = try tool.run(
      "generate", "decay.yaml", "--samples", "4", "--seed", "3", "--threads", "2", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    #expect(try document.text("problem") == "decay")
    #expect(try document.number("samples") == 4)
    #expect(try document.number("failed") == 0)
    #expect(try document.text("output") == "decay-data.nc")
    #expect(try document.number("wallSeconds") > 0)
    #expect(try document.number("bytes") > 4 * 3 * 128 * 4)
    #expect(try document.number("largestResidual") < 1e-3)
    let one = try tool.run(
      "generate", "decay.yaml", "--samples", "4", "--set", "solver.seed=3", "--threads", "1", "-o", "one.nc")
    #expect(one.status == 0, "\(one.errors)")
    #expect(try tool.digest("one.nc") == tool.digest("decay-data.nc"))
  }

  @Test func interruptedGenerationsContinueBitForBit() throws {
    let (tool, _, digest) = try prepared()
    defer { tool.clean() }
    let process = try tool.start(["generate", "decay.yaml", "--recipe", "fno", "-o", "part.nc"])
    while !tool.exists("part.nc") && process.isRunning { usleep(1000) }
    usleep(20_000)
    kill(process.processIdentifier, SIGINT)
    let stopped = try tool.finish(process)
    #expect(stopped.status == 130)
    #expect(stopped.output.contains("parseval generate --resume part.nc"))
    let resumed = try tool.run("generate", "--resume", "part.nc", "--threads", "1", "--format", "json")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Document(resumed.output).number("samples") == 200)
    #expect(try tool.digest("part.nc") == digest)
    let again = try tool.run("generate", "--resume", "part.nc")
    #expect(again.status == 65)
    #expect(again.errors.contains("nothing to resume"))
  }

  @Test func aDataSetIsReplacedOnDemandOnly() throws {
    let (tool, _, digest) = try prepared()
    defer { tool.clean() }
    func generate(_ more: String...) throws -> Tool.Result {
      try tool.finish(
        try tool.start(["generate", "decay.yaml", "--recipe", "fno", "--quiet", "-o", "whole.nc"] + more))
    }
    let same = try generate()
    #expect(same.status == 65)
    #expect(same.errors.contains("already"), "\(same.errors)")
    let other = try generate("--samples", "4")
    #expect(other.status != 0)
    #expect(other.errors.contains("--overwrite"), "\(other.errors)")
    #expect(try tool.digest("whole.nc") == digest)
    let replaced = try generate("--samples", "4", "--overwrite")
    #expect(replaced.status == 0, "\(replaced.errors)")
    #expect(try tool.digest("whole.nc") != digest)
  }

  @Test func theSameCommandContinuesWhatItBegan() throws {
    let (tool, _, digest) = try prepared()
    defer { tool.clean() }
    let command = ["generate", "decay.yaml", "--recipe", "fno", "-o", "part.nc"]
    let process = try tool.start(command)
    while !tool.exists("part.nc") && process.isRunning { usleep(1000) }
    usleep(20_000)
    kill(process.processIdentifier, SIGSTOP)
    let second = try tool.finish(try tool.start(command))
    kill(process.processIdentifier, SIGCONT)
    #expect(second.status != 0)
    #expect(second.errors.contains("another run is writing"), "\(second.errors)")
    kill(process.processIdentifier, SIGINT)
    #expect(try tool.finish(process).status == 130)
    let continued = try tool.finish(try tool.start(command))
    #expect(continued.status == 0, "\(continued.errors)")
    #expect(try tool.digest("part.nc") == digest)
  }

  @Test func killedGenerationsContinueBitForBit() throws {
    let (tool, seconds, digest) = try prepared()
    defer { tool.clean() }
    var kills = 0
    for round in 0..<20 where kills < 5 {
      let name = "killed\(round).nc"
      for _ in 0..<50 {
        let process = try tool.start(
          tool.exists(name)
            ? ["generate", "--resume", name, "--quiet"]
            : ["generate", "decay.yaml", "--recipe", "fno", "--quiet", "-o", name])
        usleep(UInt32(Double.random(in: 0.1...0.8) * seconds * 1e6))
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        let result = try tool.finish(process)
        if result.status == 0 || result.errors.contains("nothing to resume") { break }
        try #require(result.status == -SIGKILL, "\(result.errors)")
        kills += 1
        if tool.exists(name) { #expect(try tool.run("check", "--digest", name).status == 0) }
      }
      #expect(try tool.digest(name) == digest)
    }
    #expect(kills >= 5)
  }

  @Test func aGenerationStoppedByTheFileSizeContinues() throws {
    let (tool, _, digest) = try prepared()
    defer { tool.clean() }
    // 64 blocks of 512 bytes hold the head and part of the samples.
    let stopped = try tool.run(
      "generate", "decay.yaml", "--recipe", "fno", "-o", "part.nc", shell: "ulimit -f 64")
    #expect(stopped.status == 75)
    #expect(stopped.errors.contains("parseval generate --resume part.nc"))
    #expect(try tool.run("check", "--digest", "part.nc").status == 0)
    #expect(try tool.run("generate", "--resume", "part.nc").status == 0)
    #expect(try tool.digest("part.nc") == digest)
  }

  @Test func mistakesInARecipeAreSaidAtTheirPlaces() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let wrong = Self.decay.replacing(
      "inputs: [initial.u, parameters.nu]", with: "inputs: [inital.u, parameters.mu]"
    )
    .replacing("[\"u(t=1)\"]", with: "[\"u(t=2)\", v]").replacing(
      "resolution: 32", with: "resolution: {y: 32}"
    )
    .replacing("times: [0, 1]", with: "times: [zero, 1]").replacing("test: 0.2", with: "test: 0.95")
    try tool.write(wrong, to: "wrong.yaml")
    let result = try tool.run("generate", "wrong.yaml", "--recipe", "fno")
    #expect(try tool.run("check", "wrong.yaml").errors == result.errors)
    #expect(result.status == 65)
    try expectSnapshot(result.errors, "generate-wrong-recipe")
    let setting = Self.decay.replacing(
      "set: {solver.tolerance: 1e-6}", with: "set: {solver.tolerence: 1e-6, recipes.a: 1}")
    try tool.write(setting, to: "setting.yaml")
    let refused = try tool.run("generate", "setting.yaml", "--recipe", "fno")
    #expect(refused.status == 65)
    try expectSnapshot(refused.errors, "generate-wrong-setting")
    let name = try tool.run("generate", "setting.yaml", "--recipe", "fnoo")
    #expect(name.status == 65)
    try expectSnapshot(name.errors, "generate-unknown-recipe")
    try tool.write(Self.decay.replacing("samples: 200", with: "sampels: 200"), to: "key.yaml")
    let key = try tool.run("generate", "key.yaml", "--recipe", "fno")
    #expect(key.status == 65)
    try expectSnapshot(key.errors, "generate-unknown-key")
  }

  @Test func whatCannotBeGeneratedIsRefused() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.decay, to: "decay.yaml")
    try tool.write(CommandTests.burgers, to: "small.yaml")
    for (name, arguments) in [
      ("nothing-random", ["small.yaml", "--samples", "2"]), ("no-count", ["decay.yaml"]),
      ("resolution", ["decay.yaml", "--recipe", "fno", "--resolution", "16"]),
      ("distribution", ["decay.yaml", "--samples", "2", "--set", "parameters.nu={normal: [1, -1]}"]),
      ("no-data-set", ["--resume", "decay.yaml"]),
    ] {
      let result = try tool.finish(try tool.start(["generate"] + arguments))
      #expect(result.status == 65, "\(name): \(result.errors)")
      try expectSnapshot(result.errors, "generate-\(name)")
    }
    #expect(try tool.run("generate").status == 64)
    #expect(try tool.run("generate", "decay.yaml", "--resume", "decay-data.nc").status == 64)
  }
}
