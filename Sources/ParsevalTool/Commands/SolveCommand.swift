public import ArgumentParser
public import Parseval

/// `parseval solve`: a problem file into an output file.
struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve", abstract: "Solve a problem and write the solution as NetCDF.",
    usage: """
      parseval solve PROBLEM [--set key=value]... [--method name] [--resolution points] [-o out.nc] [--plot out.png]
      parseval solve --resume out.nc
      """,
    discussion: """
      The error of the solution is always stated: against the exact solution if the file gives one, else \
      against a reference file, else against a coarser run. Ctrl-C saves a checkpoint from which \
      '--resume' continues bit for bit.
      """)

  @Argument(help: "A problem file, or the name of a problem that comes with the program.")
  var problem: String?

  @OptionGroup var changes: ProblemOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The output file. (default: PROBLEM.nc)", valueName: "out.nc"))
  var output: String?

  @Option(help: ArgumentHelp("Draw the solution, as .png, .svg, .pdf or .gif.", valueName: "picture"))
  var plot: String?

  @Flag(help: "Keep the gnuplot script and its data beside the picture.")
  var keepScript = false

  @Option(help: ArgumentHelp("Also write every field as .npy into this folder.", valueName: "folder"))
  var npy: String?

  @Option(
    help: ArgumentHelp("Also write .vti or .vtu files and a .pvd file into this folder.", valueName: "folder")
  )
  var vtk: String?

  @Option(
    help: ArgumentHelp(
      "How transforms are chosen: by rule, or by measuring them first.", valueName: "estimate|measure"))
  var plan = PlanningMode.estimate

  @Option(help: ArgumentHelp("Threads that share the work. (default: all processors)", valueName: "count"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Solve linear systems by conjugate gradients with SSOR whose ω this policy learns (parseval list relaxations).",
      valueName: "policy"))
  var relaxation: String?

  @Option(
    help: ArgumentHelp(
      "Draw how the learned ω compares with the best fixed and the best single ones, each tried on every system.",
      valueName: "picture"))
  var regret: String?

  @Flag(name: .customLong("no-estimate"), help: "Do not make a coarser run to estimate the error.")
  var skipsEstimate = false

  @Option(help: ArgumentHelp("Continue the interrupted run with this output.", valueName: "out.nc"))
  var resume: String?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
    guard problem != nil || resume != nil else {
      throw ValidationError("which PROBLEM? 'parseval list problems' shows those that come with the program")
    }
    guard resume == nil || output == nil else {
      throw ValidationError("a resumed run writes to its own output: leave out -o")
    }
    guard resume == nil || problem != nil || changes.isEmpty else {
      throw ValidationError("a resumed run solves the problem that it began with: leave out its changes")
    }
    guard regret == nil || relaxation != nil else {
      throw ValidationError("--regret needs --relaxation: without it nothing is learned")
    }
    guard plot != nil || !keepScript else { throw ValidationError("--keep-script needs --plot") }
  }

  func run() throws {
    // A wrong ending is said before hours are spent.
    for picture in [plot, regret].compactMap(\.self) { _ = try PictureFormat(path: picture) }
    let console = options.console
    let display = console.isQuiet ? nil : ProgressDisplay()
    var settings = RunOptions()
    settings.threads = threads ?? Machine.processorCount
    settings.planning = plan
    settings.estimatesErrorByCoarserRun = !skipsEstimate
    settings.isolation = .ownExecutable
    settings.relaxation = relaxation
    settings.measuresRegret = regret != nil
    settings.commandLine = CommandLine.arguments
    settings.shouldStop = { Interruption.isRequested }
    if let display { settings.progress = { display.update(Progress($0)) } }
    let run = try makeRun(settings, console)
    var report = SolveReport(run: run, estimates: !skipsEstimate)
    console.say(report.introduction)
    Interruption.watch()
    let solution: Solution
    do {
      solution = try run.solve()
      display?.finish()
    } catch {
      display?.finish()
      throw error
    }
    report.relaxation = run.relaxedSolver.map(RelaxationRendering.init)
    for warning in solution.warnings { Console.note("warning: \(warning)") }
    // A picture that cannot be drawn does not hide what was solved.
    var written: [String] = []
    var trouble: (any Error)?
    do {
      if let regret, let figure = report.relaxation?.figure(title: run.file.problem.title) {
        try figure.write(to: regret)
        written.append(regret)
      }
      try writeOthers(run, solution, into: &written)
    } catch { trouble = error }
    if console.isQuiet {
      console.show(report.oneLine(solution))
    } else {
      console.show(report.summary(solution, written))
    }
    if let trouble { throw trouble }
    console.document(report.json(solution, written))
    if let status = report.status(solution) { throw ExitCode(status.rawValue) }
  }

  private func makeRun(_ settings: RunOptions, _ console: Console) throws -> ProblemRun {
    if let resume {
      let named = try problem.map { try changes.resolve($0) }
      let run = try ProblemRun(
        resuming: resume, problem: named?.path, overrides: named?.overrides ?? [], options: settings)
      if run.keptRecords == 0 {
        console.say("no checkpoint beside \(resume): the run begins anew")
      } else {
        console.say("resumed after \(counted(run.keptRecords, "record"))")
      }
      return run
    }
    guard let problem else {
      preconditionFailure("SolveCommand: validate() lets no run without a problem pass")
    }
    let (file, overrides) = try changes.read(problem)
    for warning in file.warnings where !console.isQuiet { Console.note(warning.description) }
    return try ProblemRun(
      file, overrides: overrides, output: output ?? "\(file.problem.name).nc", options: settings)
  }

  /// Pictures and other formats, made from the output.
  private func writeOthers(_ run: ProblemRun, _ solution: Solution, into written: inout [String]) throws {
    guard plot != nil || npy != nil || vtk != nil else { return }
    if case .interrupted = solution.outcome { return }
    let file = try SolutionFile(path: run.outputPath)
    if let plot {
      let figure = try file.figure(animated: try PictureFormat(path: plot) == .gif)
      try figure.write(to: plot, options: PictureOptions(keepScript: keepScript))
      written.append(plot)
    }
    if let npy {
      try file.writeNumPy(to: npy)
      written.append(npy)
    }
    if let vtk { written.append(try file.writeVTK(to: vtk, name: run.file.problem.name)) }
  }
}

extension PlanningMode: ExpressibleByArgument {}
