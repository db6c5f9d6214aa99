/// Functions `cos(kπ(x − lower)/L)`: Neumann at both ends.
///
/// DCT-II.
public struct CosineBasis: BoundedTrigonometricBasis {
  typealias Derivative = SineBasis
  public static let name = "cosine"
  public static let summary = "cosines of whole numbers, zero slope at both ends"
  static let isSine = false
  static let shift = 0.0
  static let analysis = RealTransform.dct2
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }
}
