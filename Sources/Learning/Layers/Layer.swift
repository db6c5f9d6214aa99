public import Differentiation

/// A part of a network: a value that says what it computes, and records it on a tape.
///
/// It asks the tape for its parameters by name, within the scope that its owner opens; the first recording makes them, and every
/// other one, for another grid or another thread, finds them again. The number of channels that it takes it reads from its input.
public protocol Layer: Sendable {
  /// Records what is computed from `x`.
  func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable
}

/// Layers one after the other, named `0`, `1`, ….
public struct Sequential: Layer {
  public var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    var y = x
    for (number, layer) in layers.enumerated() { y = tape.scope("\(number)") { layer(y, tape) } }
    return y
  }
}
