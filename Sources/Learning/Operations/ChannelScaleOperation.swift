package import Differentiation

/// `y = x·w + b` with one factor and shift per channel.
///
/// Inputs are x, w, and b unless there is none.
package final class ChannelScaleOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]

  package init(_ x: Variable, weight: Variable, bias: Variable?, on tape: Tape<Scalar>) {
    precondition(
      weight.count == x.channels && !x.isShared,
      "ChannelScale: \(weight.count) factors for \(x.channels) channels of every sample")
    inputs = [x, weight] + (bias.map { [$0] } ?? [])
    outputs = [tape.result(x.shape)]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    scaleAndShift(
      context.input(0), into: context.output(), count: context.samples * inputs[0].count,
      scale: context.input(1),
      shift: inputs.count > 2 ? context.input(2) : nil, period: inputs[0].channels, adding: false)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    let (total, dy) = (context.samples * inputs[0].count, context.outputGradient())
    for number in inputs.indices.dropFirst() where !context.accumulates(into: number) {
      context.inputGradient(number)?.update(repeating: 0, count: channels)
    }
    if inputs.count > 2, let gradient = context.inputGradient(2) {
      Scalar.networkKernels.addColumns(total / channels, channels, nil, dy, gradient)
    }
    if let dx = context.inputGradient(0) {
      scaleAndShift(
        UnsafePointer(dy), into: dx, count: total, scale: context.input(1), shift: nil, period: channels,
        adding: context.accumulates(into: 0))
    }
    if let gradient = context.inputGradient(1) {
      // dy is read no more.
      Scalar.networkKernels.addColumns(total / channels, channels, context.input(0), dy, gradient)
    }
  }
}
