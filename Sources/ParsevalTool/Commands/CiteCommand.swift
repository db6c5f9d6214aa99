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
    if let subject { citations += try Citation.works(behind: problem(of: subject)) }
    options.console.show(citations.map(\.bibTeX).joined(separator: "\n\n"))
    options.console.document(
      .object([
        (
          "citations",
          .list(citations.map { .object([("key", .text($0.key)), ("bibtex", .text($0.bibTeX))]) })
        )
      ]))
  }

  /// A problem, or the one that made a file.
  private func problem(of subject: String) throws -> ProblemFile {
    guard subject.hasSuffix(".nc") else { return try changes.read(subject).file }
    let source = try NetCDF.open(subject, isolation: .ownExecutable)
    let provenance = try Provenance(schema: source.schema, path: subject)
    return try ProblemFileReader.standard.read(text: provenance.problem, file: subject)
  }
}
