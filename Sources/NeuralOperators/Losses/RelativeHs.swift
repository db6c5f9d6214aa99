public import Arrays
public import Differentiation
public import Learning

/// `‖p − t‖ / ‖t‖` in the periodic Sobolev norm of any order: `‖e‖² = Σ_k (alpha + |2πk/L|²)^s |ê(k)|²`, summed over channels.
///
/// ê(k) are the Fourier coefficients of all axes, divided by the number of points; k runs over −n/2 < k ≤ n/2 along every axis, with
/// n/2 counted with its full weight. s may be negative: −1 is the norm of residuals. With s = 1 and alpha = 1 it differs from
/// `RelativeH1` on periodic axes by that one frequency alone. One to three axes, or more.
public struct RelativeHs: Loss, LossKind {
  public let name = "relative-hs"
  public let isRelative = true
  public let summary = "‖p − t‖/‖t‖ with ‖e‖² = Σ (alpha + |2πk/L|²)^order |ê(k)|² on periodic axes"
  public var parameters: [MethodParameter] {
    [
      MethodParameter("order", default: 1, "s, the number of derivatives; may be negative"),
      MethodParameter("alpha", default: 1, "weight of the mean; positive, in units of 1/length²"),
    ]
  }
  /// The lengths of the axes.
  public var lengths: [Double]
  /// s.
  public var order: Double
  public var alpha: Double

  public init(lengths: [Double] = [], order: Double = 1, alpha: Double = 1) {
    precondition(alpha > 0, "RelativeHs: alpha \(alpha) must be positive")
    self.lengths = lengths
    self.order = order
    self.alpha = alpha
  }

  public func make(axes: [GridAxis], values: [String: Double]) throws(LearningError) -> any Loss {
    let values = try self.values(values)
    let order = try values("order", "a number") { _ in true }
    let alpha = try values.positive("alpha")
    guard !axes.isEmpty, axes.allSatisfy({ $0.placement == .periodic }) else {
      throw .unsuitable("\(name) is for periodic axes; relative-h1 is for any")
    }
    return RelativeHs(lengths: axes.map(\.length), order: order, alpha: alpha)
  }

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    precondition(
      prediction.shape.count == lengths.count + 1,
      "RelativeHs: \(lengths.count) lengths for a sample of shape \(prediction.shape)")
    let norm = FourierNorm<Scalar>(shape: prediction.shape, lengths: lengths, order: order, alpha: alpha)
    let operation = RelativeNormOperation(prediction, target, norm: norm, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
