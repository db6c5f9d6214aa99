/// The linear least squares problem `min |J s + r|² + λ |s|²`, factored once and solved for several λ.
public protocol DampedLeastSquares: AnyObject {
  /// Takes J and r over; what stands there may be lost.
  ///
  /// - Parameters:
  ///   - rows: `count` rows of J with the residual behind each.
  ///   - distance: numbers from a row to the next.
  func factor(_ rows: UnsafeMutablePointer<Double>, count: Int, distance: Int)

  /// About the largest square of a singular value of J: what λ is to be compared with.
  var scale: Double { get }

  /// Solves for a λ.
  ///
  /// - Returns: how much smaller |J s + r|² is than |r|²; NaN where there is no solution within the precision.
  func solve(_ damping: Double, into step: UnsafeMutablePointer<Double>) -> Double
}
