import ArgumentParser
import Parseval

/// `parseval check`: the mistakes of a problem file, or the hash of an output's data.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a problem file, or print the hash of the data in an output file.")

  @Argument(help: "A problem file, or the name of one; with --digest a NetCDF file.")
  var file: String

  @Flag(help: "Print the SHA-256 of all data in a NetCDF file, whatever its attributes say.")
  var digest = false

  @OptionGroup var changes: ProblemOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let console = options.console
    if digest {
      let digest = try DataDigest.ofFile(file, isolation: .ownExecutable)
      console.show("\(digest)  \(file)")
      console.document(.object([("file", .text(file)), ("digest", .text(digest.description))]))
      return
    }
    let (read, _) = try changes.read(file)
    try read.checkSolvability(isolation: .ownExecutable)
    let (path, overrides) = try changes.resolve(file)
    let recipes = try RecipeCheck.run(path, overrides: overrides)
    var space = "on cells or elements"
    switch read.formulation {
    case .normal(let form):
      let plan = try SolutionPlan(read.problem, form)
      try plan.checkMemory(limit: nil)
      space = "on " + plan.points.map { "\($0)" }.joined(separator: "×") + " points"
    case .fluxes(let form, let kind):
      try BalanceMemory.forecast(read.problem, form, kind)?.check(limit: nil)
    case .pointwise: space = "for networks at points"
    }
    for warning in read.warnings { Console.note(warning.description) }
    console.say(
      "\(read.file): no mistakes; \(counted(read.problem.unknowns.count, "unknown")) \(space)"
        + (recipes.isEmpty ? "" : ", recipes \(recipes.joined(separator: ", "))"))
    console.document(
      .object([("file", .text(read.file)), ("warnings", .list(read.warnings.map(\.json)))]))
  }
}

extension NetCDF.Isolation {
  /// Files of others are opened by a child of this program, because their libraries crash on hostile input.
  static var ownExecutable: NetCDF.Isolation { .childProcess(executable: "/proc/self/exe") }
}
