/// Functions `cos((k + ½)π(x − lower)/L)`: Neumann at the lower end, Dirichlet at the upper.
///
/// DCT-IV.
public struct CosineSineBasis: BoundedTrigonometricBasis {
  typealias Derivative = SineCosineBasis
  public static let name = "cosine-sine"
  public static let summary = "cosines of half numbers, zero slope at the lower end and zero at the upper"
  static let isSine = false
  static let shift = 0.5
  static let analysis = RealTransform.dct4
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }
}
