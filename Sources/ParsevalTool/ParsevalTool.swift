import ArgumentParser
import Parseval

// The C library's streams are variables.
@preconcurrency import Glibc

/// The program: reads the arguments, runs a subcommand, renders what it throws.
@main
enum ParsevalTool {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    // A child that reads a foreign file; the option is for our own use and in no help text.
    if IsolatedReader.isRequest(arguments) { exit(IsolatedReader.serve(arguments)) }
    // A reader that has gone away, as in `parseval list problems | head`, is no failure.
    signal(SIGPIPE, SIG_DFL)
    ignoreFileSizeSignal()
    limitBLASToOneThread()
    do {
      var command = try ParsevalCommand.parseAsRoot(arguments)
      try command.run()
      flush()
    } catch {
      ErrorRendering.exit(with: error, wantsJSON: OutputOptions.isJSONWanted(arguments))
    }
  }

  /// What stands in buffers is lost only if the disk is full, which must not pass for success.
  private static func flush() {
    guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return }
    ErrorRendering.exit(
      with: ExchangeError(
        path: "standard output", kind: .diskFull, reason: "not everything could be written"), wantsJSON: false
    )
  }
}

/// The root of the commands; a new command is a file of `Commands` and a line here.
struct ParsevalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parseval",
    abstract: "Solve partial differential equations from declarative problem files.",
    discussion: """
      PROBLEM is a problem file, or the name of one that comes with the program. For example:

        parseval list problems
        parseval explain burgers
        parseval solve burgers --set domain.t=[0,2] --plot burgers.png
        parseval new my-equation

      Exit codes: 0 done, 1 numerical failure, 64 usage, 65 bad input, 70 internal error, \
      75 stopped but resumable, 130 interrupted after a checkpoint.
      """,
    version: Machine.version,
    subcommands: [
      SolveCommand.self,
      GenerateCommand.self,
      TrainCommand.self,
      EvaluateCommand.self,
      ExplainCommand.self,
      CheckCommand.self,
      ListCommand.self,
      SchemaCommand.self,
      NewCommand.self,
      LinsolveCommand.self,
      PlotCommand.self,
      DoctorCommand.self,
      CiteCommand.self,
      BenchCommand.self,
      CompletionsCommand.self,
    ])
}
