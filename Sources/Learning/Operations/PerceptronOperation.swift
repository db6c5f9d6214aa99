package import Differentiation

/// `y = f(x·V + a)·W + b` on the channels of every point: two dense layers as one step that stores nothing between them.
///
/// Inputs are x, V (in, hidden), a, W (hidden, out), b. What is between the layers is computed again for the backward pass, a few
/// rows at a time: it would not fit into any cache, and to fetch it takes longer.
package final class PerceptronOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1, 2, 3]
  private let activation: Activation
  private let hidden: TapeBuffer
  private let hiddenBack: TapeBuffer
  private let derivative: TapeBuffer
  private let firstTransposed: TapeBuffer
  private let secondTransposed: TapeBuffer
  private static var tile: Int { 64 }

  package init(
    _ x: Variable, _ first: (weight: Variable, bias: Variable), _ second: (weight: Variable, bias: Variable),
    activation: Activation, on tape: Tape<Scalar>
  ) {
    let width = first.weight.shape[1]
    precondition(
      x.channels == first.weight.shape[0] && second.weight.shape[0] == width,
      "Perceptron: \(x.channels) channels do not fit weights \(first.weight.shape) and \(second.weight.shape)"
    )
    inputs = [x, first.weight, first.bias, second.weight, second.bias]
    outputs = [tape.result(Array(x.shape.dropLast()) + [second.weight.shape[1]])]
    self.activation = activation
    hidden = tape.buffer(Self.tile * width, .forward)
    hiddenBack = tape.buffer(Self.tile * width, .backward)
    derivative = tape.buffer(Self.tile * width, .backward)
    firstTransposed = tape.buffer(first.weight.count, .backward)
    secondTransposed = tape.buffer(second.weight.count, .backward)
  }

  /// What is read all the time, found once per pass.
  private struct Values {
    let x, firstWeight, firstBias, secondWeight, secondBias: UnsafePointer<Scalar>

    init(_ context: OperationContext<Scalar>) {
      (x, firstWeight, firstBias) = (context.input(0), context.input(1), context.input(2))
      (secondWeight, secondBias) = (context.input(3), context.input(4))
    }
  }

  /// Rows from `start` on of what is between the layers.
  private func hiddenRows(
    _ values: Values, start: Int, count: Int, into target: UnsafeMutablePointer<Scalar>,
    derivative: UnsafeMutablePointer<Scalar>?
  ) {
    let (channels, width) = (inputs[1].shape[0], inputs[1].shape[1])
    var products = MatrixProducts(
      rows: count, columns: width,
      MatrixProduct(
        values.x + start * channels, row: channels, times: values.firstWeight, rightRow: width,
        inner: channels),
      into: target, row: width)
    products.bias = values.firstBias
    products.activation = activation
    products.derivative = derivative
    Scalar.networkKernels.multiply(products)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let (width, results) = (inputs[3].shape[0], inputs[3].shape[1])
    let rows = context.samples * inputs[0].points
    let (values, between, y) = (Values(context), context.buffer(hidden), context.output())
    for start in stride(from: 0, to: rows, by: Self.tile) {
      let count = min(Self.tile, rows - start)
      hiddenRows(values, start: start, count: count, into: between, derivative: nil)
      var products = MatrixProducts(
        rows: count, columns: results,
        MatrixProduct(
          UnsafePointer(between), row: width, times: values.secondWeight, rightRow: results, inner: width),
        into: y + start * results, row: results)
      products.bias = values.secondBias
      Scalar.networkKernels.multiply(products)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (channels, width, results) = (inputs[1].shape[0], inputs[1].shape[1], inputs[3].shape[1])
    let rows = context.samples * inputs[0].points
    let (values, output) = (Values(context), context.outputGradient())
    let (between, slope) = (context.buffer(hiddenBack), context.buffer(derivative))
    let (first, second) = (context.buffer(firstTransposed), context.buffer(secondTransposed))
    kernels.transpose(channels, width, values.firstWeight, width, first, channels)
    kernels.transpose(width, results, values.secondWeight, results, second, width)
    for number in 1...4 where !context.accumulates(into: number) {
      context.inputGradient(number)?.update(repeating: 0, count: inputs[number].count)
    }
    let (firstWeight, firstBias) = (context.inputGradient(1), context.inputGradient(2))
    let (secondWeight, secondBias) = (context.inputGradient(3), context.inputGradient(4))
    let (dx, addsToInput) = (context.inputGradient(0), context.accumulates(into: 0))
    for start in stride(from: 0, to: rows, by: Self.tile) {
      let count = min(Self.tile, rows - start)
      let dy = output + start * results
      hiddenRows(values, start: start, count: count, into: between, derivative: slope)
      kernels.addBiasGradient(rows: count, width: results, derivative: nil, dy, into: secondBias)
      addWeightGradient(3, between, dy, count: count, into: secondWeight)
      // What is between is needed no more; its gradient takes its place.
      kernels.multiply(
        MatrixProducts(
          rows: count, columns: width,
          MatrixProduct(
            UnsafePointer(dy), row: results, times: UnsafePointer(second), rightRow: width, inner: results),
          into: between, row: width))
      kernels.addBiasGradient(rows: count, width: width, derivative: slope, between, into: firstBias)
      addWeightGradient(1, values.x + start * channels, between, count: count, into: firstWeight)
      if let dx {
        var products = MatrixProducts(
          rows: count, columns: channels,
          MatrixProduct(
            UnsafePointer(between), row: width, times: UnsafePointer(first), rightRow: channels, inner: width),
          into: dx + start * channels, row: channels)
        products.accumulates = addsToInput
        kernels.multiply(products)
      }
    }
  }

  /// Adds xᵀ·dy of some rows to the gradient of the weight that is input `number`.
  private func addWeightGradient(
    _ number: Int, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, count: Int,
    into gradient: UnsafeMutablePointer<Scalar>?
  ) {
    guard let gradient else { return }
    let (channels, width) = (inputs[number].shape[0], inputs[number].shape[1])
    var products = MatrixProducts(
      rows: channels, columns: width,
      MatrixProduct(x, row: 1, column: channels, times: dy, rightRow: width, inner: count), into: gradient,
      row: width)
    products.accumulates = true
    Scalar.networkKernels.multiply(products)
  }
}
