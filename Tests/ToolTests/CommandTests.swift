import Foundation
import Testing

@Suite struct CommandTests {
  static let burgers = """
    problem: small
    title: A small problem
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 0.2]}
    parameters: {nu: 0.05}
    unknowns: [u]
    equations: [dt(u) + u*dx(u) = nu*dxx(u)]
    initial: {u: sin(2*pi*x)}
    discretization: {x: 64}
    output: {every: 0.05}
    units: {x: m, t: s}

    """

  @Test func solveSpeaksJSON() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.burgers, to: "small.yaml")
    let result = try tool.run(
      "solve", "small.yaml", "--format", "json", "--plot", "a.png", "--npy", "n", "--vtk", "v")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    let keys: Set = ["problem", "method", "outcome", "unknowns", "steps", "wallSeconds", "output", "error"]
    #expect(keys.isSubset(of: document.keys))
    #expect(try document.keys("error").isSuperset(of: ["relativeL2", "against"]))
    #expect(try document.text("problem") == "small")
    #expect(try document.text("outcome") == "completed")
    #expect(try document.text("output") == "small.nc")
    #expect(try document.text("error", "against") == "self")
    #expect(try document.number("error", "relativeL2") < 1e-4)
    #expect(result.errors.contains("error "))
    for file in ["small.nc", "a.png", "n/u.npy", "n/t.npy", "v/small.pvd", "v/small_00004.vti"] {
      #expect(tool.exists(file), "\(file)")
    }
    #expect(!tool.exists("small.nc.checkpoint"))
  }

  @Test func regretIsDrawnAndReported() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let problem = [
      "solve", "heat-diffusion-sequence", "--set", "domain.t=[0,0.1]", "--set",
      "discretization={x: 8, y: 8, method: finite-volume}",
    ]
    let result = try tool.finish(
      try tool.start(problem + ["--relaxation", "chebcb", "--regret", "r.svg", "--format", "json"]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(tool.exists("r.svg"))
    let document = try Document(result.output)
    let iterations = try document.number("relaxation", "iterations")
    #expect(
      try document.number("relaxation", "regretAgainstBestFixed")
        == iterations - document.number("relaxation", "bestFixedIterations"))
    #expect(
      try document.number("relaxation", "instanceOptimalIterations")
        <= document.number("relaxation", "bestFixedIterations"))
    #expect(try tool.finish(try tool.start(problem + ["--regret", "r.svg"])).status == 64)
    let spectral = try tool.run("solve", "burgers", "--relaxation", "chebcb")
    #expect(spectral.status == 65 && spectral.errors.contains("solved by spectral methods"))
  }

  @Test func aReferenceIsNeitherReplacedNorReadTooLate() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let plate = """
      problem: plate
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u]
      equations: [lap(u) = 1]
      boundary: [{on: all, dirichlet: {u: 0}}]
      discretization: {method: finite-volume, x: 8, y: 8, size: 0.1}

      """
    try tool.write(plate, to: "plate.yaml")
    let first = try tool.run("solve", "plate.yaml", "-o", "r.nc")
    #expect(first.status == 0 && first.errors.contains("'size' has no effect"))
    try tool.write(plate + "reference: {file: r.nc}\n", to: "plate.yaml")
    let replacing = try tool.run("solve", "plate.yaml", "-o", "r.nc")
    #expect(replacing.status == 65 && replacing.errors.contains("would replace the reference file"))
    #expect(try tool.run("solve", "plate.yaml", "-o", "o.nc").status == 0)
    try tool.write("no data", to: "r.nc")
    let unreadable = try tool.run("solve", "plate.yaml", "-o", "p.nc")
    #expect(unreadable.status == 65 && unreadable.errors.contains("the reference file 'r.nc'"))
    #expect(!tool.exists("p.nc"))
  }

  @Test func optionsBecomeOverridesInTheOutput() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.burgers, to: "small.yaml")
    let solved = try tool.run(
      "solve", "small.yaml", "--method", "rk4", "--step", "1e-4", "--resolution", "32", "--seed", "7",
      "--no-estimate", "--format", "json", "-o", "o.nc")
    #expect(try Document(solved.output).text("method") == "rk4")
    #expect(try Document(solved.output).isNull("error"))
    let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: tool.path("o.nc"))), as: UTF8.self)
    let overrides = #"["solver.method=rk4","discretization.x=32","solver.step=1e-4","solver.seed=7"]"#
    #expect(bytes.contains(overrides))
  }

  @Test func aProblemThatBlowsUpIsANumericalFailure() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(
      Self.burgers.replacing("u*dx(u) = nu*dxx(u)", with: "-u^3 = nu*dxx(u)").replacing("0.2", with: "20"),
      to: "blow.yaml")
    let result = try tool.run("solve", "blow.yaml", "--method", "rk4", "--step", "0.01", "--format", "json")
    #expect(result.status == 1)
    let document = try Document(result.output)
    #expect(try document.text("outcome") == "notFinite")
    #expect(try document.text("message").contains("'u'"))
    #expect(try document.text("message").contains("solver.step="))
    #expect(try tool.digest("small.nc").count == 64)
  }

  @Test func explainCheckCiteAndNewWork() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.burgers, to: "small.yaml")
    let explained = try tool.run("explain", "small.yaml")
    #expect(explained.status == 0)
    for text in ["dt(u) = 0.05*dxx(u) + dx[-0.5*u^2]", "fourier", "2/3 rule", "etdrk4", "do not apply"] {
      #expect(explained.output.contains(text), "\(text)")
    }
    let json = try Document(try tool.run("explain", "small.yaml", "--format", "json").output)
    #expect(try json.text("method") == "etdrk4")
    #expect(
      try tool.run("explain", "small.yaml", "--swift").output.contains("func makeProblem() throws -> Problem")
    )
    #expect(try tool.run("check", "small.yaml").output.contains("no mistakes"))
    #expect(try tool.run("cite", "small.yaml").output.contains("@article{etdrk4,"))
    let works = try tool.run("cite", "navier-stokes-2d-mcwilliams").output
    #expect(["{etdrk4,", "{step-size-control,", "{dealiasing,", "{philox,"].allSatisfy(works.contains))
    for kind in ["evolution", "steady", "system"] {
      #expect(try tool.run("new", "my-\(kind)", "--kind", kind).status == 0)
      #expect(try tool.run("new", "my-\(kind)", "--kind", kind).status == 65)
      let solved = try tool.run("solve", "my-\(kind).yaml", "--format", "json")
      #expect(solved.status == 0, "\(kind): \(solved.errors)")
      #expect(try Document(solved.output).number("error", "relativeL2") < 1e-4)
    }
  }

  @Test func outputsNameTheCommit() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.burgers, to: "small.yaml")
    let found = try tool.run("doctor").output.firstMatch(of: #/commit +(none|[0-9a-f]{40})\n/#)
    let commit = try #require(found?.1)
    #expect(try tool.run("solve", "small.yaml", "--no-estimate").status == 0)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: tool.path("small.nc")))
    #expect(commit == "none" || bytes.firstRange(of: Data(commit.utf8)) != nil)
  }

  @Test func listsNameWhatIsRegistered() throws {
    let tool = try Tool()
    defer { tool.clean() }
    #expect(try tool.run("list", "problems").output.contains("burgers"))
    #expect(try tool.run("list", "steppers").output.contains("etdrk4"))
    #expect(try tool.run("list", "bases").output.contains("chebyshev"))
    #expect(try tool.run("list", "functions").output.contains("besselj0"))
    #expect(try tool.run("list", "keys").output.contains("solver.tolerance"))
    let schema = try tool.run("schema").output
    #expect(try Document(schema).text("$schema").hasPrefix("https://json-schema.org"))
    #expect(schema.contains(#""etdrk4""#))
  }

  @Test(arguments: [["u.png"], ["u.svg"], ["u.gif"], ["u.png", "--time", "0.1", "--field", "u"]])
  func plotDrawsAnOutput(_ arguments: [String]) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.burgers, to: "small.yaml")
    #expect(try tool.run("solve", "small.yaml", "--no-estimate", "--quiet").status == 0)
    let result = try tool.finish(try tool.start(["plot", "small.nc", "-o"] + arguments))
    #expect(result.status == 0, "\(result.errors)")
    #expect(tool.exists(arguments[0]))
  }

  @Test(arguments: ["burgers", "taylor-green-2d", "wave-2d"])
  func digestsDoNotDependOnThreads(_ problem: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    for threads in ["1", "2"] {
      let result = try tool.run(
        "solve", problem, "--resolution", "64", "--threads", threads, "--no-estimate", "-o", "\(threads).nc")
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try tool.digest("1.nc") == tool.digest("2.nc"))
  }
}
