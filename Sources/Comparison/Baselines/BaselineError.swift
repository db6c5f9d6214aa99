/// What cannot be compared.
public enum BaselineError: Error, Sendable, Hashable {
  /// No parameter gives a finite error: the targets of the samples that judge are zero, or numbers are too large.
  case noChoice(baseline: String)
}

extension BaselineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noChoice(let baseline):
      "\(baseline): no parameter gives a finite error; are there targets that are zero everywhere?"
    }
  }
}
