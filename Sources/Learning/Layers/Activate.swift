public import Differentiation

/// An activation on its own: `y = f(x)`.
///
/// Takes any shape to the same. Most layers have theirs built in, which is faster.
public struct Activate: Layer, Codable, Hashable {
  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let operation = ActivationOperation(x, activation: activation, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
