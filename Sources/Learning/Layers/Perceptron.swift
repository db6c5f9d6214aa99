public import Differentiation

/// Two dense layers on the channels of every point, with an activation between them: `y = f(x·V + a)·W + b`.
///
/// Takes (axes…, in) to (axes…, `outputs`). Parameters: `first.weight` (in, hidden), `first.bias`, `second.weight` (hidden, outputs),
/// `second.bias`, drawn uniformly from ±1/√ of what each takes.
public struct Perceptron: Layer {
  public var hidden: Int
  public var outputs: Int
  public var activation: Activation

  public init(hidden: Int, outputs: Int, activation: Activation = .gelu) {
    precondition(hidden >= 1 && outputs >= 1, "Perceptron: \(hidden) hidden channels and \(outputs) outputs")
    self.hidden = hidden
    self.outputs = outputs
    self.activation = activation
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let first = tape.scope("first") { tape.denseParameters(inputs: x.channels, outputs: hidden) }
    let second = tape.scope("second") { tape.denseParameters(inputs: hidden, outputs: outputs) }
    let operation = PerceptronOperation(
      x, (first.weight, first.bias!), (second.weight, second.bias!), activation: activation, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
