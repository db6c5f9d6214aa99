/// Which kind of method fits a system, and why.
public struct DirectSolverChoice: Sendable, Hashable {
  public enum Method: Sendable, Hashable {
    /// The direct solver of this name.
    case direct(String)
    /// None: an iterative method is better.
    case iterative
  }
  public var method: Method
  /// What was found and what follows from it, in sentences.
  public var reasons: [String]
  /// What the direct method would need, where it was analysed.
  public var forecast: FactorForecast?
  /// Why the direct method was refused, if it was: its factors are too large.
  public var refusal: LinearSolverError?
  public var isSymmetric: Bool
  /// Whether the diagonal is positive, as that of a positive definite matrix is.
  public var hasPositiveDiagonal: Bool

  public init(
    method: Method, reasons: [String], forecast: FactorForecast? = nil,
    refusal: LinearSolverError? = nil, isSymmetric: Bool, hasPositiveDiagonal: Bool
  ) {
    self.method = method
    self.reasons = reasons
    self.forecast = forecast
    self.refusal = refusal
    self.isSymmetric = isSymmetric
    self.hasPositiveDiagonal = hasPositiveDiagonal
  }
}
