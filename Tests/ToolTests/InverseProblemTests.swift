import Foundation
import Testing

/// Problems for networks at points alone, and those that find something from data.
@Suite struct InverseProblemTests {
  /// u = exp(−c t) with c = 2, measured without errors.
  private static let decay = """
    problem: decay
    domain: {x: [0, 1], t: [0, 1]}
    parameters: {c: {unknown: true, initial: 1}}
    unknowns: [u]
    equations: [dt(u) + c*u = 0]
    exact: {c: 2, u: exp(-c*t)}
    data: {file: sensors.csv, columns: {place: x, time: t, value: u}, noise: 0.01}
    recipes:
      pinn: {model: {type: mlp, width: 8, depth: 1}, points: 64, optimizer: levenberg-marquardt, training: {steps: 60}}

    """
  private static let eikonal = """
    problem: eikonal
    domain: {geometry: {difference: [{box: [[-1, -1], [1, 1]]}, {disc: {center: [0, 0], radius: 0.4}, name: hole}]}}
    unknowns: [u]
    equations: [dx(u)^2 + dy(u)^2 = 1]
    boundary: [{on: hole, dirichlet: {u: 0}}]
    discretization: {method: collocation}
    recipes:
      fno: {model: {type: fno, modes: 4, width: 8}, data: {samples: 10}}

    """
  private static let sensors =
    "# three columns\nplace,time,value\n"
    + (0..<30).map { row in
      let t = Double(row % 6) / 5
      return "\(Double(row / 6) / 4),\(t),\(exp(-2 * t))\n"
    }.joined()

  private func prepared(_ problem: String = decay, sensors: String? = sensors) throws -> Tool {
    let tool = try Tool()
    try tool.write(problem, to: "problem.yaml")
    if let sensors { try tool.write(sensors, to: "sensors.csv") }
    return tool
  }

  @Test func aParameterIsFound() throws {
    let tool = try prepared()
    defer { tool.clean() }
    try FileManager.default.createDirectory(
      atPath: tool.path("elsewhere"), withIntermediateDirectories: true)
    let trained = try tool.run(
      "train", "problem.yaml", "--recipe", "pinn", "-o", "elsewhere/a", "--format", "json")
    #expect(trained.status == 0, "\(trained.errors)")
    let found = try #require(try Document(trained.output).list("found").first)
    #expect(found["name"] as? String == "c" && found["exact"] as? Double == 2)
    #expect(try abs(#require(found["value"] as? Double) - 2) < 1e-2)
    #expect(try Document(trained.output).number("relativeL2") < 1e-2)
    #expect(trained.errors.contains("30 points: u of data"))
    #expect(trained.errors.contains("in truth 2"))
  }

  @Test func explanationsNameWhatIsToBeFound() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let checked = try tool.run("check", "problem.yaml")
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.errors.contains("1 unknown for networks at points, recipes pinn"))
    try expectSnapshot(try tool.run("explain", "problem.yaml").output, "explain-inverse")
    let json = try Document(try tool.run("explain", "problem.yaml", "--format", "json").output)
    #expect(try json.text("discretization") == "collocation" && json.count("toBeFound") == 1)
    try tool.write(Self.eikonal, to: "problem.yaml")
    try expectSnapshot(try tool.run("explain", "problem.yaml").output, "explain-collocation")
  }

  @Test func othersSayThatNoClassicalMethodSolvesThem() throws {
    for (name, text) in [("inverse", Self.decay), ("collocation", Self.eikonal)] {
      let tool = try prepared(text)
      defer { tool.clean() }
      let solved = try tool.run("solve", "problem.yaml")
      #expect(solved.status == 65)
      try expectSnapshot(solved.errors, "bad-\(name)")
      for arguments in [
        ["generate", "problem.yaml", "--samples", "2"], ["solve", "problem.yaml", "--relaxation", "fixed"],
      ] {
        let other = try tool.finish(try tool.start(arguments))
        #expect(other.status == 65 && other.errors == solved.errors, "\(arguments): \(other.errors)")
      }
      if name == "collocation" {
        let other = try tool.run("train", "problem.yaml", "--recipe", "fno")
        #expect(
          other.status == 65 && other.errors.contains("no classical method solves this problem"),
          "\(other.errors)")
      }
    }
  }

  static let badData: [(String, String, String)] = [
    ("place,time,value", "place,time,height", "'sensors.csv': there is no column 'value'"),
    ("place,time,value\n", "", "'sensors.csv': there is no column 'place'"),
    ("0.0,0.2,", "0.0,twelve,", "sensors.csv:4: 'twelve' is not a number"),
    ("0.0,0.2,", "0.0,0.2,1,", "sensors.csv:4: the line has 4 columns, and the first 3"),
    ("0.0,0.2,", "0.0,nan,", "'sensors.csv': value 2 of 'time' is not finite"),
    ("0.0,0.2,", "0.0,1.2,", "value 2 of 'time' is outside of the domain: t = 1.2 is not from 0.0 to 1.0"),
    (sensors, "place,time,value\n", "'sensors.csv': it has no rows"),
    (sensors, "", "'sensors.csv': the table is empty"),
  ]

  @Test(arguments: badData.indices) func mistakesInData(_ index: Int) throws {
    let (old, new, message) = Self.badData[index]
    let tool = try prepared(sensors: Self.sensors.replacing(old, with: new))
    defer { tool.clean() }
    for command in [
      ["check", "problem.yaml"], ["explain", "problem.yaml"], ["train", "problem.yaml", "--recipe", "pinn"],
    ] {
      let result = try tool.finish(try tool.start(command))
      #expect(result.status == 65 && result.errors.contains(message), "\(command): \(result.errors)")
    }
  }

  @Test func aFileThatIsNotThere() throws {
    let tool = try prepared(sensors: nil)
    defer { tool.clean() }
    let result = try tool.run("check", "problem.yaml")
    #expect(result.status == 65)
    try expectSnapshot(result.errors, "bad-no-data-file")
  }

  @Test func pointsOutsideOfAShape() throws {
    let text =
      Self.eikonal + "data: {file: sensors.csv, columns: {x: x, y: y, u: u}}\n"
    let tool = try prepared(text, sensors: "x;y;u\n0.5;0;0.1\n0.1;0.1;0\n")
    defer { tool.clean() }
    let result = try tool.run("check", "problem.yaml")
    #expect(
      result.errors.contains("'sensors.csv': point 2, at 0.1, 0.1, is outside of the domain"),
      "\(result.errors)")
  }

  /// The same numbers as variables over one dimension.
  @Test(arguments: ["cdf5", "nc4"]) func dataInNetCDF(_ format: String) throws {
    let tool = try prepared(Self.decay.replacing("sensors.csv", with: "sensors.nc"), sensors: nil)
    defer { tool.clean() }
    try tool.write(
      """
      netcdf sensors { dimensions: station = 3 ; two = 2 ;
      variables: double place(station) ; double time(station) ; double value(station) ; double grid(station, two) ;
      data: place = 0, 0.5, 1 ; time = 0, 0.5, 1 ; value = 1, 0.37, 0.14 ; grid = 1, 2, 3, 4, 5, 6 ; }
      """, to: "sensors.cdl")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ncgen")
    process.arguments = ["-k", format, "-o", tool.path("sensors.nc"), tool.path("sensors.cdl")]
    try process.run()
    process.waitUntilExit()
    let result = try tool.run("check", "problem.yaml")
    #expect(result.status == 0, "\(result.errors)")
    let wrong = try tool.run("check", "problem.yaml", "--set", "data.columns={place: x, time: t, grid: u}")
    #expect(wrong.errors.contains("'grid' has 2 dimensions, and data have one"), "\(wrong.errors)")
  }

  @Test(arguments: ["poisson-inverse", "heat-inverse", "burgers-inverse"])
  func theInverseProblemsThatComeWithTheProgram(_ name: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let result = try tool.run("check", name)
    #expect(result.status == 0, "\(result.errors)")
    let trained = try tool.run(
      "train", name, "--recipe", "pinn", "--set", "training.steps=2", "--set", "points=32", "--set",
      "model.width=4",
      "-o", "a", "--format", "json")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(try Document(trained.output).number("steps") <= 2)
  }

  /// What the equations of the shipped files say of their exact solutions: nothing is left.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil),
    arguments: ["heat-inverse", "burgers-inverse"])
  func theTruthIsFound(_ name: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let trained = try tool.run("train", name, "--recipe", "pinn", "-o", "a", "--format", "json")
    #expect(try Document(trained.output).number("relativeL2") < 1e-2)
  }
}
