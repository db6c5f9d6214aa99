import Arrays
package import Differentiation

/// `y = [sin(x·B), cos(x·B)]` on the channels of every point, with fixed B of shape (in, width).
package final class WaveOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  package let savedOutputs = [0]
  private let width: Int
  /// B, and behind it its transpose.
  private let matrices: AlignedStorage<Scalar>
  private let slopes: TapeBuffer
  private static var tile: Int { 64 }

  package init(_ x: Variable, frequencies: [Scalar], on tape: Tape<Scalar>) {
    precondition(
      frequencies.count % x.channels == 0 && !x.isShared,
      "Wave: \(frequencies.count) frequencies for \(x.channels) channels of every sample")
    width = frequencies.count / x.channels
    inputs = [x]
    outputs = [tape.result(Array(x.shape.dropLast()) + [2 * width])]
    matrices = AlignedStorage(count: 2 * frequencies.count)
    _ = matrices.buffer.update(from: frequencies)
    Scalar.networkKernels.transpose(
      x.channels, width, matrices.baseAddress, width, matrices.baseAddress + frequencies.count, x.channels)
    slopes = tape.buffer(Self.tile * width, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    var products = MatrixProducts(
      rows: context.samples * inputs[0].points, columns: width,
      MatrixProduct(
        context.input(0), row: channels, times: UnsafePointer(matrices.baseAddress), rightRow: width,
        inner: channels),
      into: context.output(), row: 2 * width)
    products.activation = .sine
    // The derivative of the sine is what belongs beside it.
    products.derivative = context.output() + width
    Scalar.networkKernels.multiply(products)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let channels = inputs[0].channels
    let slope = context.buffer(slopes)
    let rows = context.samples * inputs[0].points
    for start in stride(from: 0, to: rows, by: Self.tile) {
      let count = min(Self.tile, rows - start)
      waveSlopes(
        context.outputGradient() + 2 * start * width, UnsafePointer(context.output()) + 2 * start * width,
        into: slope,
        rows: count, width: width)
      var products = MatrixProducts(
        rows: count, columns: channels,
        MatrixProduct(
          UnsafePointer(slope), row: width,
          times: UnsafePointer(matrices.baseAddress) + channels * width, rightRow: channels, inner: width),
        into: dx + start * channels, row: channels)
      products.accumulates = context.accumulates(into: 0)
      Scalar.networkKernels.multiply(products)
    }
  }
}

/// `cos·d sin − sin·d cos` of rows of sines and cosines.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func waveSlopes<Scalar: NetworkScalar>(
  _ dy: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, into slopes: UnsafeMutablePointer<Scalar>,
  rows: Int,
  width: Int
) {
  for row in 0..<rows {
    let (gradient, wave, target) = (dy + 2 * row * width, y + 2 * row * width, slopes + row * width)
    for index in 0..<width {
      target[index] = wave[width + index] * gradient[index] - wave[index] * gradient[width + index]
    }
  }
}
