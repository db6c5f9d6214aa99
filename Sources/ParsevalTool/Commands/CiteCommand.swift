import ArgumentParser
import Parseval

/// `parseval cite`: the works behind a result, as BibTeX.
struct CiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite", abstract: "Print the works that a result rests on, as BibTeX.")

  @Argument(help: "A problem, or an output file; without one, the software alone.")
  var subject: String?

  @OptionGroup var changes: ProblemOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    var citations = Citation.software
    if let subject, let stepper = try stepper(of: subject) { citations += Citation.works(behind: stepper) }
    options.console.show(citations.map(\.bibTeX).joined(separator: "\n\n"))
    options.console.document(
      .object([
        (
          "citations",
          .list(citations.map { .object([("key", .text($0.key)), ("bibtex", .text($0.bibTeX))]) })
        )
      ]))
  }

  /// The method that solves a problem, or that made a file.
  private func stepper(of subject: String) throws -> StepperDescription? {
    let file: ProblemFile
    if subject.hasSuffix(".nc") {
      let source = try NetCDF.open(subject, isolation: .ownExecutable)
      let provenance = try Provenance(schema: source.schema, path: subject)
      file = try ProblemFileReader.standard.read(text: provenance.problem, file: subject)
    } else {
      file = try changes.read(subject).file
    }
    return try SolutionPlan(file.problem, file.normalForm).method?.stepper
  }
}
