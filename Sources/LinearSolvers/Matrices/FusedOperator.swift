/// An operator that gives dot products along with its product, for less traffic than one after the other.
///
/// `partials` is memory of `partialCount` numbers that belongs to the caller, so that one operator can serve
/// several threads. The sums have the same bits whatever the workers.
package protocol FusedOperator: LinearOperator {
  var partialCount: Int { get }
  /// Writes y = A x and returns x · y; A is square.
  func applyDot(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, partials: UnsafeMutablePointer<Double>
  ) -> Double
  /// Writes r = b − A x and returns r · r; r may be b.
  func residual(
    _ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into r: UnsafeMutablePointer<Double>,
    partials: UnsafeMutablePointer<Double>
  ) -> Double
}
