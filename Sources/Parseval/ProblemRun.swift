public import Exchange
import Equations
import Glibc
public import LearnedSolvers
import LinearSolvers
public import ProblemFiles
public import Simulation
public import Spectral

/// How a run is made, beyond what the problem says.
public struct RunOptions: Sendable {
  public var threads = Machine.processorCount
  public var planning = PlanningMode.estimate
  public var estimatesErrorByCoarserRun = true
  /// The name of a policy that chooses the relaxation of conjugate gradients with SSOR while a run is made.
  public var relaxation: String?
  /// Whether all candidates for the relaxation are tried on every system, to tell the policy's regret.
  public var measuresRegret = false
  /// In which process references are opened.
  public var isolation = NetCDF.Isolation.inProcess
  /// For the provenance.
  public var commandLine: [String] = []
  /// Asked after every step; `true` saves a checkpoint and ends the run.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told of the progress after every step.
  public var progress: @Sendable (SimulationProgress) -> Void = { _ in }

  public init() {}
}

/// A problem file solved into an output file that can be resumed.
///
/// During the run `OUTPUT.checkpoint` stands beside the output; it is removed when the run has ended.
public final class ProblemRun {
  public let file: ProblemFile
  public let simulation: any PreparedProblem
  public let outputPath: String
  /// The time that a resumed run continues from is after this many records; 0 for a new run.
  public let keptRecords: Int
  /// The solver that learns its relaxation, where that was asked for.
  public let relaxedSolver: RelaxedSequenceSolver?
  private let provenance: Provenance
  private let checkpoint: RunCheckpoint?

  /// A new run.
  ///
  /// - Parameters:
  ///   - file: the problem.
  ///   - overrides: those that `file` was read with, for the provenance.
  ///   - output: the file to write.
  ///   - options: threads, planning, what is done beside the run.
  /// - Throws: `ProblemFileError` for what is wrong with a part of the problem, else `SimulationError`.
  public convenience init(
    _ file: ProblemFile, overrides: [String] = [], output: String, options: RunOptions = RunOptions()
  ) throws {
    let provenance = Provenance(
      problem: file.resolvedText, problemFile: absolutePath(file.file), overrides: overrides,
      seed: file.problem.solver.seed, versions: Machine.versions, commit: Machine.commit,
      threads: options.threads,
      commandLine: options.commandLine, date: currentDate())
    try self.init(file, provenance, checkpoint: nil, output: output, options: options)
  }

  init(
    _ file: ProblemFile, _ provenance: Provenance, checkpoint: RunCheckpoint?, output: String,
    options: RunOptions
  ) throws {
    self.file = file
    self.provenance = provenance
    self.checkpoint = checkpoint
    outputPath = output
    keptRecords = checkpoint?.recordCount ?? 0
    var settings = SimulationOptions(threads: options.threads)
    settings.planning = checkpoint?.planning ?? options.planning
    settings.estimatesErrorByCoarserRun = options.estimatesErrorByCoarserRun
    settings.keepsAllRecords = false
    settings.checkpointPath = Checkpoint.path(besideOutput: output)
    settings.problemHash = provenance.problemHash
    settings.referenceFolder = folder(of: provenance.problemFile)
    settings.isolation = options.isolation
    settings.shouldStop = options.shouldStop
    settings.progress = options.progress
    if checkpoint == nil { try file.checkOutput(output, referenceFolder: settings.referenceFolder) }
    if let checkpoint, let name = options.relaxation, name != checkpoint.relaxation {
      throw SimulationError.changedProblem(
        "the relaxation is chosen by \(name), and was by \(checkpoint.relaxation ?? "nothing")")
    }
    if let name = options.relaxation ?? checkpoint?.relaxation {
      guard let kind = RelaxationPolicyRegistry.kind(named: name) else {
        throw SimulationError.unknownMethod(name, known: RelaxationPolicyRegistry.all.map(\.name))
      }
      if case .pointwise = file.formulation {
        throw ProblemFileError(diagnostics: [file.diagnostic(file.problem.classicalObstacle)])
      }
      guard case .fluxes = file.formulation else {
        throw SimulationError.unsupported(
          "there are no linear systems whose relaxation could be learned: the problem is solved by spectral methods",
          about: .section("discretization"))
      }
      let choice = RelaxationSettings(seed: file.problem.solver.seed)
      let solver = RelaxedSequenceSolver(
        kind.make(choice),
        tolerance: Tolerance(relative: file.problem.solver.linearTolerance ?? 1e-8),
        measuring: options.measuresRegret ? choice.candidates : [])
      relaxedSolver = solver
      nonisolated(unsafe) let shared = solver
      settings.makeLinearSolver = { shared }
    } else {
      relaxedSolver = nil
    }
    var problem = file.problem
    problem.units.merge(file.units) { own, _ in own }
    checkpoint?.adoptPlans()
    simulation = try file.locatingMistakes {
      switch file.formulation {
      case .normal(let form): try Simulation(problem, form, options: settings)
      case .fluxes(let form, let kind): try BalanceSimulation(problem, form, kind, options: settings)
      case .pointwise: throw problem.classicalObstacle
      }
    }
  }

  /// Solves the problem; the output is complete, or resumable if the run was interrupted.
  ///
  /// - Throws: `ExchangeError` if the output cannot be begun, `RunFailure` if it cannot be continued.
  public func solve() throws -> Solution {
    let checkpointPath = Checkpoint.path(besideOutput: outputPath)
    let sink: NetCDFSink
    if let checkpoint {
      sink = try NetCDFSink(
        resuming: outputPath, layout: simulation.recordLayout, keptRecords: checkpoint.recordCount)
    } else {
      try file.locatingMistakes { try simulation.prepare() }
      unlink(checkpointPath)
      sink = try NetCDFSink(
        path: outputPath, layout: simulation.recordLayout, title: file.problem.title, provenance: provenance)
    }
    do {
      let solution = try file.locatingMistakes { try simulation.run(sink: sink, resuming: checkpoint) }
      if case .interrupted = solution.outcome {
        // A wall time of zero says that the run has not ended.
        try sink.finish(wallSeconds: 0)
      } else {
        try sink.finish(wallSeconds: max(solution.wallSeconds, 1e-9))
        unlink(checkpointPath)
      }
      return solution
    } catch let error as ExchangeError {
      throw RunFailure(
        cause: error, output: outputPath, isResumable: access(checkpointPath, F_OK) == 0)
    }
  }
}

extension ProblemFile {
  /// Refuses an output that would replace the file that the solution is compared with.
  fileprivate func checkOutput(_ output: String, referenceFolder: String?) throws {
    guard let reference = problem.reference else { return }
    func identity(_ path: String) -> [UInt64]? {
      var status = stat()
      return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }
    guard let own = identity(output), own == identity(reference.path(from: referenceFolder)) else { return }
    throw SimulationError.unsupported(
      "the output \(output) would replace the reference file", about: .section("reference"))
  }
}

/// A run that the system stopped, as by a full disk.
public struct RunFailure: Error, Sendable, CustomStringConvertible {
  public var cause: ExchangeError
  public var output: String
  /// Whether a checkpoint is left from which the run continues.
  public var isResumable: Bool
  /// The subcommand that resumes it.
  public var command = "solve"

  public var description: String { cause.description }
}

extension ProblemFile {
  /// Finds what would keep the problem from being solved, or from being learned, without the time and memory of a run.
  ///
  /// - Parameter isolation: in which process files of data are opened.
  /// - Throws: `ProblemFileError` for what is wrong with a part of the problem, else `SimulationError`.
  public func checkSolvability(isolation: NetCDF.Isolation = .inProcess) throws {
    var options = SimulationOptions()
    options.referenceFolder = folder(of: absolutePath(file))
    try locatingMistakes {
      switch formulation {
      case .normal(let form): try Simulation.check(problem, form, options: options)
      case .fluxes(let form, let kind):
        try BalanceSimulation.check(problem, form, kind, options: options)
      case .pointwise(let form):
        _ = try readingMeasurements(of: form, relativeTo: options.referenceFolder, isolation: isolation)
      }
    }
  }

  /// What is wrong with a part of the problem and shows only later is said at its place in the file.
  func locatingMistakes<Result>(_ body: () throws -> Result) throws -> Result {
    func located(_ error: EquationError) -> ProblemFileError {
      ProblemFileError(diagnostics: [diagnostic(error)])
    }
    do {
      return try body()
    } catch let error as SimulationError where error.subject != .problem {
      throw located(EquationError(error.subject, error.description, hint: error.hint))
    } catch let error as EquationError where error.subject != .problem {
      throw located(error)
    }
  }
}

/// The folder a path stands in, `.` for a bare name.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

func absolutePath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return "" }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// The time in the form of ISO 8601.
func currentDate() -> String {
  var now = time(nil)
  var parts = tm()
  gmtime_r(&now, &parts)
  var text = [CChar](repeating: 0, count: 32)
  let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
  return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
