import ArgumentParser
import Parseval

/// `parseval linsolve`: a linear system from files.
struct LinsolveCommand: ParsableCommand {
  enum NullSpaceName: String, ExpressibleByArgument, CaseIterable { case constants }

  static let configuration = CommandConfiguration(
    commandName: "linsolve", abstract: "Solve a sparse linear system A x = b from files.",
    discussion: """
      Matrices are read from Matrix Market (.mtx) and Rutherford–Boeing files (.rb, .rua, …), vectors from .npy, .mtx \
      and text. The method is chosen by looking at the matrix unless it is named; 'parseval list solvers', 'list \
      preconditioners' and 'list orderings' show the names. If the method does not converge, the best answer found is \
      written all the same, and the exit code is 1.
      """)

  @Argument(help: ArgumentHelp("The matrix.", valueName: "A.mtx"))
  var matrix: String

  @Option(help: ArgumentHelp("The right-hand side. (default: ones)", valueName: "b.npy"))
  var rhs: String?

  @Option(help: ArgumentHelp("A direct or an iterative method, or auto.", valueName: "name"))
  var method = "auto"

  @Option(help: ArgumentHelp("What an iterative method is preconditioned by.", valueName: "name"))
  var preconditioner: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A number that the preconditioner or the iterative method reads, or blockSize, or refinement.",
      valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The residual that is small enough, relative to b.", valueName: "number"))
  var tolerance = 1e-8

  @Option(help: ArgumentHelp("The most iterations.", valueName: "count"))
  var iterations: Int?

  @Option(help: ArgumentHelp("Iterations between two restarts of GMRES.", valueName: "count"))
  var restart = 30

  @Option(help: ArgumentHelp("How a direct method orders the unknowns.", valueName: "name"))
  var ordering: String?

  @Option(help: ArgumentHelp("What the matrix maps to zero, if it is singular.", valueName: "constants"))
  var nullSpace: NullSpaceName?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the solution: .npy, .mtx or text.", valueName: "x.npy"))
  var output: String?

  @Option(help: ArgumentHelp("Draw the residual against the iterations.", valueName: "picture"))
  var history: String?

  @Option(help: ArgumentHelp("Threads that share the work. (default: all processors)", valueName: "count"))
  var threads: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
    guard tolerance > 0, tolerance < 1 else {
      throw ValidationError("--tolerance must be above 0 and below 1, not \(tolerance)")
    }
    if let iterations, iterations < 1 {
      throw ValidationError("--iterations must be at least 1, not \(iterations)")
    }
    guard restart >= 1 else { throw ValidationError("--restart must be at least 1, not \(restart)") }
    _ = try numbers()
  }

  func run() throws {
    // Wrong endings and names are said before anything is read.
    if let history { _ = try PictureFormat(path: history) }
    var solver = try solver()
    let console = options.console
    let file = try MatrixFile(path: matrix)
    let A = file.matrix
    let report = LinsolveReport(command: self, file: file)
    console.say(report.introduction)
    if let warning = report.warning { Console.note(warning) }
    let b = try rightHandSide(A.rowCount)
    if nullSpace == .constants { solver.iteration.nullSpace = .constants(count: A.columnCount) }
    Interruption.watch()
    var (x, result) = try solver.solve(A, b)
    if Interruption.isRequested, result.outcome != .converged { result.outcome = .interrupted }

    // A picture that cannot be drawn does not hide what was solved.
    var written: [String] = []
    var trouble: (any Error)?
    do {
      if let output {
        try VectorFile.write(NDArray(shape: [x.count], x), to: output)
        written.append(output)
      }
      if try draw(result.history, by: result.method) { written += [history].compactMap(\.self) }
    } catch { trouble = error }
    console.show(console.isQuiet ? report.oneLine(result) : report.summary(result, written))
    if let trouble { throw trouble }
    console.document(report.json(result, written))
    if let status = report.status(result) { throw ExitCode(status.rawValue) }
  }

  private func rightHandSide(_ count: Int) throws -> [Double] {
    guard let rhs else { return [Double](repeating: 1, count: count) }
    let b = try VectorFile.read(rhs)
    guard b.count == count else {
      throw ErrorReport(.badInput, "it has \(b.count) numbers, and the matrix \(count) rows", file: rhs)
    }
    return b.elements
  }

  private func solver() throws -> AutomaticSolver {
    var solver = AutomaticSolver(method: method == "auto" ? nil : method, preconditioner: preconditioner)
    try solver.checkNames()
    solver.iteration.tolerance = Tolerance(relative: tolerance)
    solver.iteration.iterationLimit = iterations
    solver.iteration.restart = restart
    solver.iteration.workers = Workers(count: threads ?? Machine.processorCount)
    solver.iteration.shouldStop = { Interruption.isRequested }
    if let ordering { solver.direct.ordering = try OrderingRegistry.ordering(named: ordering) }
    for (key, value) in try numbers() {
      switch key {
      case "blockSize": solver.preconditioning.blockSize = Int(value)
      case "refinement": solver.direct.refinementSteps = Int(value)
      default:
        if isOfMethod(key) {
          solver.iteration.parameters[key] = value
        } else {
          solver.preconditioning.parameters[key] = value
        }
      }
    }
    return solver
  }

  /// Whether a setting is for the method that is named, and not for the preconditioner, which comes first.
  ///
  /// Without a preconditioner all are: the method refuses those that it does not read.
  private func isOfMethod(_ key: String) -> Bool {
    func reads(_ parameters: [MethodParameter]) -> Bool { parameters.contains { $0.name == key } }
    guard let found = IterativeMethodRegistry.all.first(where: { $0.name == method }) else { return false }
    guard preconditioner != nil else { return true }
    let kind = PreconditionerRegistry.all.first { $0.name == preconditioner }
    return reads(found.parameters) && !reads(kind?.parameters ?? [])
  }

  /// The settings by key.
  private func numbers() throws -> [String: Double] {
    var numbers: [String: Double] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = Double(parts[1]), value.isFinite else {
        throw ValidationError("--set takes key=number, not '\(setting)'")
      }
      let key = parts[0]
      if key == "blockSize" || key == "refinement" {
        guard value >= 0, value <= 1000, value == value.rounded() else {
          throw ValidationError("\(key) must be a whole number up to 1000, not \(parts[1])")
        }
      } else if preconditioner == nil, !isOfMethod(key) {
        throw ValidationError(
          "--set \(key) needs --preconditioner or an iterative --method: only these have parameters")
      }
      numbers[key] = value
    }
    return numbers
  }

  /// Draws the history, if there is one and it is wanted.
  private func draw(_ residuals: [Double], by method: String) throws -> Bool {
    guard let history else { return false }
    guard residuals.count > 1 else {
      Console.note("\(method) has no history to be drawn: it does not iterate")
      return false
    }
    let curve = Curve(name: method, x: residuals.indices.map(Double.init), y: residuals)
    let panel = Panel.history(
      [curve], horizontal: Quantity("iteration"), vertical: Quantity("relative residual", isLogarithmic: true)
    )
    try Figure(title: "\(matrix) by \(method)", panels: [panel]).write(to: history)
    return true
  }
}
