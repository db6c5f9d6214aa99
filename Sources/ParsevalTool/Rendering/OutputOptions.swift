import ArgumentParser

/// How a command talks: the options that all of them have.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: ArgumentHelp("Print text, or one JSON document on standard output.", valueName: "text|json"))
  var format = Format.text

  @Flag(help: "Print nothing but results and errors.")
  var quiet = false

  var console: Console { Console(isJSON: format == .json, isQuiet: quiet) }

  /// Whether arguments that could not be parsed ask for JSON, so that the error is one document, too.
  static func isJSONWanted(_ arguments: [String]) -> Bool {
    arguments.contains("--format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == ("--format", "json") }
  }
}

/// The problem and what changes it, as several commands take them.
struct ProblemOptions: ParsableArguments {
  @Option(
    name: [.customLong("set")], parsing: .singleValue,
    help: ArgumentHelp("Change a key of the problem, such as parameters.nu=0.02.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp("The stepping method, as solver.method.", valueName: "name"))
  var method: String?

  @Option(help: ArgumentHelp("Grid points along every axis, as discretization.", valueName: "points"))
  var resolution: Int?

  @Option(help: ArgumentHelp("A fixed step size, as solver.step.", valueName: "size"))
  var step: String?

  @Option(
    help: ArgumentHelp("The relative tolerance of the steps, as solver.tolerance.", valueName: "number"))
  var tolerance: String?

  @Option(help: ArgumentHelp("The seed of random fields, as solver.seed.", valueName: "number"))
  var seed: String?
}
