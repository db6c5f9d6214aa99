/// Where in an expression's text something is: offsets in UTF-8 bytes.
public struct TextRange: Hashable, Sendable {
  public var lower: Int
  public var upper: Int

  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }
}

/// A mistake in an expression or in a problem.
public struct EquationError: Error, Hashable, Sendable {
  /// What the mistake is about, so that a reader of files finds its place.
  public enum Subject: Hashable, Sendable {
    /// An expression being parsed; the range is inside its text.
    case text(TextRange)
    case equation(Int)
    case unknown(String)
    case initial(String)
    case boundary(Int)
    case definition(String)
    case quantity(String)
    /// The exact solution for an unknown, or for what is to be found.
    case exact(String)
    /// What a section of the file asks for, such as `solver` or `reference`, or a key of one, `discretization.method`.
    case section(String)
    case problem
  }
  public var subject: Subject
  public var message: String
  /// What to do, where that can be said: "did you mean 'nu'?".
  public var hint: String?

  public init(_ subject: Subject, _ message: String, hint: String? = nil) {
    self.subject = subject
    self.message = message
    self.hint = hint
  }
}
