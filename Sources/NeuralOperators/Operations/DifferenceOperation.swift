import Differentiation
import Learning

/// `y(i) = Σ_o (x(i + o) − x(i))/|o| · W(o)` over the neighbours o of a point: see `DifferenceStencil`.
///
/// Inputs are x and W of shape (3^d − 1, in, out), offsets from (−1, …, −1) to (1, …, 1) without the middle. The factors 1/|o| and the
/// middle, minus the sum of the others, are put into a full stencil; then every offset is a product with the points of a grid that
/// has one more layer around it.
final class DifferenceOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  private let grid: GhostGrid
  private let inverseLengths: [Scalar]
  private let ghosts: TapeBuffer
  private let stencil: TapeBuffer
  private let ghostsBack: TapeBuffer
  private let stencilBack: TapeBuffer

  init(_ x: Variable, weight: Variable, placements: [CoordinateChannels.Placement], on tape: Tape<Scalar>) {
    let points = Array(x.shape.dropLast())
    grid = GhostGrid(points: points, isPeriodic: placements.map { $0 == .periodic })
    let (channels, width) = (x.channels, weight.shape[2])
    precondition(
      weight.shape == [grid.offsets.count - 1, channels, width] && points.allSatisfy { $0 >= 2 },
      "Difference: a weight \(weight.shape) for \(x.shape)")
    inverseLengths = grid.offsets.map { offset in
      let square = offset.indices.reduce(0.0) { sum, axis in
        let intervals = placements[axis] == .nodes ? points[axis] - 1 : points[axis]
        let step = Double(offset[axis]) / Double(intervals)
        return sum + step * step
      }
      return square > 0 ? Scalar(1 / square.squareRoot()) : 0
    }
    inputs = [x, weight]
    outputs = [tape.result(points + [width])]
    let size = grid.offsets.count * channels * width
    ghosts = tape.buffer(grid.count * channels, .forward)
    stencil = tape.buffer(size, .forward)
    ghostsBack = tape.buffer(grid.count * channels, .backward)
    // The transposed stencil, then its gradient.
    stencilBack = tape.buffer(2 * size, .backward)
  }

  private var matrix: Int { inputs[0].channels * outputs[0].channels }
  /// Which of the weights belongs to an offset that is not the middle.
  private func slot(_ offset: Int) -> Int { offset < grid.center ? offset : offset - 1 }

  private func fillStencil(_ weight: UnsafePointer<Scalar>, _ stencil: UnsafeMutablePointer<Scalar>) {
    let center = stencil + grid.center * matrix
    center.update(repeating: 0, count: matrix)
    for offset in grid.offsets.indices where offset != grid.center {
      let target = stencil + offset * matrix
      scaleNumbers(
        weight + slot(offset) * matrix, inverseLengths[offset], into: target, count: matrix, adding: false)
      scaleNumbers(UnsafePointer(target), -1, into: center, count: matrix, adding: true)
    }
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (channels, width) = (inputs[0].channels, outputs[0].channels)
    let (values, weights) = (context.buffer(ghosts), context.buffer(stencil))
    fillStencil(context.input(1), weights)
    for sample in 0..<context.samples {
      grid.fill(context.input(0) + sample * inputs[0].count, channels: channels, into: values)
      for offset in grid.offsets.indices {
        grid.forEachPlane(offset) { start, first in
          var products = MatrixProducts(
            rows: grid.row, columns: width,
            MatrixProduct(
              UnsafePointer(values) + start * channels, row: channels, batch: grid.ghostRow * channels,
              times: UnsafePointer(weights) + offset * matrix, rightRow: width, inner: channels),
            into: context.output() + sample * outputs[0].count + first * width, row: width)
          products.batch = grid.rowsPerPlane
          products.resultBatch = grid.row * width
          products.accumulates = offset > 0
          Scalar.networkKernels.multiply(products)
        }
      }
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    let (channels, width) = (inputs[0].channels, outputs[0].channels)
    let values = context.buffer(ghostsBack)
    let weights = context.buffer(stencilBack)
    let gradients = weights + grid.offsets.count * matrix
    for sample in 0..<context.samples {
      grid.fill(context.input(0) + sample * inputs[0].count, channels: channels, into: values)
      let dy = UnsafePointer(context.outputGradient()) + sample * outputs[0].count
      for offset in grid.offsets.indices {
        var isFirst = sample == 0
        grid.forEachPlane(offset) { start, first in
          for line in 0..<grid.rowsPerPlane {
            var products = MatrixProducts(
              rows: channels, columns: width,
              MatrixProduct(
                UnsafePointer(values) + (start + line * grid.ghostRow) * channels, row: 1, column: channels,
                times: dy + (first + line * grid.row) * width, rightRow: width, inner: grid.row),
              into: gradients + offset * matrix, row: width)
            products.accumulates = !isFirst
            isFirst = false
            Scalar.networkKernels.multiply(products)
          }
        }
      }
    }
    if let weightGradient = context.inputGradient(1) { addWeightGradient(context, gradients, weightGradient) }
    if let dx = context.inputGradient(0) { addInputGradient(context, values, weights, dx) }
  }

  private func addWeightGradient(
    _ context: OperationContext<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>,
    _ target: UnsafeMutablePointer<Scalar>
  ) {
    for offset in grid.offsets.indices where offset != grid.center {
      let (place, factor) = (target + slot(offset) * matrix, inverseLengths[offset])
      scaleNumbers(
        UnsafePointer(gradients) + offset * matrix, factor, into: place, count: matrix,
        adding: context.accumulates(into: 1))
      scaleNumbers(
        UnsafePointer(gradients) + grid.center * matrix, -factor, into: place, count: matrix, adding: true)
    }
  }

  private func addInputGradient(
    _ context: OperationContext<Scalar>, _ values: UnsafeMutablePointer<Scalar>,
    _ transposed: UnsafeMutablePointer<Scalar>, _ dx: UnsafeMutablePointer<Scalar>
  ) {
    let (channels, width) = (inputs[0].channels, outputs[0].channels)
    // The gradient of the stencil is done with; its place takes the stencil before it is transposed.
    let stencil = transposed + grid.offsets.count * matrix
    fillStencil(context.input(1), stencil)
    for offset in grid.offsets.indices {
      Scalar.networkKernels.transpose(
        channels, width, UnsafePointer(stencil) + offset * matrix, width, transposed + offset * matrix,
        channels)
    }
    for sample in 0..<context.samples {
      values.update(repeating: 0, count: grid.count * channels)
      let dy = UnsafePointer(context.outputGradient()) + sample * outputs[0].count
      for offset in grid.offsets.indices {
        grid.forEachPlane(offset) { start, first in
          var products = MatrixProducts(
            rows: grid.row, columns: channels,
            MatrixProduct(
              dy + first * width, row: width, batch: grid.row * width,
              times: UnsafePointer(transposed) + offset * matrix, rightRow: channels, inner: width),
            into: values + start * channels, row: channels)
          products.batch = grid.rowsPerPlane
          products.resultBatch = grid.ghostRow * channels
          products.accumulates = true
          Scalar.networkKernels.multiply(products)
        }
      }
      grid.fold(
        values, channels: channels, into: dx + sample * inputs[0].count, adding: context.accumulates(into: 0))
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scaleNumbers<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ factor: Scalar, into y: UnsafeMutablePointer<Scalar>, count: Int, adding: Bool
) {
  if adding {
    for index in 0..<count { y[index] += factor * x[index] }
  } else {
    for index in 0..<count { y[index] = factor * x[index] }
  }
}
