/// A linear map of vectors of doubles that a Krylov method can apply, with or without a matrix behind it.
public protocol LinearOperator: AnyObject, Sendable {
  var rowCount: Int { get }
  var columnCount: Int { get }

  /// Writes `A x`. `x` has `columnCount` numbers, `y` `rowCount`; they do not overlap. Allocates nothing.
  func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>)
}

/// An operator whose transpose can be applied as well: what LSQR, LSMR and adjoint solves need.
public protocol TransposableOperator: LinearOperator {
  /// Writes `Aᵀ x`. `x` has `rowCount` numbers, `y` `columnCount`.
  func applyTranspose(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>)
}

/// A function as an operator.
public final class FunctionOperator: LinearOperator {
  public let rowCount: Int
  public let columnCount: Int
  private let body: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  /// The square operator of `count` unknowns that `body(x, y)` writes to y.
  public init(
    count: Int, _ body: @escaping @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    (rowCount, columnCount) = (count, count)
    self.body = body
  }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) { body(x, y) }
}
