public import Differentiation

/// A network on normalised values, which takes and gives values in physical units.
public struct NormalizedNetwork: Layer {
  public var inputs: Normalizer
  public var network: any Layer
  public var outputs: Normalizer

  public init(inputs: Normalizer = .none, _ network: any Layer, outputs: Normalizer = .none) {
    self.inputs = inputs
    self.network = network
    self.outputs = outputs
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    var y = x
    if inputs.kind != .none {
      y = scaled(
        y, by: inputs.deviations.map { 1 / $0 }, shift: zip(inputs.means, inputs.deviations).map { -$0 / $1 },
        tape)
    }
    y = recordInner(y, tape)
    if outputs.kind != .none { y = scaled(y, by: outputs.deviations, shift: outputs.means, tape) }
    return y
  }

  /// Records the network on values that are normalised.
  @discardableResult
  package func recordInner<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    tape.scope("network") { network(x, tape) }
  }

  private func scaled<Scalar: NetworkScalar>(
    _ x: Variable, by scale: [Double], shift: [Double], _ tape: Tape<Scalar>
  ) -> Variable {
    // One number for all channels is repeated.
    let period = scale.count == 1 ? x.channels : scale.count
    let operation = ScaleAndShiftOperation(
      x, scale: (0..<period).map { Scalar(scale[$0 % scale.count]) },
      shift: (0..<period).map { Scalar(shift[$0 % shift.count]) }, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
