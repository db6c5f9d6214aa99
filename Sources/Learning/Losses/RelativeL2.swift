public import Differentiation

/// `‖p − t‖ / ‖t‖` with the plain sum over all points and channels of a sample.
public struct RelativeL2: Loss, LossKind {
  public let name = "relative-l2"
  public let isRelative = true
  public let summary = "‖p − t‖/‖t‖ over all points and channels of a sample"

  public init() {}

  public func make(axes: [GridAxis], values: [String: Double]) throws(LearningError) -> any Loss {
    _ = try self.values(values)
    return self
  }

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    let operation = RelativeL2Operation(prediction, target, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
