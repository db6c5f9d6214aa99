public import Differentiation
public import Learning

/// A network over space and time at once: all frames of the output from all frames of the input.
///
/// Takes (space…, in), the input's frames as channels, to (space…, frames·fields). The input is repeated at every time of the output,
/// and the network inside sees time as one more axis, the last.
///
/// Source: Li et al., ICLR 2021, FNO-3D.
public struct SpaceTime: Layer {
  public var frames: Int
  /// Takes (space…, frames, in) to (space…, frames, fields).
  public var network: any Layer

  public init(frames: Int, _ network: any Layer) {
    precondition(frames >= 1, "SpaceTime: \(frames) frames are none")
    self.frames = frames
    self.network = network
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let repeated = RepeatOperation(x, count: frames, on: tape)
    tape.record(repeated)
    let y = network(repeated.outputs[0], tape)
    return y.reshaped(Array(x.shape.dropLast()) + [frames * y.channels])
  }
}
