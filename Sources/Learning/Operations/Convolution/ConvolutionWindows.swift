import Arrays
import Differentiation

/// The sums over windows that convolutions consist of, for one sample at a time.
///
/// Since the channels stand last, what a window reads along the last axis is contiguous, and so a line of results is one
/// product of matrices whose rows overlap: nothing is unfolded. Only the lines of a tile are copied, with their padding.
/// Weights are of shape (k₁, …, k_d, in, out). One to three axes; those that are missing are put before the others.
final class ConvolutionWindows<Scalar: NetworkScalar> {
  let axes: [ConvolutionAxis]
  let inputs: Int
  let outputs: Int
  /// Of what the windows read.
  let tile: ConvolutionTile
  let adjoint: ConvolutionAdjoint<Scalar>
  private let offsets: AlignedStorage<Int>
  private let rowOffsets: AlignedStorage<Int>

  init(axes given: [ConvolutionAxis], inputs: Int, outputs: Int) {
    precondition((1...3).contains(given.count), "Convolution: \(given.count) axes must be 1 … 3")
    let axes = Array(repeating: ConvolutionAxis.absent, count: 3 - given.count) + given
    self.axes = axes
    self.inputs = inputs
    self.outputs = outputs
    tile = ConvolutionTile(
      results: (axes[0].results, axes[1].results), stride: (axes[0].stride, axes[1].stride),
      kernel: (axes[0].kernel, axes[1].kernel), length: axes[2].padded * inputs)
    offsets = AlignedStorage(count: axes[0].kernel * axes[1].kernel)
    for first in 0..<axes[0].kernel {
      for second in 0..<axes[1].kernel {
        offsets.buffer[first * axes[1].kernel + second] = (first * tile.secondExtent + second) * tile.length
      }
    }
    rowOffsets = AlignedStorage(count: tile.lines.second)
    for row in 0..<tile.lines.second { rowOffsets.buffer[row] = row * axes[1].stride * tile.length }
    adjoint = ConvolutionAdjoint(axes: axes, inputs: inputs, outputs: outputs)
  }

  private var resultLines: (first: Int, second: Int) { (axes[0].results, axes[1].results) }
  /// Numbers of a line of results.
  private var resultLength: Int { axes[2].results * outputs }
  var weightCount: Int { axes.reduce(inputs * outputs) { $0 * $1.kernel } }

  /// Copies the lines that windows of some results read.
  private func fill(
    _ memory: UnsafeMutablePointer<Scalar>, from x: UnsafePointer<Scalar>, _ first: Range<Int>,
    _ second: Range<Int>
  ) {
    let last = axes[2]
    for i in 0..<(first.count - 1) * axes[0].stride + axes[0].kernel {
      let source = axes[0].source(first.lowerBound * axes[0].stride + i)
      for j in 0..<(second.count - 1) * axes[1].stride + axes[1].kernel {
        let line = memory + (i * tile.secondExtent + j) * tile.length
        let other = axes[1].source(second.lowerBound * axes[1].stride + j)
        guard source >= 0, other >= 0 else {
          line.update(repeating: 0, count: tile.length)
          continue
        }
        let values = x + (source * axes[1].points + other) * last.points * inputs
        (line + last.before * inputs).update(from: values, count: last.points * inputs)
        for position in 0..<last.before + last.after {
          let place = position < last.before ? position : position + last.points
          let point = last.source(place)
          if point < 0 {
            (line + place * inputs).update(repeating: 0, count: inputs)
          } else {
            (line + place * inputs).update(from: values + point * inputs, count: inputs)
          }
        }
      }
    }
  }

  /// `y = f(windows·W + b)`, and f′ where it is wanted.
  func correlate(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?,
    activation: Activation,
    into y: UnsafeMutablePointer<Scalar>, derivative: UnsafeMutablePointer<Scalar>?,
    accumulates: Bool = false,
    memory: UnsafeMutablePointer<Scalar>
  ) {
    tile.forEach(resultLines) { first, second in
      fill(memory, from: x, first, second)
      for line in first {
        let place = (line * axes[1].results + second.lowerBound) * resultLength
        var product = MatrixProduct(
          UnsafePointer(memory) + (line - first.lowerBound) * axes[0].stride * tile.secondExtent
            * tile.length,
          row: axes[2].stride * inputs, batch: axes[1].stride * tile.length, times: weight, rightRow: outputs,
          inner: axes[2].kernel * inputs)
        product.segments = UnsafeBufferPointer(offsets.buffer)
        var products = MatrixProducts(
          rows: axes[2].results, columns: outputs, product, into: y + place, row: outputs)
        products.batch = second.count
        products.resultBatch = resultLength
        products.bias = bias
        products.activation = activation
        products.derivative = derivative.map { $0 + place }
        products.accumulates = accumulates
        Scalar.networkKernels.multiply(products)
      }
    }
  }

  /// `dW = windowsᵀ·dy`, or adds it.
  func addWeightGradient(
    _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, into dweight: UnsafeMutablePointer<Scalar>,
    accumulates: Bool, memory: UnsafeMutablePointer<Scalar>
  ) {
    // As many lines as stay in the first cache while all taps pass over them.
    let group = max(6144 / (tile.length + resultLength), 1)
    let block = axes[2].kernel * inputs * outputs
    var adds = accumulates
    tile.forEach(resultLines) { first, second in
      fill(memory, from: x, first, second)
      for line in first {
        for start in stride(from: 0, to: second.count, by: group) {
          let rows = min(group, second.count - start)
          let origin =
            ((line - first.lowerBound) * axes[0].stride * tile.secondExtent + start * axes[1].stride)
            * tile.length
          let gradient = dy + (line * axes[1].results + second.lowerBound + start) * resultLength
          for tap in 0..<offsets.count {
            var product = MatrixProduct(
              UnsafePointer(memory) + origin + offsets.baseAddress[tap], row: 1,
              column: axes[2].stride * inputs,
              times: gradient, rightRow: outputs, inner: axes[2].results)
            product.segments = UnsafeBufferPointer(start: rowOffsets.baseAddress, count: rows)
            var products = MatrixProducts(
              rows: axes[2].kernel * inputs, columns: outputs, product, into: dweight + tap * block,
              row: outputs)
            products.accumulates = adds
            Scalar.networkKernels.multiply(products)
          }
          adds = true
        }
      }
    }
  }
}
