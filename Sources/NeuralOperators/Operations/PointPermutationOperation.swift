import Differentiation

/// The same channels at other points: point p of the result has those of point `sources[p]`.
final class PointPermutationOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  private let sources: [Int]

  /// - Parameters:
  ///   - sources: every point once.
  ///   - grid: the points of the result's axes.
  init(_ x: Variable, sources: [Int], grid: [Int], on tape: Tape<Scalar>) {
    precondition(
      sources.count == x.points && grid.reduce(1, *) == x.points,
      "PointPermutation: \(sources.count) sources for a variable of shape \(x.shape)")
    inputs = [x]
    outputs = [tape.result(grid + [x.channels])]
    self.sources = sources
  }

  func forward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    for sample in 0..<context.samples {
      let from = context.input(0) + sample * inputs[0].count
      let into = context.output() + sample * inputs[0].count
      for (point, source) in sources.enumerated() {
        (into + point * channels).update(from: from + source * channels, count: channels)
      }
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let gradient = context.inputGradient(0) else { return }
    let (channels, kernels) = (inputs[0].channels, Scalar.networkKernels)
    let accumulates = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      let from = context.outputGradient() + sample * inputs[0].count
      let into = gradient + sample * inputs[0].count
      for (point, source) in sources.enumerated() {
        let (dy, dx) = (from + point * channels, into + source * channels)
        if accumulates { kernels.add(channels, dy, dx) } else { dx.update(from: dy, count: channels) }
      }
    }
  }
}
