public import Differentiation

/// A trained factor and shift per channel: `y = x·w + b`, the cheapest path around a block.
///
/// Takes (axes…, c) to (axes…, c). Parameters: `weight` (c), ones at first, and `bias` (c), zeros, unless there is none.
public struct SoftGate: Layer, Codable, Hashable {
  public var hasBias: Bool

  public init(hasBias: Bool = true) { self.hasBias = hasBias }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let weight = tape.parameter(
      "weight", [x.channels], role: .vector, initial: Initializer.constant(1).fill(_:slot:seed:))
    let bias =
      hasBias
      ? tape.parameter(
        "bias", [x.channels], role: .vector, initial: Initializer.constant(0).fill(_:slot:seed:)) : nil
    let operation = ChannelScaleOperation(x, weight: weight, bias: bias, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
