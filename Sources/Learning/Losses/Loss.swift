public import Differentiation

/// What training makes small: a number for every sample.
public protocol Loss: Sendable {
  /// The name in recipes.
  var name: String { get }

  /// Records the loss of a prediction, one number per sample.
  func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable
}

/// ‖p − t‖ / ‖t‖ of every sample, over all points and channels.
public struct RelativeL2Loss: Loss {
  public let name = "relative-l2"
  public init() {}

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    let operation = RelativeL2Operation(prediction, target, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
