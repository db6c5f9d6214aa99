/// All mistakes of a problem, found in one pass.
public struct NormalFormErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one mistake, in the order of the problem's parts.
  public var errors: [EquationError]

  /// The mistakes of one problem.
  public init(_ errors: [EquationError]) { self.errors = errors }

  /// One line per mistake.
  public var description: String {
    errors.map { error in error.message + (error.hint.map { " (\($0))" } ?? "") }.joined(separator: "\n")
  }
}
