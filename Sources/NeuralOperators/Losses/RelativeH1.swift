public import Differentiation
public import Learning

/// `‖p − t‖ / ‖t‖` in the H¹ norm: `‖e‖² = mean of e² + Σ_axes mean of (∂e/∂x)²`, in the units of the axes.
///
/// Means are over the points of a sample, and summed over its channels. Derivatives along periodic axes are those of the
/// trigonometric interpolant, where the cosine of half the points' number has none. Along others they are central differences with
/// the distance of the points, length/n for cells and length/(n − 1) for nodes, and one-sided ones of second order at the ends;
/// nothing is wrapped around.
public struct RelativeH1: Loss, LossKind {
  public let name = "relative-h1"
  public let isRelative = true
  public let summary =
    "‖p − t‖/‖t‖ with ‖e‖² = mean of e² + Σ mean of (∂e/∂x)², spectral or central differences"
  public var axes: [GridAxis]

  /// - Parameter axes: of a sample's points, in the order of its shape.
  public init(axes: [GridAxis] = []) { self.axes = axes }

  public func make(axes: [GridAxis], values: [String: Double]) throws(LearningError) -> any Loss {
    _ = try self.values(values)
    guard !axes.isEmpty else { throw .unsuitable("\(name) needs an axis to differentiate along") }
    return RelativeH1(axes: axes)
  }

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    let shape = prediction.shape
    precondition(
      shape.count == axes.count + 1
        && zip(shape, axes).allSatisfy { $0 >= ($1.placement == .periodic ? 1 : 3) },
      "RelativeH1: \(axes.count) axes for a sample of shape \(shape), where three points are needed for differences"
    )
    let norm = GradientNorm<Scalar>(shape: shape, axes: axes)
    let operation = RelativeNormOperation(prediction, target, norm: norm, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
