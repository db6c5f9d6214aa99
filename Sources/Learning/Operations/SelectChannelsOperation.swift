package import Differentiation

/// Some neighbouring channels.
package final class SelectChannelsOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let first: Int

  package init(_ x: Variable, _ channels: Range<Int>, on tape: Tape<Scalar>) {
    precondition(
      channels.lowerBound >= 0 && channels.upperBound <= x.channels && !channels.isEmpty,
      "SelectChannels: channels \(channels) of \(x.channels)")
    first = channels.lowerBound
    inputs = [x]
    outputs = [tape.result(Array(x.shape.dropLast()) + [channels.count])]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    copyChannels(
      context.input(0) + first, row: inputs[0].channels, to: context.output(), row: outputs[0].channels,
      points: context.samples * inputs[0].points, channels: outputs[0].channels)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    if !context.accumulates(into: 0) { dx.update(repeating: 0, count: context.samples * inputs[0].count) }
    copyChannels(
      UnsafePointer(context.outputGradient()), row: outputs[0].channels, to: dx + first,
      row: inputs[0].channels,
      points: context.samples * inputs[0].points, channels: outputs[0].channels, adding: true)
  }
}
