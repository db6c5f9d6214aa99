package import Differentiation

/// `(1/n) Σ (p − t)²` of every sample, over all points and channels.
package final class MeanSquareOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]

  package init(_ prediction: Variable, _ target: Variable, on tape: Tape<Scalar>) {
    precondition(
      prediction.shape == target.shape,
      "MeanSquare: shapes \(prediction.shape) and \(target.shape) must be equal")
    inputs = [prediction, target]
    outputs = [tape.result([1])]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let count = inputs[0].count
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      context.output()[sample] = Scalar(squaredNorms(p, t, count).distance / Double(count))
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dp = context.inputGradient(0) else { return }
    let count = inputs[0].count
    let adds = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      scaledDifference(
        p, t, 2 * context.outputGradient()[sample] / Scalar(count), into: dp + sample * count, count: count,
        adding: adds)
    }
  }
}
