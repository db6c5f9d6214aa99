package import Differentiation

/// `y = gain·(x − mean)/√(variance + epsilon) + shift`, over the points of a sample and the channels of a group.
///
/// Inputs are x, gain and shift. Source: Wu, He, Group normalization, ECCV 2018.
package final class GroupNormalizationOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  private let statistics: ChannelStatistics
  /// Mean and reciprocal deviation per sample and channel.
  private let kept: TapeBuffer
  private let scratch: TapeBuffer
  private let scratchBack: TapeBuffer

  package init(
    _ x: Variable, gain: Variable, shift: Variable, groups: Int, epsilon: Double, on tape: Tape<Scalar>
  ) {
    precondition(
      groups >= 1 && x.channels % groups == 0,
      "Normalization: \(x.channels) channels do not make \(groups) equal groups")
    inputs = [x, gain, shift]
    outputs = [tape.result(x.shape)]
    statistics = ChannelStatistics(points: x.points, channels: x.channels, groups: groups, epsilon: epsilon)
    kept = tape.buffer(2 * x.channels * tape.capacity, .saved)
    scratch = tape.buffer(x.channels, .forward)
    scratchBack = tape.buffer(4 * x.channels, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let (count, channels) = (inputs[0].count, inputs[0].channels)
    for sample in 0..<context.samples {
      let x = context.input(0) + sample * count
      let mean = context.buffer(kept) + 2 * sample * channels
      statistics.measure(x, mean: mean, deviation: mean + channels, scratch: context.buffer(scratch))
      statistics.apply(
        x, mean: mean, deviation: mean + channels, gain: context.input(1), shift: context.input(2),
        into: context.output() + sample * count, scratch: context.buffer(scratch))
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let (count, channels) = (inputs[0].count, inputs[0].channels)
    for number in [1, 2] where !context.accumulates(into: number) {
      context.inputGradient(number)?.update(repeating: 0, count: channels)
    }
    for sample in 0..<context.samples {
      let mean = context.buffer(kept) + 2 * sample * channels
      statistics.differentiate(
        context.outputGradient() + sample * count, context.input(0) + sample * count, mean: mean,
        deviation: mean + channels, gain: context.input(1), dgain: context.inputGradient(1),
        dshift: context.inputGradient(2), dx: context.inputGradient(0).map { $0 + sample * count },
        adding: context.accumulates(into: 0), scratch: context.buffer(scratchBack))
    }
  }
}
