import Parseval

extension ExchangeError.Kind {
  /// The exit code for trouble of this kind.
  var status: ExitStatus {
    switch self {
    case .closed: .internalError
    default: .badInput
    }
  }
}

extension DataSetError {
  /// Samples that cannot be solved are no mistake of the file.
  var status: ExitStatus {
    switch self {
    case .tooManyFailures: .numericalFailure
    default: .badInput
    }
  }
}

extension PlotError {
  var status: ExitStatus {
    switch self {
    case .unknownEnding, .unreasonableSize: .usage
    case .gnuplotMissing, .terminalMissing, .gnuplotFailed, .timedOut: .internalError
    default: .badInput
    }
  }
}

/// A word as a shell reads it back.
func shellQuoted(_ word: String) -> String {
  let isPlain =
    !word.isEmpty
    && word.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "-_./+=:,@".utf8.contains($0)
    }
  return isPlain
    ? word
    : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
