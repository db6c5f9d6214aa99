package import Differentiation

/// `y = f(windowsᵀ(x)·Wᵀ + b)`: the adjoint of a convolution, along one to three axes, as one step.
///
/// Inputs are x, W of shape (k₁, …, k_d, out, in), as the convolution from y to x would have it, and b unless there is none.
package final class TransposedConvolutionOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  private let activation: Activation
  private let windows: ConvolutionWindows<Scalar>
  private let derivative: TapeBuffer?
  private let tile: TapeBuffer
  private let packed: TapeBuffer
  private let tileBack: TapeBuffer

  package init(
    _ x: Variable, weight: Variable, bias: Variable?, stride: [Int], padding: Padding, activation: Activation,
    on tape: Tape<Scalar>
  ) {
    let dimension = x.shape.count - 1
    precondition(
      weight.shape.count == dimension + 2 && weight.channels == x.channels && stride.count == dimension,
      "TransposedConvolution: a weight of shape \(weight.shape) with strides \(stride) for a variable of shape \(x.shape)"
    )
    let axes = (0..<dimension).map {
      ConvolutionAxis(results: x.shape[$0], kernel: weight.shape[$0], stride: stride[$0], padding: padding)
    }
    let width = weight.shape[dimension]
    windows = ConvolutionWindows(axes: axes, inputs: width, outputs: x.channels)
    inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let y = tape.result(axes.map(\.points) + [width])
    outputs = [y]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(y.count * tape.capacity, .saved)
    tile = tape.buffer(windows.adjoint.tile.count + windows.adjoint.edgeCount, .forward)
    packed = tape.buffer(weight.count, .forward)
    tileBack = tape.buffer(windows.tile.count, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let matrices = context.buffer(packed)
    windows.adjoint.pack(context.input(1), into: matrices)
    for sample in 0..<context.samples {
      let y = context.output() + sample * outputs[0].count
      windows.adjoint.scatter(
        context.input(0) + sample * inputs[0].count, packed: matrices,
        bias: inputs.count > 2 ? context.input(2) : nil,
        into: y, accumulates: false, memory: context.buffer(tile))
      // Where padding is added to points the sums are complete only now.
      let slope = context.savesForBackward ? derivative : nil
      Scalar.networkKernels.activate(
        activation, outputs[0].count, y, slope.map { context.buffer($0) + sample * outputs[0].count })
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (count, width) = (outputs[0].count, outputs[0].channels)
    let biasGradient = inputs.count > 2 ? context.inputGradient(2) : nil
    if let biasGradient, !context.accumulates(into: 2) { biasGradient.update(repeating: 0, count: width) }
    let memory = context.buffer(tileBack)
    for sample in 0..<context.samples {
      let dy = context.outputGradient() + sample * count
      kernels.addBiasGradient(
        rows: outputs[0].points, width: width,
        derivative: derivative.map { UnsafePointer(context.buffer($0) + sample * count) }, dy,
        into: biasGradient)
      if let gradient = context.inputGradient(1) {
        windows.addWeightGradient(
          dy, context.input(0) + sample * inputs[0].count, into: gradient,
          accumulates: sample > 0 || context.accumulates(into: 1), memory: memory)
      }
      if let dx = context.inputGradient(0) {
        windows.correlate(
          dy, weight: context.input(1), bias: nil, activation: .identity,
          into: dx + sample * inputs[0].count,
          derivative: nil, accumulates: context.accumulates(into: 0), memory: memory)
      }
    }
  }
}
