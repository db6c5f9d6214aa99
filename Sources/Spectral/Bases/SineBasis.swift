/// Functions `sin(kπ(x − lower)/L)`: Dirichlet at both ends.
///
/// DST-II; mode 0 is unused and zero, mode n is dropped.
public struct SineBasis: BoundedTrigonometricBasis {
  typealias Derivative = CosineBasis
  public static let name = "sine"
  public static let summary = "sines of whole numbers, zero at both ends"
  static let isSine = true
  static let shift = 0.0
  static let analysis = RealTransform.dst2
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }
}
