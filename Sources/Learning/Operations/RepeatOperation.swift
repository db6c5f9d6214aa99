package import Differentiation

/// Every point's channels at all points of a new last axis: (axes…, c) to (axes…, `count`, c).
package final class RepeatOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let count: Int

  package init(_ x: Variable, count: Int, on tape: Tape<Scalar>) {
    self.count = count
    inputs = [x]
    outputs = [tape.result(Array(x.shape.dropLast()) + [count, x.channels])]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    for copy in 0..<count {
      copyChannels(
        context.input(0), row: channels, to: context.output() + copy * channels, row: count * channels,
        points: context.samples * inputs[0].points, channels: channels)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let channels = inputs[0].channels
    for copy in 0..<count {
      copyChannels(
        UnsafePointer(context.outputGradient()) + copy * channels, row: count * channels, to: dx,
        row: channels,
        points: context.samples * inputs[0].points, channels: channels,
        adding: copy > 0 || context.accumulates(into: 0))
    }
  }
}
