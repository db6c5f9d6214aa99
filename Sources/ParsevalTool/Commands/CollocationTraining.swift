import ArgumentParser
import Parseval

/// What `train` does for recipes of networks at points.
struct CollocationTraining {
  private let command: TrainCommand
  private var console: Console { command.options.console }

  init(_ command: TrainCommand) { self.command = command }

  /// Whether a recipe of a file is of this sort.
  static func isMeant(_ path: String, recipe: String) throws -> Bool {
    try CollocationRun.isMeant(recipe, of: try ProblemFileReader.standard.read(file: path, recipe: recipe))
  }

  /// Whether the training of a folder, or those of its series, are of this sort.
  static func isMeant(resuming folder: String) throws -> Bool {
    let base = RunFolder(folder)
    if let series = try SeedSeries(in: base) { return try isMeant(series.problem, recipe: series.recipe) }
    return try CollocationRun.isMeant(inFolder: folder)
  }

  func run(_ path: String, recipe: String, folder: String) throws {
    guard command.data == nil else {
      throw ValidationError(
        "the recipe '\(recipe)' learns from the equations: there is nothing to do with --data")
    }
    if let seeds = command.seeds {
      let series = SeedSeries(
        problem: path, recipe: recipe, overrides: command.overrides, data: nil, first: command.seed ?? 0,
        count: seeds)
      try series.begin(in: RunFolder(folder), overwrites: command.overwrite)
      return try train(series, in: RunFolder(folder))
    }
    let trained = try train { settings in
      var settings = settings
      settings.seed = command.seed
      return try CollocationRun(
        path, recipe: recipe, overrides: command.overrides, folder: folder, options: settings)
    }
    try finish([trained])
  }

  func resume(_ folder: String) throws {
    if let series = try SeedSeries(in: RunFolder(folder)) { return try train(series, in: RunFolder(folder)) }
    try finish([try train { try CollocationRun(resuming: folder, options: $0) }])
  }

  private func train(_ series: SeedSeries, in base: RunFolder) throws {
    var trained: [CollocationRendering] = []
    for (seed, folder) in series.folders(in: base) where !folder.has(folder.model) {
      let rendering = try train(continuing: base.path, isFirst: trained.isEmpty) { settings in
        guard !folder.has(folder.request) else {
          return try CollocationRun(resuming: folder.path, options: settings)
        }
        var settings = settings
        settings.seed = seed
        return try CollocationRun(
          series.problem, recipe: series.recipe, overrides: series.overrides, folder: folder.path,
          options: settings)
      }
      trained.append(rendering)
      if rendering.report.outcome == .interrupted { break }
    }
    try finish(trained)
  }

  private func train(
    continuing series: String? = nil, isFirst: Bool = true,
    make: (TrainingRunOptions) throws -> CollocationRun
  ) throws -> CollocationRendering {
    var settings = TrainingRunOptions()
    settings.threads = command.threads ?? Machine.processorCount
    settings.fitsBaselines = !command.skipsBaselines
    settings.overwrites = command.overwrite
    settings.isolation = .ownExecutable
    settings.commandLine = CommandLine.arguments
    settings.shouldStop = { Interruption.isRequested }
    let run = try make(settings)
    run.isFirstOfSeries = isFirst
    for warning in run.file.warnings where !console.isQuiet { Console.note(warning.description) }
    let display = console.isQuiet ? nil : ProgressDisplay()
    if let display { run.progress = { display.update(Progress($0)) } }
    var rendering = CollocationRendering(run)
    rendering.series = series
    console.say(run.introduction.joined(separator: "\n"))
    defer { display?.finish() }
    rendering.report = try run.run()
    display?.finish()
    console.show(console.isQuiet ? rendering.oneLine : rendering.summary)
    if let figure = rendering.figure { try figure.write(to: run.folder.curves) }
    if command.plot, let solution = rendering.report.judgement?.solution {
      try SolutionFile(path: solution).figure(animated: false).write(to: run.folder.picture)
      console.say("picture \(run.folder.picture)")
    }
    return rendering
  }

  private func finish(_ trained: [CollocationRendering]) throws {
    if trained.count > 1 { console.show(CollocationRendering.comparison(trained)) }
    console.document(CollocationRendering.json(trained))
    for rendering in trained {
      switch rendering.report.outcome {
      case .interrupted: throw ExitCode(ExitStatus.interrupted.rawValue)
      case .diverged: throw ExitCode(ExitStatus.numericalFailure.rawValue)
      case .completed, .stalled, .outOfTime: continue
      }
    }
  }
}
