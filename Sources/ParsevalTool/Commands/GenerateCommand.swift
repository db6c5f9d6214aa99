public import ArgumentParser
import DataSets
import Exchange
public import Parseval

/// `parseval generate`: a data set of a problem's samples.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Solve a problem for many random data and write a data set as NetCDF.",
    usage: """
      parseval generate PROBLEM [--recipe name] [--samples count] [--seed number] [--set key=value]... [-o data.nc]
      parseval generate --resume data.nc
      """,
    discussion: """
      Random are fields and initial values with 'gaussianField', and parameters with 'uniform' or 'normal'. The \
      file is the same to the bit for any number of threads. Every sample is in the file as soon as it is solved: \
      after Ctrl-C, or whatever ends the program, '--resume' or the same command goes on. Another data set at the \
      output's place is kept unless '--overwrite' is given. Samples that cannot be solved are left out, \
      counted, and replaced by others.
      """)

  @Argument(help: "A problem file, or the name of a problem that comes with the program.")
  var problem: String?

  @Option(help: ArgumentHelp("Store what the 'data' of this recipe ask for.", valueName: "name"))
  var recipe: String?

  @Option(
    help: ArgumentHelp("The number of samples. (default: that of the recipe)", valueName: "count"))
  var samples: Int?

  @OptionGroup var changes: ProblemOptions

  @Option(help: ArgumentHelp("How values are stored.", valueName: "float|double"))
  var precision = DataSetPlan.Precision.float

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The output file. (default: PROBLEM-data.nc)", valueName: "data.nc"))
  var output: String?

  @Flag(help: "Replace another data set that is there.")
  var overwrite = false

  @Option(
    help: ArgumentHelp("Samples that are solved at a time. (default: all processors)", valueName: "count"))
  var threads: Int?

  @Option(help: ArgumentHelp("Continue the interrupted data set.", valueName: "data.nc"))
  var resume: String?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
    if let samples, !(1...1_000_000_000).contains(samples) {
      throw ValidationError("--samples must be from 1 to 1000000000, not \(samples)")
    }
    guard problem != nil || resume != nil else {
      throw ValidationError("which PROBLEM? 'parseval list problems' shows those that come with the program")
    }
    guard
      resume == nil
        || (problem == nil && recipe == nil && samples == nil && output == nil && !overwrite
          && changes.isEmpty)
    else { throw ValidationError("a resumed data set is made as it was begun: leave out all else") }
  }

  func run() throws {
    let console = options.console
    var settings = DataGenerationOptions()
    settings.threads = threads ?? Machine.processorCount
    settings.samples = samples
    settings.precision = precision
    // What is no seed is said when it is read as a key of the problem.
    settings.seed = changes.seed.flatMap { UInt64($0) }
    settings.commandLine = CommandLine.arguments
    settings.shouldStop = { Interruption.isRequested }
    let display = console.isQuiet ? nil : ProgressDisplay()
    if let display { settings.progress = { display.update(Progress($0)) } }
    let generation = try makeGeneration(settings)
    let report = GenerateReport(generation)
    for warning in generation.file.warnings where !console.isQuiet { Console.note(warning.description) }
    console.say(report.introduction)
    Interruption.watch()
    let result: GenerationReport
    do {
      result = try generation.run()
      display?.finish()
    } catch {
      display?.finish()
      throw error
    }
    console.show(console.isQuiet ? report.oneLine(result) : report.summary(result))
    console.document(report.json(result))
    if result.isInterrupted { throw ExitCode(ExitStatus.interrupted.rawValue) }
  }

  private func makeGeneration(_ settings: DataGenerationOptions) throws -> DataGeneration {
    if let resume { return try DataGeneration(resuming: resume, options: settings) }
    guard let problem else {
      preconditionFailure("GenerateCommand: validate() lets no generation without a problem pass")
    }
    let (path, overrides) = try changes.resolve(problem)
    let generation = try DataGeneration(
      path, recipe: recipe, overrides: overrides, output: output, options: settings)
    guard !overwrite else { return generation }
    switch generation.place {
    case .free: return generation
    case .unfinished: return try DataGeneration(resuming: generation.outputPath, options: settings)
    case .complete: throw DataSetError.complete(path: generation.outputPath)
    case .taken:
      throw ExchangeError(
        path: generation.outputPath, kind: .notPermitted,
        reason: "another data set is there, by another plan or for another problem",
        hint: "give another -o, or --overwrite")
    }
  }
}

extension DataSetPlan.Precision: ExpressibleByArgument {}
