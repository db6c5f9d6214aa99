package import Differentiation

/// `y = f(x·W + b)` on the channels of every point, as one step.
///
/// Inputs are x, W of shape (in, out), and b unless there is none. f′ is kept from the forward pass, so that the backward pass
/// needs neither x·W nor y.
package final class DenseOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  private let activation: Activation
  private let derivative: TapeBuffer?
  private let transposed: TapeBuffer
  /// Rows at a time: they stay in the first cache through all that is done to them.
  private static var tile: Int { 128 }

  package init(
    _ x: Variable, weight: Variable, bias: Variable?, activation: Activation, on tape: Tape<Scalar>
  ) {
    let (channels, width) = (weight.shape[0], weight.shape[1])
    precondition(x.channels == channels, "Dense: \(x.channels) channels where the weight takes \(channels)")
    inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let y = tape.result(Array(x.shape.dropLast()) + [width])
    outputs = [y]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(y.count * tape.capacity, .saved)
    transposed = tape.buffer(channels * width, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let (channels, width) = (inputs[0].channels, outputs[0].channels)
    var products = MatrixProducts(
      rows: context.samples * inputs[0].points, columns: width,
      MatrixProduct(
        context.input(0), row: channels, times: context.input(1), rightRow: width, inner: channels),
      into: context.output(), row: width)
    if inputs.count > 2 { products.bias = context.input(2) }
    products.activation = activation
    if let derivative, context.savesForBackward { products.derivative = context.buffer(derivative) }
    Scalar.networkKernels.multiply(products)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (channels, width) = (inputs[0].channels, outputs[0].channels)
    let rows = context.samples * inputs[0].points
    let dy = context.outputGradient()
    let weightGradient = context.inputGradient(1)
    let biasGradient = inputs.count > 2 ? context.inputGradient(2) : nil
    if let biasGradient, !context.accumulates(into: 2) { biasGradient.update(repeating: 0, count: width) }
    let inputGradient = context.inputGradient(0)
    let weightTransposed = context.buffer(transposed)
    if inputGradient != nil {
      kernels.transpose(channels, width, context.input(1), width, weightTransposed, channels)
    }
    for start in stride(from: 0, to: rows, by: Self.tile) {
      let count = min(Self.tile, rows - start)
      let gradient = dy + start * width
      kernels.addBiasGradient(
        rows: count, width: width,
        derivative: derivative.map { UnsafePointer(context.buffer($0) + start * width) }, gradient,
        into: biasGradient)
      if let weightGradient {
        var products = MatrixProducts(
          rows: channels, columns: width,
          MatrixProduct(
            context.input(0) + start * channels, row: 1, column: channels, times: gradient, rightRow: width,
            inner: count),
          into: weightGradient, row: width)
        products.accumulates = start > 0 || context.accumulates(into: 1)
        kernels.multiply(products)
      }
      if let inputGradient {
        var products = MatrixProducts(
          rows: count, columns: channels,
          MatrixProduct(gradient, row: width, times: weightTransposed, rightRow: channels, inner: width),
          into: inputGradient + start * channels, row: channels)
        products.accumulates = context.accumulates(into: 0)
        kernels.multiply(products)
      }
    }
  }
}
