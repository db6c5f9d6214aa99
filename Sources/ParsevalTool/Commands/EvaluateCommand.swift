import ArgumentParser
import Parseval

/// `parseval evaluate`: a trained model on data that it has not seen.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge a trained model on the test split, beside baselines.",
    usage: "parseval evaluate RUN [--data data.nc] [--resolutions 128,256] [--plot]",
    discussion: """
      Errors are relative L2 errors in physical units, the mean over the samples of the test split. For every \
      resolution the samples are solved again and the model is judged on that grid. Of a folder that was trained with \
      --seeds the mean of all predictions is judged, beside each model.
      """)

  @Argument(help: ArgumentHelp("The folder that 'train' made.", valueName: "run"))
  var folder: String

  @Option(help: ArgumentHelp("A data set of the same problem.", valueName: "data.nc"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Points along every axis on which the model is judged, too, such as 128,256,512.", valueName: "list"))
  var resolutions: String?

  @Flag(help: "Draw the worst samples and the spectrum of the errors into the folder.")
  var plot = false

  @Flag(name: .customLong("no-baselines"), help: "Do not fit the baselines.")
  var skipsBaselines = false

  @Option(help: ArgumentHelp("Threads that share the work. (default: all processors)", valueName: "count"))
  var threads: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
    _ = try grids
  }

  private var grids: [Int] {
    get throws {
      try (resolutions ?? "").split(separator: ",").map { word in
        guard let number = Int(word), (2...1 << 20).contains(number) else {
          throw ValidationError(
            "--resolutions must be numbers from 2 to \(1 << 20), separated by commas, not '\(word)'")
        }
        return number
      }
    }
  }

  func run() throws {
    let console = options.console
    var settings = EvaluationOptions()
    settings.data = data
    settings.resolutions = try grids
    settings.threads = threads ?? Machine.processorCount
    settings.fitsBaselines = !skipsBaselines
    settings.isolation = .ownExecutable
    settings.shouldStop = { Interruption.isRequested }
    let display = console.isQuiet ? nil : ProgressDisplay()
    if let display { settings.generated = { display.update(Progress($0)) } }
    Interruption.watch()
    if try CollocationEvaluation.isMeant(folder) { return try evaluateAtPoints(settings, console) }
    let evaluation = try Evaluation(folder, options: settings)
    defer { display?.finish() }
    var report = EvaluateReport(evaluation, try evaluation.run())
    display?.finish()
    console.show(console.isQuiet ? report.oneLine : report.summary)
    // Numbers are not lost where a picture cannot be made.
    do {
      for (name, figure) in plot ? try report.figures() : [] {
        let path = "\(evaluation.folder.path)/\(name).png"
        try figure.write(to: path)
        report.written.append(path)
        console.say("picture \(path)")
      }
    } catch {
      console.document(report.json)
      // One document is enough.
      let failure = ErrorReport(error)
      Console.note(failure.rendered)
      throw ExitCode(failure.status.rawValue)
    }
    console.document(report.json)
  }

  /// Judges networks at points beside the classical solution, which is the same for all seeds.
  private func evaluateAtPoints(_ settings: EvaluationOptions, _ console: Console) throws {
    guard data == nil, resolutions == nil else {
      throw ValidationError(
        "a network at points is judged where its reference is: leave out --data and --resolutions")
    }
    let base = RunFolder(folder)
    let folders = try SeedSeries(in: base)?.folders(in: base).map(\.folder) ?? [base]
    var documents: [JSON] = []
    for (number, folder) in folders.enumerated() {
      let evaluation = try CollocationEvaluation(folder.path, options: settings)
      let judgement = try evaluation.run(isFirstOfSeries: number == 0)
      console.show(
        "\(evaluation.title), recipe \(evaluation.header.recipe), seed \(evaluation.header.seed)\n"
          + CollocationRendering.text(of: judgement, trainingSeconds: evaluation.header.trainingSeconds))
      documents.append(
        .object(
          [("folder", .text(folder.path)), ("trainingSeconds", .number(evaluation.header.trainingSeconds))]
            + CollocationRendering.json(of: judgement)))
      if plot, let solution = judgement.solution {
        try SolutionFile(path: solution).figure(animated: false).write(to: folder.picture)
        console.say("picture \(folder.picture)")
      }
    }
    console.document(documents.count == 1 ? documents[0] : .object([("trainings", .list(documents))]))
  }
}
