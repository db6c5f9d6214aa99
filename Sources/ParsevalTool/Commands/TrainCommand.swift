import ArgumentParser
import Parseval

/// `parseval train`: a recipe of a problem file into a model.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network by a recipe of a problem file.",
    usage: """
      parseval train PROBLEM --recipe name [--data data.nc] [--set key=value]... [--seeds count] [-o run]
      parseval train --resume run
      """,
    discussion: """
      The data that the recipe describes are generated unless they are given. The folder then has the model, a log with \
      a line for every epoch, and a picture of the errors. Keys of --set are relative to the recipe, as \
      training.epochs=50. Ctrl-C saves a checkpoint from which '--resume' continues bit for bit.
      """)

  @Argument(help: "A problem file, or the name of a problem that comes with the program.")
  var problem: String?

  @Option(help: ArgumentHelp("The recipe. (default: the only one)", valueName: "name"))
  var recipe: String?

  @Option(
    name: [.customLong("set")], parsing: .singleValue,
    help: ArgumentHelp("Change a key of the recipe, such as training.epochs=50.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("A data set that 'generate' made.", valueName: "data.nc"))
  var data: String?

  @Option(help: ArgumentHelp("Train with several seeds, from 0 or --seed on.", valueName: "count"))
  var seeds: Int?

  @Option(help: ArgumentHelp("The seed of first weights and of the order of samples.", valueName: "number"))
  var seed: UInt64?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder to write. (default: runs/PROBLEM-RECIPE)", valueName: "run"))
  var output: String?

  @Flag(name: .customLong("no-baselines"), help: "Do not fit the baselines.")
  var skipsBaselines = false

  @Option(help: ArgumentHelp("Threads that share the work. (default: all processors)", valueName: "count"))
  var threads: Int?

  @Option(help: ArgumentHelp("Continue the interrupted training in this folder.", valueName: "run"))
  var resume: String?

  @OptionGroup var options: OutputOptions

  /// As of the seeds in problem files: what numbers of other programs hold exactly.
  private static let largestSeed: UInt64 = 1 << 53

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
    if let seeds, !(1...1000).contains(seeds) {
      throw ValidationError("--seeds must be from 1 to 1000, not \(seeds)")
    }
    if let seed, seed > Self.largestSeed {
      throw ValidationError("--seed must be from 0 to \(Self.largestSeed), not \(seed)")
    }
    guard problem != nil || resume != nil else {
      throw ValidationError("which PROBLEM? 'parseval list problems' shows those that come with the program")
    }
    guard
      resume == nil
        || (problem == nil && recipe == nil && overrides.isEmpty && data == nil && seeds == nil && seed == nil
          && output == nil)
    else { throw ValidationError("a resumed training goes on as it was begun: leave out all else") }
  }

  func run() throws {
    let console = options.console
    Interruption.watch()
    if let resume {
      try finish([try train(console) { try TrainingRun(resuming: resume, options: $0) }], console)
      return
    }
    guard let problem else {
      preconditionFailure("TrainCommand: validate() lets no training without a problem pass")
    }
    let path = try ProblemLibrary.standard.resolve(problem)
    let name = try chosenRecipe(path)
    let base = output ?? "runs/\(problemName(path))-\(name)"
    var trained: [TrainReport] = []
    let first = seed ?? 0
    for number in 0..<(seeds ?? 1) {
      let folder = seeds == nil ? base : RunFolder(base).seed(first + UInt64(number)).path
      // Seeds differ in weights and order; the data are the same, made once.
      let made = trained.first.map { RunFolder($0.folder) }.flatMap { $0.has($0.data) ? $0.data : nil }
      let shared = data ?? made
      trained.append(
        try train(console) { settings in
          var settings = settings
          settings.seed = seeds == nil ? seed : first + UInt64(number)
          return try TrainingRun(
            path, recipe: name, overrides: overrides, data: shared, folder: folder, options: settings)
        })
      if trained.last?.report.outcome == .interrupted { break }
    }
    try finish(trained, console)
    guard trained.count > 1, !console.isQuiet else { return }
    console.say("the mean of their predictions: parseval evaluate \(shellQuoted(base))")
  }

  /// The recipe that was named, or the only one there is.
  private func chosenRecipe(_ path: String) throws -> String {
    if let recipe { return recipe }
    let names = try ProblemFileReader.standard.read(file: path).recipeNames
    guard names.count == 1 else {
      throw ValidationError(
        names.isEmpty
          ? "\(path) has no recipes: they stand under 'recipes'"
          : "which --recipe? There is \(names.joined(separator: ", "))")
    }
    return names[0]
  }

  private func problemName(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
  }

  private func train(
    _ console: Console, make: (TrainingRunOptions) throws -> TrainingRun
  ) throws -> TrainReport {
    var settings = TrainingRunOptions()
    settings.threads = threads ?? Machine.processorCount
    settings.fitsBaselines = !skipsBaselines
    settings.isolation = .ownExecutable
    settings.commandLine = CommandLine.arguments
    settings.shouldStop = { Interruption.isRequested }
    let generating = console.isQuiet ? nil : ProgressDisplay()
    let training = console.isQuiet ? nil : ProgressDisplay()
    if let generating { settings.generated = { generating.update(Progress($0)) } }
    if let training { settings.progress = { training.update(Progress($0)) } }
    let run: TrainingRun
    do {
      run = try make(settings)
      generating?.finish()
    } catch {
      generating?.finish()
      throw error
    }
    var report = TrainReport(run)
    for warning in run.file.warnings where !console.isQuiet { Console.note(warning.description) }
    console.say(report.introduction)
    defer { training?.finish() }
    report.report = try run.run()
    training?.finish()
    if let figure = report.figure { try figure.write(to: run.folder.curves) }
    console.show(console.isQuiet ? report.oneLine : report.summary)
    return report
  }

  private func finish(_ trained: [TrainReport], _ console: Console) throws {
    if trained.count > 1 { console.show(TrainReport.comparison(trained)) }
    console.document(TrainReport.json(trained))
    for report in trained {
      switch report.report.outcome {
      case .interrupted: throw ExitCode(ExitStatus.interrupted.rawValue)
      case .diverged: throw ExitCode(ExitStatus.numericalFailure.rawValue)
      case .completed, .stoppedEarly: continue
      }
    }
  }
}
