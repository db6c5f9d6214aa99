public import Differentiation

/// ‖p − t‖ / ‖t‖ of every sample, over all points and channels.
public final class RelativeL2Operation<Scalar: NetworkScalar>: Operation {
  public let inputs: [Variable]
  public let outputs: [Variable]
  private let norms: TapeBuffer

  public init(_ prediction: Variable, _ target: Variable, on tape: Tape<Scalar>) {
    precondition(
      prediction.shape == target.shape,
      "RelativeL2: shapes \(prediction.shape) and \(target.shape) must be equal")
    inputs = [prediction, target]
    outputs = [tape.result([1])]
    // ‖p − t‖ and ‖t‖ of every sample.
    norms = tape.buffer(2 * tape.capacity, .saved)
  }

  public func forward(_ context: OperationContext<Scalar>) {
    let count = inputs[0].count
    let kept = context.buffer(norms)
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      let (distance, size) = squaredNorms(p, t, count)
      kept[2 * sample] = Scalar(distance.squareRoot())
      kept[2 * sample + 1] = Scalar(max(size.squareRoot(), .leastNormalMagnitude))
      context.output()[sample] = kept[2 * sample] / kept[2 * sample + 1]
    }
  }

  public func backward(_ context: OperationContext<Scalar>) {
    guard let dp = context.inputGradient(0) else { return }
    let count = inputs[0].count
    let kept = context.buffer(norms)
    let adds = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      let norm = kept[2 * sample] * kept[2 * sample + 1]
      // At the minimum any slope will do, and none is the one that stays.
      let factor = norm > 0 ? context.outputGradient()[sample] / norm : 0
      scaledDifference(p, t, factor, into: dp + sample * count, count: count, adding: adds)
    }
  }
}
