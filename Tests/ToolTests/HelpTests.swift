import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "solve", "generate", "explain", "check", "list", "schema", "new", "plot", "doctor", "cite", "bench",
    "completions",
    "linsolve",
  ])
  func helpOfACommand(_ command: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let result = try tool.run("help", command)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    try expectSnapshot(result.output, "help-\(command)")
  }

  @Test func helpOfTheProgram() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let result = try tool.run("--help")
    #expect(result.status == 0)
    try expectSnapshot(result.output, "help")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsKnowTheCommands(_ shell: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let result = try tool.run("completions", shell)
    #expect(result.status == 0)
    for word in ["solve", "explain", "resume", "no-estimate"] { #expect(result.output.contains(word)) }
  }

  @Test(arguments: [
    ["solve"], ["solve", "--nonsense"], ["list", "planets"], ["solve", "heat-1d", "--threads", "0"],
    ["solve", "--resume", "a.nc", "-o", "b.nc"], ["solve", "heat-1d", "--plot", "picture.doc"],
    ["solve", "heat-1d", "--keep-script"], ["new", "../x"], ["solve", "heat-1d", "--resolution", "many"],
    ["linsolve"], ["linsolve", "A.mtx", "--tolerance", "0"], ["linsolve", "A.mtx", "--iterations", "0"],
    ["linsolve", "A.mtx", "--set", "omega"], ["linsolve", "A.mtx", "--set", "omega=1"],
    ["linsolve", "A.mtx", "--threads", "0"], ["linsolve", "A.mtx", "--null-space", "everything"],
    ["linsolve", "A.mtx", "--history", "picture.doc"],
  ])
  func wrongUsageIs64(_ arguments: [String]) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let text = try tool.finish(try tool.start(arguments))
    #expect(text.status == 64)
    #expect(text.output.isEmpty)
    #expect(!text.errors.isEmpty)
    let json = try tool.finish(try tool.start(arguments + ["--format", "json"]))
    #expect(json.status == 64)
    #expect(try Document(json.output).number("error", "code") == 64)
  }
}
