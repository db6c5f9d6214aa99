import Foundation
import Testing

/// Every kind of bad input: an exit code of 65, no crash, and the message as a snapshot has it.
@Suite struct BadInputTests {
  private static let wall = """
    problem: wall
    domain: {x: [0, 1], t: [0, 0.1]}
    unknowns: [u]
    equations: [dt(u) = dxx(u)]
    boundary: [{on: all, dirichlet: {u: 0}}]
    initial: {u: sin(pi*x)}

    """
  private static let floor = """
    problem: floor
    domain: {x: {interval: [0, 1], periodic: true}}
    unknowns: [p]
    equations: ["lap(p) = cos(2*pi*x)"]
    gauge: [mean(p) = 0]

    """
  private static let plate = """
    problem: plate
    domain: {x: [0, 1], y: [0, 1]}
    unknowns: [u]
    equations: [lap(u) = 0]
    boundary:
      - {on: left, dirichlet: {u: 1}}
      - {on: rest, dirichlet: {u: 0}}

    """
  private static let hole = """
    problem: hole
    domain: {geometry: {difference: SHAPES}}
    unknowns: [u]
    equations: [lap(u) = 1]
    boundary: [{on: hole, dirichlet: {u: 0}}, {on: rest, neumann: {u: 0}}]

    """
    .replacing(
      "SHAPES", with: "[{box: [[0, 0], [1, 1]]}, {disc: {center: [0.5, 0.5], radius: 0.2}, name: hole}]")
  private static let meshed = """
    problem: meshed
    domain: {mesh: nowhere.msh}
    unknowns: [u]
    equations: [lap(u) = 1]
    boundary: [{on: all, dirichlet: {u: 0}}]

    """
  private static let neumann = """
    problem: neumann
    domain: {x: [0, 1], y: [0, 1]}
    unknowns: [u]
    equations: ["lap(u) = cos(pi*x)"]
    gauge: [mean(u) = 0]
    boundary: [{on: all, neumann: {u: 0}}]
    discretization: {method: finite-element}

    """
  /// On four cells −D² has the eigenvalue 4 h⁻² sin²(π/8) with natural ends.
  private static let resonance = """
    problem: resonance
    domain: {x: [0, 4]}
    unknowns: [u]
    equations: ["lap(u) + 2*u = 1"]
    boundary: [{on: all, neumann: {u: 0}}]
    discretization: {x: 4, method: finite-volume}

    """
  private static let ring = CommandTests.burgers

  static let files: [(name: String, text: String)] = [
    ("unknown-key", ring.replacing("periodic: true", with: "periodc: true")),
    ("wrong-type", ring.replacing("x: 64", with: "x: many")),
    ("unknown-name", ring.replacing("nu*dxx(u)", with: "mu*dxx(u)")),
    ("unbalanced-parenthesis", ring.replacing("nu*dxx(u)", with: "nu*(dxx(u)")),
    (
      "too-many-conditions",
      wall.replacing("dirichlet: {u: 0}}", with: "dirichlet: {u: 0}}, {on: x = 0, neumann: {u: 0}}")
    ),
    ("too-few-conditions", wall.replacing("on: all", with: "on: x = 0")),
    ("non-periodic-data", ring.replacing("sin(2*pi*x)", with: "x")),
    ("missing-initial-value", ring.replacing("initial: {u: sin(2*pi*x)}\n", with: "")),
    ("no-kind-of-equation", ring.replacing("dt(u) + u*dx(u) = nu*dxx(u)", with: "exp(u) = nu")),
    ("ill-posed", wall.replacing("= dxx(u)", with: "= -dxx(u)")),
    ("odd-order", wall.replacing("= dxx(u)", with: "= -dx(u)")),
    ("infinite-value", wall.replacing("u: sin(pi*x)", with: "u: log(x - 0.5)")),
    ("no-reference", wall + "reference: {file: nowhere.nc}\n"),
    ("missing-gauge", floor.replacing("gauge: [mean(p) = 0]\n", with: "")),
    ("unbalanced-source", floor.replacing("cos(2*pi*x)", with: "1 + cos(2*pi*x)")),
    ("resonance", floor.replacing("lap(p)", with: "lap(p) + 16*pi^2*p")),
    (
      "variable-coefficient",
      spectral(floor.replacing("lap(p)", with: "dx((2 + cos(2*pi*x))*dx(p))"))
    ),
    ("contradicting-faces", spectral(plate)),
    ("empty-geometry", hole.replacing("radius: 0.2", with: "radius: 2")),
    ("open-boundary", hole.replacing(", {on: rest, neumann: {u: 0}}", with: "")),
    (
      "part-beside-the-boundary",
      hole.replacing("domain: {geometry", with: "domain: {parts: {lid: y = 2}, geometry").replacing(
        "on: rest", with: "on: [lid, rest]")
    ),
    ("no-mesh-file", meshed),
    ("periodic-elements", floor + "discretization: {method: finite-element}\n"),
    (
      "cross-derivative",
      plate.replacing("lap(u)", with: "lap(u) + dxy(u)") + "discretization: {method: finite-volume}\n"
    ),
    ("elements-without-gauge", neumann.replacing("gauge: [mean(u) = 0]\n", with: "")),
    ("elements-unbalanced", neumann.replacing("cos(pi*x)", with: "1 + cos(pi*x)")),
    ("resonating-cells", resonance),
    (
      "random-start",
      wall.replacing("sin(pi*x)", with: "{gaussianField: {amplitude: 1, shift: 1, exponent: 2}}")
        + "discretization: {method: finite-volume}\n"
    ),
    ("moving-mass", wall.replacing("dt(u)", with: "u*dt(u)") + "discretization: {method: finite-volume}\n"),
    ("continued-evolution", ring + "solver: {continuation: {nu: 1}}\n"),
    ("continued-linear", plate + "parameters: {a: 1}\nsolver: {continuation: {a: 2}}\n"),
    ("continued-unknown", plate + "parameters: {size: 1}\nsolver: {continuation: {sice: 2}}\n"),
    ("guess-linear", plate + "initial: {u: x}\n"),
    ("empty", ""),
    ("only-a-comment", "# nothing\n"),
    ("binary", "\u{7F}ELF\u{0}\u{1}\u{2}\u{0}\u{0}"),
    ("several-mistakes", ring.replacing("x: 64", with: "z: 64").replacing("u: sin", with: "v: sin")),
    ("alias-bomb", aliasBomb),
    ("brackets", "equations: " + String(repeating: "[", count: 10_000_000)),
  ]

  /// The problem for spectral methods, which take less than cells and elements.
  private static func spectral(_ text: String) -> String { text + "discretization: {method: spectral}\n" }

  /// Nine levels of nine references each: 387 million elements if they were followed.
  private static let aliasBomb =
    (0..<9).map { level in
      "a\(level): &a\(level) ["
        + Array(repeating: level == 0 ? "u" : "*a\(level - 1)", count: 9).joined(separator: ", ")
        + "]\n"
    }.joined()

  @Test(arguments: files.map(\.name))
  func badFilesAreExplained(_ name: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(try #require(Self.files.first { $0.name == name }).text, to: "problem.yaml")
    let result = try tool.run("solve", "problem.yaml")
    #expect(result.status == 65)
    let outputs = ["wall", "floor", "small", "hole", "meshed", "plate", "neumann", "resonance"]
    #expect(outputs.allSatisfy { !tool.exists($0 + ".nc") })
    try expectSnapshot(result.errors, "bad-\(name)")
    // What cannot be solved is said before anybody solves it.
    for command in ["check", "explain"] {
      let early = try tool.run(command, "problem.yaml")
      #expect(early.status == 65)
      #expect(early.errors == result.errors)
    }
    let json = try tool.run("solve", "problem.yaml", "--format", "json")
    let keys = try Document(json.output).keys("error")
    #expect(keys.isSuperset(of: ["code", "message", "file", "line", "column", "hint"]))
    #expect(try Document(json.output).number("error", "code") == 65)
  }

  @Test(arguments: [
    ("wrong-override", ["solve", "problem.yaml", "--set", "parameters.mu=1"]),
    ("override-without-value", ["solve", "problem.yaml", "--set", "domain.t"]),
    ("unknown-method", ["solve", "problem.yaml", "--method", "rk5"]),
    ("no-step", ["solve", "problem.yaml", "--method", "rk4"]),
    ("lost-step", ["solve", "problem.yaml", "--step", "1e-30"]),
    ("unknown-problem", ["solve", "burgerz"]),
    ("no-such-file", ["solve", "nowhere.yaml"]),
    ("directory", ["solve", "folder.yaml"]),
    ("too-large", ["solve", "taylor-green-2d", "--resolution", "100000"]),
    ("too-many-cells", ["solve", "darcy", "--set", "discretization={x: 1000000, y: 1000000}"]),
    (
      "too-many-elements",
      ["solve", "biharmonic", "--set", "discretization={x: 1000000, y: 1000000, method: finite-element}"]
    ),
    ("unwritable", ["solve", "problem.yaml", "-o", "/proc/out.nc"]),
    ("device", ["solve", "problem.yaml", "-o", "/dev/full"]),
    ("no-folder", ["solve", "problem.yaml", "-o", "nowhere/out.nc"]),
    ("resume-nothing", ["solve", "--resume", "nothing.nc"]),
    ("resume-text", ["solve", "--resume", "problem.yaml"]),
    ("plot-text", ["plot", "problem.yaml"]),
    ("digest-text", ["check", "--digest", "problem.yaml"]),
  ])
  func badArgumentsAreExplained(_ name: String, _ arguments: [String]) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.ring, to: "problem.yaml")
    try FileManager.default.createDirectory(
      atPath: tool.path("folder.yaml"), withIntermediateDirectories: false)
    let result = try tool.finish(try tool.start(arguments))
    #expect(result.status == 65)
    // How much memory there is depends on the machine.
    try expectSnapshot(
      result.errors.replacing(#/has [0-9.]+ GB/#, with: "has … GB"), "bad-\(name)")
    if name.hasPrefix("too-") {
      #expect(try tool.finish(try tool.start(["check"] + arguments.dropFirst())).errors == result.errors)
    }
  }

  /// A mesh of three dimensions, one that breaks off, and a file that is none.
  @Test(arguments: ["other-dimension", "truncated", "no-mesh"])
  func badMeshesAreExplained(_ name: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let whole = """
      $MeshFormat
      2.2 0 8
      $EndMeshFormat
      $Nodes
      4
      1 0 0 0
      2 1 0 0
      3 0 1 0
      4 0 0 1
      $EndNodes
      $Elements
      1
      1 4 2 1 1 1 2 3 4
      $EndElements

      """
    let text =
      switch name {
      case "other-dimension": whole
      case "truncated": String(whole.prefix(60))
      default: "hello\n"
      }
    try tool.write(text, to: "plate.msh")
    try tool.write(Self.meshed.replacing("nowhere", with: "plate"), to: "problem.yaml")
    for command in ["solve", "check", "explain"] {
      let result = try tool.run(command, "problem.yaml")
      #expect(result.status == 65)
      #expect(!tool.exists("meshed.nc"))
      let folder = tool.folder.path
      try expectSnapshot(result.errors.replacing(folder, with: "…"), "bad-mesh-\(name)")
    }
  }

  @Test func equationsThatAreNotSolvedLeaveTheBestGuess() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let text = Self.resonance.replacing("lap(u) + 2*u = 1", with: "lap(u) + 10*exp(u) = 0")
      .replacing("neumann", with: "dirichlet")
    try tool.write(text, to: "problem.yaml")
    let result = try tool.run("solve", "problem.yaml", "--no-estimate", "--format", "json")
    #expect(result.status == 1)
    #expect(try Document(result.output).text("outcome") == "notConverged")
    #expect(tool.exists("resonance.nc"))
    #expect(try tool.run("check", "--digest", "resonance.nc").status == 0)
  }

  @Test func illPosedProblemsAreSolvedIfForced() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(try #require(Self.files.first { $0.name == "ill-posed" }).text, to: "problem.yaml")
    let result = try tool.run(
      "solve", "problem.yaml", "--set", "solver.force=true", "--resolution", "16", "--set",
      "domain.t=[0,0.001]",
      "--no-estimate")
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func fourthOrderDampingMakesAProblemWellPosed() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.ring.replacing("= nu*dxx(u)", with: "= -dxx(u) - dxxxx(u)"), to: "problem.yaml")
    let result = try tool.run("solve", "problem.yaml", "--no-estimate")
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test(arguments: [
    "`touch owned`", "$(touch owned)", "\"; system \"touch owned", "'; system 'touch owned'; '",
    "a\\\"b'c`d`",
    "%s %n \\n {/Bold x} @a_b^c",
  ])
  func hostileTitlesAreText(_ title: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let quoted = title.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    try tool.write(Self.ring.replacing("A small problem", with: "\"\(quoted)\""), to: "problem.yaml")
    for picture in ["a.png", "a.svg"] {
      let result = try tool.run("solve", "problem.yaml", "--no-estimate", "--plot", picture, "--keep-script")
      #expect(result.status == 0, "\(result.errors)")
      #expect(tool.exists(picture))
    }
    #expect(!tool.exists("owned") && !tool.exists("a.png.gnuplot/owned"))
  }

  @Test func aFullStandardOutputIsNoSuccess() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let result = try tool.run("schema", shell: "exec >/dev/full")
    #expect(result.status == 65)
  }

  @Test func aPictureThatCannotBeDrawnDoesNotHideTheResult() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.ring, to: "problem.yaml")
    let result = try tool.run("solve", "problem.yaml", "--no-estimate", "--plot", "nowhere/a.png")
    #expect(result.status == 65)
    #expect(result.output.contains("completed") && tool.exists("small.nc"))
    #expect(result.errors.contains("nowhere"))
  }

  /// Explicit steps that were too large: those that are suggested work.
  @Test(arguments: ["0.01", "0.0005"]) func suggestedStepsAreStable(_ step: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let arguments = [
      "solve", "burgers", "--method", "rk4", "--no-estimate", "--resolution", "512", "-o", "a.nc",
    ]
    let failed = try tool.finish(try tool.start(arguments + ["--step", step]))
    #expect(failed.status == 1)
    let suggestion = try #require(failed.output.firstMatch(of: #/try solver.step=([0-9.e-]+)/#)?.1)
    let result = try tool.finish(try tool.start(arguments + ["--step", String(suggestion)]))
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func pipesThatCloseEarlyAreNoTrouble() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write("", to: "x")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\"$0\" schema | head -n 1 > /dev/null", try Tool.executable]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
