import ArgumentParser
import Parseval

/// `parseval schema`: the JSON schema of problem files.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON schema of problem files, for editors.")

  @Flag(help: "Print the reference of all keys as Markdown instead.")
  var markdown = false

  func run() throws {
    let reader = ProblemFileReader.standard
    print(markdown ? reader.referencePage : reader.schema, terminator: "")
  }
}
