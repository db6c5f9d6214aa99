import LinearSolvers
import Parseval

/// What `linsolve` says of a system, before and after.
struct LinsolveReport {
  let command: LinsolveCommand
  let file: MatrixFile

  /// What is solved.
  var introduction: String {
    let A = file.matrix
    var words = "\(command.matrix): \(A.rowCount) × \(A.columnCount), \(counted(A.nonzeroCount, "nonzero"))"
    if file.symmetry != .general { words += ", listed as \(file.symmetry.rawValue)" }
    if command.rhs == nil { words += "\nb is a vector of ones, since --rhs is not given" }
    return words
  }

  /// What the user should know of the file.
  var warning: String? {
    guard file.duplicateCount > 0 else { return nil }
    return file.duplicateCount == 1
      ? "warning: 1 entry is listed more than once; it was summed"
      : "warning: \(file.duplicateCount) entries are listed more than once; they were summed"
  }

  /// Everything there is to know, for people.
  func summary(_ result: LinearSolvers.SolveReport, _ written: [String]) -> String {
    var lines = ["method \(methodName(result)): \(result.remarks.joined(separator: " "))"]
    lines.append(outcomeLine(result))
    if let remedy = result.remedy { lines.append("  \(remedy)") }
    lines.append("set-up \(duration(result.setupSeconds)), solve \(duration(result.solveSeconds))")
    if !written.isEmpty { lines.append("output \(written.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }

  /// One line.
  func oneLine(_ result: LinearSolvers.SolveReport) -> String {
    "\(command.matrix): \(methodName(result)), \(outcomeLine(result))"
  }

  private func methodName(_ result: LinearSolvers.SolveReport) -> String {
    result.preconditioner.map { "\(result.method) with \($0)" } ?? result.method
  }

  private func outcomeLine(_ result: LinearSolvers.SolveReport) -> String {
    var line = result.outcome == .converged ? "converged" : "not converged: \(result.outcome.words)"
    if result.iterations > 0 { line += " after \(counted(result.iterations, "iteration"))" }
    return line + ", relative residual \(brief(result.trueResidual))"
  }

  /// How the program ends, if not with success.
  func status(_ result: LinearSolvers.SolveReport) -> ExitStatus? {
    switch result.outcome {
    case .converged: nil
    case .interrupted: .interrupted
    case .iterationLimit, .breakdown, .stagnated, .inconsistent, .diverged, .notFinite: .numericalFailure
    }
  }

  func json(_ result: LinearSolvers.SolveReport, _ written: [String]) -> JSON {
    let A = file.matrix
    return .object([
      ("outcome", .text(result.outcome.rawValue)), ("method", .text(result.method)),
      ("preconditioner", .optional(result.preconditioner)), ("iterations", .integer(result.iterations)),
      ("trueResidual", .number(result.trueResidual)), ("setupSeconds", .number(result.setupSeconds)),
      ("solveSeconds", .number(result.solveSeconds)), ("why", .text(result.remarks.joined(separator: " "))),
      ("remedy", .optional(result.remedy)), ("operatorApplications", .integer(result.operatorApplications)),
      ("preconditionerApplications", .integer(result.preconditionerApplications)),
      (
        "matrix",
        .object([
          ("file", .text(command.matrix)), ("rows", .integer(A.rowCount)),
          ("columns", .integer(A.columnCount)),
          ("nonzeros", .integer(A.nonzeroCount)), ("symmetry", .text(file.symmetry.rawValue)),
          ("duplicates", .integer(file.duplicateCount)),
        ])
      ), ("rightHandSide", .optional(command.rhs)), ("output", .list(written.map { .text($0) })),
    ])
  }
}
