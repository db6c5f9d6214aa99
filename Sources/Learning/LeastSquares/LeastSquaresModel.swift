/// Residuals that are functions of some numbers, the sum of whose squares is to be made small.
public protocol LeastSquaresModel: AnyObject {
  /// The numbers to be found.
  var parameterCount: Int { get }
  /// Residuals; it may change between two linearisations.
  var rowCount: Int { get }

  /// The sum of the squares.
  ///
  /// - Parameter parameters: `parameterCount` numbers.
  func loss(at parameters: UnsafePointer<Double>) -> Double

  /// The residuals and their derivatives.
  ///
  /// - Parameters:
  ///   - parameters: `parameterCount` numbers.
  ///   - rows: for every residual its derivatives, then itself.
  ///   - distance: numbers from a row to the next.
  /// - Returns: the sum of the squares.
  func linearize(
    at parameters: UnsafePointer<Double>, into rows: UnsafeMutablePointer<Double>, distance: Int
  ) -> Double
}
