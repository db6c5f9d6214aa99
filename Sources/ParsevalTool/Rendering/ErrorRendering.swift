import ArgumentParser
import Parseval

#if canImport(Glibc)
  import Glibc
#endif

/// What is printed for an error, in whatever form: the one place that words errors.
struct ErrorReport {
  var status: ExitStatus
  var message: String
  var file: String?
  var line: Int?
  var column: Int?
  var hint: String?
  /// The text for people, where it is more than message and hint.
  var text: String?
  /// All mistakes of a problem file.
  var diagnostics: [Diagnostic] = []

  init(_ status: ExitStatus, _ message: String, file: String? = nil, hint: String? = nil) {
    self.status = status
    self.message = message
    self.file = file
    self.hint = hint
  }

  /// Words any error that a command may throw.
  init(_ error: any Error) {
    switch error {
    case let error as ErrorReport: self = error
    case let error as ProblemFileError: self.init(error)
    case let error as NormalFormErrors:
      self.init(.badInput, error.errors.first?.message ?? "", hint: error.errors.first?.hint)
      if error.errors.count > 1 { text = error.errors.map { "error: \($0.message)" }.joined(separator: "\n") }
    case let error as EquationError: self.init(.badInput, error.message, hint: error.hint)
    case let error as SimulationError: self.init(.badInput, error.description, hint: error.hint)
    case let error as RunFailure: self.init(error)
    case let error as ExchangeError:
      self.init(error.kind.status, error.reason, file: error.path, hint: error.hint)
      line = error.line
    case let error as PlotError: self.init(error.status, error.description)
    case let error as DataSetError:
      self.init(error.status, error.description, file: error.path, hint: error.hint)
    case let error as LinearSolverError: self.init(.badInput, error.description, hint: error.hint)
    case let error as LearningError: self.init(.badInput, error.description)
    case let error as SettingError: self.init(.badInput, error.message, hint: error.hint)
    case let error as PreparationInterruption:
      self.init(
        .interrupted, "interrupted while data were made",
        hint: "continue with: \(error.resume) \(shellQuoted(error.folder))")
    default: self.init(.internalError, "internal error: \(error)")
    }
  }

  private init(_ error: ProblemFileError) {
    let first = error.diagnostics.first { $0.severity == .error } ?? error.diagnostics.first
    self.init(
      .badInput, first?.message ?? "the problem file cannot be read", file: first?.file, hint: first?.hint)
    if let first, first.line > 0 { (line, column) = (first.line, first.column) }
    diagnostics = error.diagnostics
    text = error.description
    let count = error.diagnostics.count { $0.severity == .error }
    if count > 1 { text! += "\n\(count) mistakes" }
  }

  private init(_ failure: RunFailure) {
    self.init(
      failure.isResumable ? .resumable : failure.cause.kind.status,
      failure.cause.reason, file: failure.cause.path,
      hint: Self.hint(failure))
  }

  private static func hint(_ failure: RunFailure) -> String? {
    let isFull = failure.cause.kind == .diskFull
    if failure.isResumable {
      return (isFull ? "make room, then continue" : "continue")
        + " with 'parseval \(failure.command) --resume \(shellQuoted(failure.output))'"
    }
    return isFull ? "make room, then \(failure.command) again" : failure.cause.hint
  }

  var json: JSON {
    var members: [(String, JSON)] = [
      ("code", .integer(Int(status.rawValue))), ("message", .text(message)), ("file", .optional(file)),
      ("line", line.map { .integer($0) } ?? .null), ("column", column.map { .integer($0) } ?? .null),
      ("hint", .optional(hint)),
    ]
    if !diagnostics.isEmpty { members.append(("diagnostics", .list(diagnostics.map(\.json)))) }
    return .object([("error", .object(members))])
  }

  var rendered: String {
    if let text { return text }
    let place = file.map { file in line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
    return "\(place)error: \(message)" + (hint.map { "\n  \($0)" } ?? "")
  }
}

extension ErrorReport: Error {}

extension Diagnostic {
  var json: JSON {
    .object([
      ("severity", .text(severity.rawValue)), ("message", .text(message)), ("file", .text(file)),
      ("line", line > 0 ? .integer(line) : .null), ("column", line > 0 ? .integer(column) : .null),
      ("hint", .optional(hint)), ("key", .optional(key)),
    ])
  }
}

enum ErrorRendering {
  /// Prints an error, or the help that was asked for, and ends the program.
  static func exit(with error: any Error, wantsJSON: Bool) -> Never {
    if let code = error as? ExitCode {
      fflush(nil)
      Glibc.exit(code.rawValue)
    }
    let isOurs =
      error is ErrorReport || error is ProblemFileError || error is NormalFormErrors || error is EquationError
      || error is SimulationError || error is RunFailure || error is ExchangeError || error is PlotError
      || error is LinearSolverError || error is DataSetError || error is LearningError
      || error is SettingError
      || error is PreparationInterruption
    if !isOurs {
      let code = ParsevalCommand.exitCode(for: error)
      // Help and version are thrown, too.
      guard wantsJSON, code != .success else { ParsevalCommand.exit(withError: error) }
      let status = ExitStatus(rawValue: code.rawValue) ?? .internalError
      finish(ErrorReport(status, ParsevalCommand.message(for: error)), wantsJSON: true)
    }
    finish(ErrorReport(error), wantsJSON: wantsJSON)
  }

  private static func finish(_ report: ErrorReport, wantsJSON: Bool) -> Never {
    fflush(nil)
    Console.note(report.rendered)
    if wantsJSON {
      print(report.json.text)
      fflush(nil)
    }
    Glibc.exit(report.status.rawValue)
  }
}
