package import Differentiation

/// Channels of several variables on the same points, one after the other; shared ones, such as coordinates, for every sample.
package final class ConcatenateOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []

  package init(_ parts: [Variable], on tape: Tape<Scalar>) {
    let axes = parts[0].shape.dropLast()
    precondition(
      parts.allSatisfy { $0.shape.dropLast() == axes },
      "Concatenate: \(parts.map(\.shape)) must have the same axes before the channels")
    inputs = parts
    outputs = [tape.result(Array(axes) + [parts.reduce(0) { $0 + $1.channels }])]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let width = outputs[0].channels
    var first = 0
    for (number, part) in inputs.enumerated() {
      for sample in 0..<context.samples {
        copyChannels(
          context.input(number) + (part.isShared ? 0 : sample * part.count), row: part.channels,
          to: context.output() + sample * outputs[0].count + first, row: width, points: part.points,
          channels: part.channels)
      }
      first += part.channels
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let width = outputs[0].channels
    var first = 0
    for (number, part) in inputs.enumerated() {
      defer { first += part.channels }
      guard let gradient = context.inputGradient(number) else { continue }
      for sample in 0..<context.samples {
        copyChannels(
          UnsafePointer(context.outputGradient()) + sample * outputs[0].count + first, row: width,
          to: gradient + (part.isShared ? 0 : sample * part.count), row: part.channels, points: part.points,
          channels: part.channels, adding: context.accumulates(into: number) || (part.isShared && sample > 0))
      }
    }
  }
}
