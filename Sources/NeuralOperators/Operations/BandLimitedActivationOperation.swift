import Differentiation

/// `y = D f(U x)`: to a finer grid, through the activation, and the frequencies of the first grid back on it.
///
/// What is between is on the finer grid, and computed again for the backward pass instead of kept, a sample at a time.
final class BandLimitedActivationOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  private let activation: Activation
  private let up: GridResampling<Scalar>
  private let down: GridResampling<Scalar>
  private let fineCount: Int
  private let fine: TapeBuffer
  private let scratch: TapeBuffer
  /// The fine values, their slopes and their gradients.
  private let fineBack: TapeBuffer
  private let scratchBack: TapeBuffer

  init(_ x: Variable, activation: Activation, sampling: Int, bases: [AxisBasis], on tape: Tape<Scalar>) {
    let grid = Array(x.shape.dropLast())
    let finer = grid.indices.map { axis in
      axis < bases.count && bases[axis].hasNodes ? sampling * (grid[axis] - 1) + 1 : sampling * grid[axis]
    }
    up = GridResampling(from: grid, to: finer, bases: bases)
    down = GridResampling(from: finer, to: grid, bases: bases)
    self.activation = activation
    inputs = [x]
    outputs = [tape.result(x.shape)]
    fineCount = (finer.reduce(x.channels, *) + 15) / 16 * 16
    let work = max(up.scratchCount(width: x.channels), down.scratchCount(width: x.channels))
    fine = tape.buffer(fineCount, .forward)
    scratch = tape.buffer(work, .forward)
    fineBack = tape.buffer(3 * fineCount, .backward)
    scratchBack = tape.buffer(work, .backward)
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (values, work, width) = (context.buffer(fine), context.buffer(scratch), inputs[0].channels)
    for sample in 0..<context.samples {
      up.apply(context.input(0) + sample * inputs[0].count, width: width, into: values, scratch: work)
      Scalar.networkKernels.activate(activation, up.targetCount * width, values, nil)
      down.apply(
        UnsafePointer(values), width: width, into: context.output() + sample * outputs[0].count, scratch: work
      )
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let (values, work, width) = (context.buffer(fineBack), context.buffer(scratchBack), inputs[0].channels)
    let (slopes, gradient) = (values + fineCount, values + 2 * fineCount)
    let count = up.targetCount * width
    for sample in 0..<context.samples {
      up.apply(context.input(0) + sample * inputs[0].count, width: width, into: values, scratch: work)
      Scalar.networkKernels.activate(activation, count, values, slopes)
      down.apply(
        UnsafePointer(context.outputGradient()) + sample * outputs[0].count, width: width, into: gradient,
        adjoint: true, scratch: work)
      Scalar.networkKernels.scale(count, slopes, gradient)
      up.apply(
        UnsafePointer(gradient), width: width, into: dx + sample * inputs[0].count, adjoint: true,
        adding: context.accumulates(into: 0), scratch: work)
    }
  }
}
