import ArgumentParser
import Parseval

@main
struct ParsevalTool: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "parseval", subcommands: [SolveCommand.self])
}
struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "solve")
  @Argument var file: String
  @Option(name: [.customLong("set")]) var overrides: [String] = []
  @Option(name: .shortAndLong) var output: String?
  @Option var threads = 2
  func run() throws {
    limitBLASToOneThread()
    let read: ProblemFile
    do { read = try ProblemFileReader().read(file: file, overrides: overrides) } catch let error as ProblemFileError { print(error); throw ExitCode(65) }
    var problem = read.problem
    problem.units = read.units
    var options = SimulationOptions(threads: threads)
    options.referenceFolder = "."
    let simulation = try Simulation(problem, read.normalForm, options: options)
    print(read.normalForm)
    var sink: NetCDFSink?
    if let output { sink = try NetCDFSink(path: output, layout: simulation.recordLayout, title: problem.title, provenance: Provenance(problem: read.resolvedText)) }
    let s = try simulation.run(sink: sink)
    try sink?.finish(wallSeconds: s.wallSeconds)
    print(s.outcome, s.steps, s.refusedSteps, s.wallSeconds, s.method)
    print(s.error as Any, s.budgetDefects)
  }
}
