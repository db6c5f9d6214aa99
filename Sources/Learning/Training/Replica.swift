import Arrays
import Differentiation

/// The network with its loss, recorded for one worker.
final class Replica<Scalar: NetworkScalar> {
  let tape: Tape<Scalar>
  let input: Variable
  let target: Variable
  let prediction: Variable
  let loss: Variable

  init(
    _ network: any Layer, loss: any Loss, store: ParameterStore<Scalar>, inputShape: [Int],
    targetShape: [Int],
    capacity: Int
  ) throws(LearningError) {
    tape = Tape(store, capacity: capacity)
    input = tape.input(inputShape)
    target = tape.input(targetShape)
    let result = network(input, tape)
    guard result.count == target.count else {
      throw .mismatchedShapes(network: result.shape, target: targetShape)
    }
    // A last axis of one channel may be left out of the data.
    prediction = result.reshaped(targetShape)
    self.loss = loss(prediction, target, tape)
    tape.finish(results: [prediction, self.loss])
  }
}
