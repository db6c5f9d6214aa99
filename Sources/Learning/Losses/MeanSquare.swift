public import Differentiation

/// `(1/n) Σ (p − t)²` over the n numbers of a sample, all points and channels.
public struct MeanSquare: Loss, LossKind {
  public let name = "mse"
  public let summary = "the mean of (p − t)² over all points and channels of a sample"

  public init() {}

  public func make(axes: [GridAxis], values: [String: Double]) throws(LearningError) -> any Loss {
    _ = try self.values(values)
    return self
  }

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    let operation = MeanSquareOperation(prediction, target, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
