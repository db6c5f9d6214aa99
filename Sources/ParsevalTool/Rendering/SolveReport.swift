import Parseval

/// What `solve` says of a run, before and after.
struct SolveReport {
  let run: ProblemRun
  /// What was learned about relaxation, where that was asked for.
  var relaxation: RelaxationRendering?
  /// Whether a coarser run is made where nothing better tells the error.
  let estimates: Bool

  init(run: ProblemRun, estimates: Bool) {
    self.run = run
    self.estimates = estimates
  }

  private var problem: Problem { run.file.problem }

  /// What is solved, and how.
  var introduction: String {
    var words = [
      "\(problem.title): \(counted(run.simulation.unknownNames.count, "unknown")) on \(run.simulation.spaceText)"
    ]
    if let time = problem.domain.time {
      words.append("t from \(brief(time.lowerBound)) to \(brief(time.upperBound))")
    }
    return words.joined(separator: ", ") + "\n" + run.simulation.methodText
  }

  /// Everything there is to know, for people.
  func summary(_ solution: Solution, _ written: [String]) -> String {
    var lines = [outcomeLine(solution)]
    if !solution.linearSolver.isEmpty { lines.append("linear systems: \(solution.linearSolver)") }
    if let learned = relaxation?.text { lines.append("learned: \(learned)") }
    if let errorLine = errorLine(solution) { lines.append(errorLine) }
    for (name, defect) in solution.budgetDefects.sorted(by: { $0.key < $1.key }) {
      lines.append("budget of \(name) closes to \(brief(defect))")
    }
    lines.append("output \(([run.outputPath] + written).joined(separator: ", "))")
    if isInterrupted(solution) { lines.append("continue with: \(resumeCommand)") }
    return lines.joined(separator: "\n")
  }

  /// One line.
  func oneLine(_ solution: Solution) -> String {
    var line = "\(run.outputPath): \(solution.outcome)"
    if let error = errorLine(solution) { line += ", " + error }
    return isInterrupted(solution) ? line + "; continue with: \(resumeCommand)" : line
  }

  private func outcomeLine(_ solution: Solution) -> String {
    var line = isFailure(solution) ? "stopped: \(solution.outcome)" : "\(solution.outcome)"
    guard solution.steps > 0, solution.method != "direct" else {
      return line + " in \(duration(solution.wallSeconds))"
    }
    line += isFailure(solution) ? "\n" : " "
    line += "after \(counted(solution.steps, "step"))"
    if solution.refusedSteps > 0 { line += " (\(solution.refusedSteps) more refused)" }
    return line + ", \(duration(solution.wallSeconds))"
  }

  private func errorLine(_ solution: Solution) -> String? {
    if let error = solution.error {
      var line = "error \(brief(error.relativeL2, digits: 2)) (relative L2, \(error.remark)"
      if let accuracy = error.referenceAccuracy {
        line += ", whose own accuracy is \(brief(accuracy, digits: 2))"
      }
      return line + ")"
    }
    guard case .completed = solution.outcome else { return nil }
    if !estimates { return "error not estimated, as asked for" }
    return Interruption.isRequested
      ? "error not known: its estimate was interrupted"
      : "error not known: the coarser run for its estimate failed"
  }

  private var resumeCommand: String { "parseval solve --resume \(shellQuoted(run.outputPath))" }

  private func isInterrupted(_ solution: Solution) -> Bool {
    if case .interrupted = solution.outcome { true } else { false }
  }

  private func isFailure(_ solution: Solution) -> Bool {
    switch solution.outcome {
    case .notFinite, .stepTooSmall, .notConverged, .linearSystemNotSolved: true
    case .completed, .interrupted: false
    }
  }

  /// How the program ends, if not with success.
  func status(_ solution: Solution) -> ExitStatus? {
    if isFailure(solution) { return .numericalFailure }
    return isInterrupted(solution) ? .interrupted : nil
  }

  func json(_ solution: Solution, _ written: [String]) -> JSON {
    let error = solution.error.map { error in
      JSON.object([
        ("relativeL2", .number(error.relativeL2)), ("against", .text(error.against.rawValue)),
        ("referenceAccuracy", error.referenceAccuracy.map { .number($0) } ?? .null),
        ("remark", .text(error.remark)),
      ])
    }
    let budgets = solution.budgetDefects.sorted { $0.key < $1.key }.map { ($0.key, JSON.number($0.value)) }
    return .object([
      ("problem", .text(problem.name)), ("method", .text(solution.method)),
      ("outcome", .text(solution.outcome.name)), ("message", .text(solution.outcome.description)),
      ("unknowns", .integer(solution.unknownCount)), ("steps", .integer(solution.steps)),
      ("refusedSteps", .integer(solution.refusedSteps)), ("wallSeconds", .number(solution.wallSeconds)),
      ("output", .text(run.outputPath)), ("alsoWritten", .list(written.map { .text($0) })),
      ("error", error ?? .null), ("budgets", .object(budgets)),
      ("linearSolver", .text(solution.linearSolver)), ("relaxation", relaxation?.json ?? .null),
      ("warnings", .list(solution.warnings.map { .text($0) })),
    ])
  }
}
