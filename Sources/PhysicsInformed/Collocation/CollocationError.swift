public import Equations

/// Why a problem, or a part of it, cannot be solved by making residuals at points small.
public enum CollocationError: Error, Sendable, Hashable {
  /// A derivative of an order beyond what jets have.
  case orderTooHigh(Int)
  /// Something of the problem that has no values at points.
  case notEvaluable(String, EquationError.Subject)
  /// Nothing is asked: there is no equation to be satisfied.
  case noResidual
}
