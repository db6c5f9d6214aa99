public import Differentiation

/// A layer that keeps its input alone for the backward pass, and computes what is inside again: less memory for more time.
///
/// Values, gradients and the names of parameters are those of the layer itself.
public struct Recomputed: Layer {
  public var layer: any Layer

  public init(_ layer: any Layer) { self.layer = layer }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let operation = RecomputedSegment(x, on: tape) { layer($0, $1) }
    tape.record(operation)
    return operation.outputs[0]
  }
}
