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

  @Flag(help: "Replace what an earlier training has left in the folder.")
  var overwrite = false

  @Flag(
    name: .customLong("no-baselines"), help: "Do not fit the baselines, or solve the problem classically.")
  var skipsBaselines = false

  @Flag(help: "Draw the solution that a network at points is, into the folder.")
  var plot = false

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
    if let output, output.isEmpty { throw ValidationError("-o needs the name of a folder") }
    guard problem != nil || resume != nil else {
      throw ValidationError("which PROBLEM? 'parseval list problems' shows those that come with the program")
    }
    guard
      resume == nil
        || (problem == nil && recipe == nil && overrides.isEmpty && data == nil && seeds == nil && seed == nil
          && output == nil && !overwrite)
    else { throw ValidationError("a resumed training goes on as it was begun: leave out all else") }
  }

  func run() throws {
    let console = options.console
    Interruption.watch()
    if let resume {
      if try CollocationTraining.isMeant(resuming: resume) {
        return try CollocationTraining(self).resume(resume)
      }
      if let series = try SeedSeries(in: RunFolder(resume)) {
        try train(series, in: RunFolder(resume), console)
      } else {
        try finish([try train(console) { try TrainingRun(resuming: resume, options: $0) }], console)
      }
      return
    }
    guard let problem else {
      preconditionFailure("TrainCommand: validate() lets no training without a problem pass")
    }
    let path = try ProblemLibrary.standard.resolve(problem)
    let name = try chosenRecipe(path)
    if try CollocationTraining.isMeant(path, recipe: name) {
      return try CollocationTraining(self).run(
        path, recipe: name, folder: output ?? "runs/\(problemName(path))-\(name)")
    }
    try TrainingRun.refuseUselessChanges(
      path, recipe: name, overrides: overrides, isGiven: data != nil)
    let base = output ?? "runs/\(problemName(path))-\(name)"
    if let seeds {
      let series = SeedSeries(
        problem: path, recipe: name, overrides: overrides, data: data, first: seed ?? 0, count: seeds)
      try series.begin(in: RunFolder(base), overwrites: overwrite)
      try train(series, in: RunFolder(base), console)
      return
    }
    let trained = try train(console) { settings in
      var settings = settings
      settings.seed = seed
      return try TrainingRun(
        path, recipe: name, overrides: overrides, data: data, folder: base, options: settings)
    }
    try finish([trained], console)
  }

  /// Trains what of a series has not ended; the seeds differ in weights and order, the data are the same, made once.
  private func train(_ series: SeedSeries, in base: RunFolder, _ console: Console) throws {
    var trained: [TrainReport] = []
    let members = series.folders(in: base)
    for (seed, folder) in members where !folder.has(folder.model) {
      let made = members[0].folder.has(members[0].folder.data) ? members[0].folder.data : nil
      let isBegun = folder.has(folder.request)
      let report = try train(console, continuing: base.path) { settings in
        guard !isBegun else { return try TrainingRun(resuming: folder.path, options: settings) }
        var settings = settings
        settings.seed = seed
        return try TrainingRun(
          series.problem, recipe: series.recipe, overrides: series.overrides,
          data: series.data ?? (seed == series.first ? nil : made), folder: folder.path, options: settings)
      }
      trained.append(report)
      if report.report.outcome == .interrupted { break }
    }
    if trained.isEmpty {
      console.say("\(counted(members.count, "training")) \(members.count == 1 ? "has" : "have") ended")
    }
    try finish(trained, console, isWhole: trained.count == members.count)
    console.say("the mean of their predictions: parseval evaluate \(shellQuoted(base.path))")
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

  /// - Parameter series: the folder that a resumption is to be of, if it is not the training's own.
  private func train(
    _ console: Console, continuing series: String? = nil, make: (TrainingRunOptions) throws -> TrainingRun
  ) throws -> TrainReport {
    var settings = TrainingRunOptions()
    settings.threads = threads ?? Machine.processorCount
    settings.fitsBaselines = !skipsBaselines
    settings.overwrites = overwrite
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
    report.series = series
    for warning in run.file.warnings where !console.isQuiet { Console.note(warning.description) }
    if !run.unusedDataKeys.isEmpty, !console.isQuiet {
      Console.note(
        "note: the data are in a file of others; of the recipe's data, "
          + "\(run.unusedDataKeys.joined(separator: ", ")) are not used")
    }
    console.say(report.introduction)
    defer { training?.finish() }
    report.report = try run.run()
    training?.finish()
    if let figure = report.figure { try figure.write(to: run.folder.curves) }
    console.show(console.isQuiet ? report.oneLine : report.summary)
    return report
  }

  /// - Parameter isWhole: whether these are all trainings of a series; some may have ended in an earlier session.
  private func finish(_ trained: [TrainReport], _ console: Console, isWhole: Bool = true) throws {
    if trained.count > 1, isWhole { console.show(TrainReport.comparison(trained)) }
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
