import ArgumentParser
import Parseval

/// `parseval explain`: a problem as understood, and what solving it would take.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show how a problem is understood and what solving it takes.")

  @Argument(help: "A problem file, or the name of a problem that comes with the program.")
  var problem: String

  @OptionGroup var changes: ProblemOptions

  @Flag(help: "Print Swift source that makes the same problem.")
  var swift = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let (file, _) = try changes.read(problem)
    if swift {
      print(file.problem.swiftSource, terminator: "")
      return
    }
    for warning in file.warnings { Console.note(warning.description) }
    try file.checkSolvability()
    let explanation = try file.explanation()
    options.console.show(explanation.text)
    options.console.document(explanation.json)
  }
}
