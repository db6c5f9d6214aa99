public import Differentiation

/// A dense layer on the channels of every point, a convolution of width 1: `y = f(x·W + b)`.
///
/// Takes (axes…, in) to (axes…, `outputs`). Parameters: `weight` (in, outputs) and `bias`, drawn uniformly from ±1/√in.
public struct Dense: Layer {
  public var outputs: Int
  public var activation: Activation
  public var hasBias: Bool

  public init(outputs: Int, activation: Activation = .identity, hasBias: Bool = true) {
    precondition(outputs >= 1, "Dense: \(outputs) outputs are none")
    self.outputs = outputs
    self.activation = activation
    self.hasBias = hasBias
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let (weight, bias) = tape.denseParameters(inputs: x.channels, outputs: outputs, hasBias: hasBias)
    let operation = DenseOperation(x, weight: weight, bias: bias, activation: activation, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}

extension Tape {
  /// `weight` and `bias` of a dense layer, drawn uniformly from ±1/√inputs.
  package func denseParameters(inputs: Int, outputs: Int, hasBias: Bool = true) -> (
    weight: Variable, bias: Variable?
  ) {
    let initial = Initializer.linear(inputs: inputs)
    let weight = parameter("weight", [inputs, outputs], role: .matrix, initial: initial.fill(_:slot:seed:))
    let bias =
      hasBias ? parameter("bias", [outputs], role: .vector, initial: initial.fill(_:slot:seed:)) : nil
    return (weight, bias)
  }
}
