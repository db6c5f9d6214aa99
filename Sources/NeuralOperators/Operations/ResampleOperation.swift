import Differentiation

/// The same band-limited functions on another grid, as `GridResampling` takes them there.
final class ResampleOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  private let resampling: GridResampling<Scalar>
  private let scratch: TapeBuffer
  private let scratchBack: TapeBuffer

  init(_ x: Variable, to grid: [Int], bases: [AxisBasis], on tape: Tape<Scalar>) {
    resampling = GridResampling(from: Array(x.shape.dropLast()), to: grid, bases: bases)
    inputs = [x]
    outputs = [tape.result(grid + [x.channels])]
    scratch = tape.buffer(resampling.scratchCount(width: x.channels), .forward)
    scratchBack = tape.buffer(resampling.scratchCount(width: x.channels), .backward)
  }

  func forward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      resampling.apply(
        context.input(0) + sample * inputs[0].count, width: inputs[0].channels,
        into: context.output() + sample * outputs[0].count, scratch: context.buffer(scratch))
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    for sample in 0..<context.samples {
      resampling.apply(
        UnsafePointer(context.outputGradient()) + sample * outputs[0].count, width: inputs[0].channels,
        into: dx + sample * inputs[0].count, adjoint: true, adding: context.accumulates(into: 0),
        scratch: context.buffer(scratchBack))
    }
  }
}
