public import Differentiation
public import Learning

/// A network that gives the next frame, applied to its own answers.
///
/// Takes (space…, in), the input's frames as channels, to (space…, frames·fields). After each step the oldest frame is dropped and the
/// new one appended. Gradients go through all steps, or through each by itself (`detached`: the pushforward of Brandstetter,
/// Worrall, Welling, ICLR 2022, in which errors of earlier steps are met but not blamed).
///
/// Source: Li et al., ICLR 2021, FNO-2D with a recurrent structure in time.
public struct RollOut: Layer {
  public var frames: Int
  /// Channels of a frame.
  public var fields: Int
  public var isDetached: Bool
  /// Whether the network gives the change from the last frame instead of the frame itself.
  public var addsToLast: Bool
  /// Takes (space…, in) to (space…, fields).
  public var network: any Layer

  public init(
    frames: Int, fields: Int = 1, isDetached: Bool = false, addsToLast: Bool = false, _ network: any Layer
  ) {
    precondition(frames >= 1 && fields >= 1, "RollOut: \(frames) frames of \(fields) fields")
    self.frames = frames
    self.fields = fields
    self.isDetached = isDetached
    self.addsToLast = addsToLast
    self.network = network
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    var window = x
    var answers: [Variable] = []
    for step in 0..<frames {
      // The same scope, so the same parameters.
      var next = network(window, tape)
      precondition(next.channels == fields, "RollOut: a frame has \(fields) channels, not \(next.channels)")
      if addsToLast {
        let last = record(SelectChannelsOperation(window, (x.channels - fields)..<x.channels, on: tape), tape)
        next = record(AddOperation(last, next, on: tape), tape)
      }
      answers.append(next)
      guard step < frames - 1 else { break }
      let passed = isDetached ? record(DetachOperation(next, on: tape), tape) : next
      if x.channels == fields {
        window = passed
      } else {
        let rest = record(SelectChannelsOperation(window, fields..<x.channels, on: tape), tape)
        window = record(ConcatenateOperation([rest, passed], on: tape), tape)
      }
    }
    return answers.count == 1 ? answers[0] : record(ConcatenateOperation(answers, on: tape), tape)
  }

  private func record<Scalar: NetworkScalar>(
    _ operation: some Operation<Scalar>, _ tape: Tape<Scalar>
  ) -> Variable {
    tape.record(operation)
    return operation.outputs[0]
  }
}
