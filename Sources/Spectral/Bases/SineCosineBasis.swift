/// Functions `sin((k + ½)π(x − lower)/L)`: Dirichlet at the lower end, Neumann at the upper.
///
/// DST-IV.
public struct SineCosineBasis: BoundedTrigonometricBasis {
  typealias Derivative = CosineSineBasis
  public static let name = "sine-cosine"
  public static let summary = "sines of half numbers, zero at the lower end and zero slope at the upper"
  static let isSine = true
  static let shift = 0.5
  static let analysis = RealTransform.dst4
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }
}
