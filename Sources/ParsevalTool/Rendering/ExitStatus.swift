/// The exit codes of the program.
enum ExitStatus: Int32 {
  case numericalFailure = 1
  case usage = 64
  case badInput = 65
  case internalError = 70
  case resumable = 75
  case interrupted = 130
}
