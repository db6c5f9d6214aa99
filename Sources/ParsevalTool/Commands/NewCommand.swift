public import ArgumentParser
public import Parseval

#if canImport(Glibc)
  import Glibc
#endif

/// `parseval new`: a commented problem file to start from.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a commented problem file to start from.")

  @Argument(help: "The name of the problem; the file is NAME.yaml.")
  var name: String

  @Option(help: ArgumentHelp("The kind of problem.", valueName: "evolution|steady|system"))
  var kind = ProblemTemplate.evolution

  @Flag(help: "Replace an existing file.")
  var force = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    let isName =
      name.utf8.count <= 100 && name.first?.isLetter == true
      && name.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_")
      }
    guard isName else {
      throw ValidationError("NAME must be a letter, then letters, digits, '-' and '_', not '\(name)'")
    }
  }

  func run() throws {
    let path = "\(name).yaml"
    guard force || access(path, F_OK) != 0 else {
      throw ErrorReport(.badInput, "the file exists", file: path, hint: "--force replaces it")
    }
    try AtomicFile.write(kind.text(name: name), to: path)
    options.console.say("wrote \(path); solve it with: parseval solve \(path)")
    options.console.document(.object([("file", .text(path)), ("kind", .text(kind.rawValue))]))
  }
}

extension ProblemTemplate: ExpressibleByArgument {}
