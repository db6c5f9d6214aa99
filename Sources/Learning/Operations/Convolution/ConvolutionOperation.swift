package import Differentiation

/// `y = f(windows(x)·W + b)` along one to three axes, as one step.
///
/// Inputs are x, W of shape (k₁, …, k_d, in, out), and b unless there is none. f′ is kept from the forward pass.
package final class ConvolutionOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  private let activation: Activation
  private let windows: ConvolutionWindows<Scalar>
  private let derivative: TapeBuffer?
  private let tile: TapeBuffer
  private let tileBack: TapeBuffer
  private let gradientTile: TapeBuffer
  private let packed: TapeBuffer

  package init(
    _ x: Variable, weight: Variable, bias: Variable?, stride: [Int], padding: Padding, activation: Activation,
    on tape: Tape<Scalar>
  ) {
    let dimension = x.shape.count - 1
    let kernel = weight.shape.prefix(dimension)
    precondition(
      weight.shape.count == dimension + 2 && weight.shape[dimension] == x.channels
        && stride.count == dimension,
      "Convolution: a weight of shape \(weight.shape) with strides \(stride) for a variable of shape \(x.shape)"
    )
    let axes = (0..<dimension).map {
      ConvolutionAxis(points: x.shape[$0], kernel: kernel[$0], stride: stride[$0], padding: padding)
    }
    windows = ConvolutionWindows(axes: axes, inputs: x.channels, outputs: weight.channels)
    inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let y = tape.result(axes.map(\.results) + [weight.channels])
    outputs = [y]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(y.count * tape.capacity, .saved)
    tile = tape.buffer(windows.tile.count, .forward)
    tileBack = tape.buffer(windows.tile.count, .backward)
    gradientTile = tape.buffer(windows.adjoint.tile.count + windows.adjoint.edgeCount, .backward)
    packed = tape.buffer(weight.count, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      let slope = context.savesForBackward ? derivative : nil
      windows.correlate(
        context.input(0) + sample * inputs[0].count, weight: context.input(1),
        bias: inputs.count > 2 ? context.input(2) : nil, activation: activation,
        into: context.output() + sample * outputs[0].count,
        derivative: slope.map { context.buffer($0) + sample * outputs[0].count },
        memory: context.buffer(tile))
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (count, width) = (outputs[0].count, outputs[0].channels)
    let biasGradient = inputs.count > 2 ? context.inputGradient(2) : nil
    if let biasGradient, !context.accumulates(into: 2) { biasGradient.update(repeating: 0, count: width) }
    let (dx, matrices) = (context.inputGradient(0), context.buffer(packed))
    if dx != nil { windows.adjoint.pack(context.input(1), into: matrices) }
    for sample in 0..<context.samples {
      let dy = context.outputGradient() + sample * count
      kernels.addBiasGradient(
        rows: outputs[0].points, width: width,
        derivative: derivative.map { UnsafePointer(context.buffer($0) + sample * count) }, dy,
        into: biasGradient)
      if let gradient = context.inputGradient(1) {
        windows.addWeightGradient(
          context.input(0) + sample * inputs[0].count, dy, into: gradient,
          accumulates: sample > 0 || context.accumulates(into: 1), memory: context.buffer(tileBack))
      }
      if let dx {
        windows.adjoint.scatter(
          dy, packed: matrices, into: dx + sample * inputs[0].count,
          accumulates: context.accumulates(into: 0),
          memory: context.buffer(gradientTile))
      }
    }
  }
}
