package import Differentiation

/// `y = gain·(x − mean)/√(variance + epsilon) + shift`, over the points of the samples that are run together.
///
/// Inputs are x, gain, shift and the states mean and variance, which take the place of the samples' own outside training.
/// In the place of their gradients stands `samples·(state − what the run saw)`, as `ParameterStore.updateStates` wants it.
/// Source: Ioffe, Szegedy, Batch normalization, ICML 2015.
package final class BatchNormalizationOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1, 3, 4]
  private let epsilon: Double
  private let kept: TapeBuffer
  private let scratch: TapeBuffer
  private let scratchBack: TapeBuffer

  package init(
    _ x: Variable, gain: Variable, shift: Variable, mean: Variable, variance: Variable, epsilon: Double,
    on tape: Tape<Scalar>
  ) {
    inputs = [x, gain, shift, mean, variance]
    outputs = [tape.result(x.shape)]
    self.epsilon = epsilon
    kept = tape.buffer(2 * x.channels, .saved)
    scratch = tape.buffer(x.channels, .forward)
    scratchBack = tape.buffer(4 * x.channels, .backward)
  }

  private func statistics(_ context: OperationContext<Scalar>) -> ChannelStatistics {
    // Samples follow each other, so that together they are but more points.
    ChannelStatistics(
      points: context.samples * inputs[0].points, channels: inputs[0].channels, groups: inputs[0].channels,
      epsilon: epsilon)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    let statistics = statistics(context)
    let mean = context.buffer(kept)
    if context.isTraining {
      statistics.measure(
        context.input(0), mean: mean, deviation: mean + channels, scratch: context.buffer(scratch))
    } else {
      mean.update(from: context.input(3), count: channels)
      for channel in 0..<channels {
        mean[channels + channel] = 1 / (context.input(4)[channel] + Scalar(epsilon)).squareRoot()
      }
    }
    statistics.apply(
      context.input(0), mean: mean, deviation: mean + channels, gain: context.input(1),
      shift: context.input(2),
      into: context.output(), scratch: context.buffer(scratch))
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    let mean = context.buffer(kept)
    for number in 1..<5 where !context.accumulates(into: number) {
      context.inputGradient(number)?.update(repeating: 0, count: channels)
    }
    statistics(context).differentiate(
      context.outputGradient(), context.input(0), mean: mean, deviation: mean + channels,
      gain: context.input(1),
      dgain: context.inputGradient(1), dshift: context.inputGradient(2), dx: context.inputGradient(0),
      adding: context.accumulates(into: 0), isFixed: !context.isTraining,
      scratch: context.buffer(scratchBack))
    guard context.isTraining else { return }
    let (samples, size) = (Scalar(context.samples), Scalar(context.samples * inputs[0].points))
    for channel in 0..<channels {
      let d = mean[channels + channel]
      let variance = max(1 / (d * d) - Scalar(epsilon), 0) * (size > 1 ? size / (size - 1) : 1)
      context.inputGradient(3)?[channel] += samples * (context.input(3)[channel] - mean[channel])
      context.inputGradient(4)?[channel] += samples * (context.input(4)[channel] - variance)
    }
  }
}
