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
    targetShape: [Int], capacity: Int, parameterCopies: Int
  ) throws(LearningError) {
    tape = Tape(store, capacity: capacity)
    input = tape.input(inputShape)
    target = tape.input(targetShape)
    let result = network(input, tape)
    // Before anything as large is asked for.
    let needed = store.layout.extent.multipliedReportingOverflow(
      by: parameterCopies * MemoryLayout<Scalar>.stride)
    guard !needed.overflow, needed.partialValue <= PhysicalMemory.bytes else {
      throw .tooLarge(
        parameters: store.layout.count, neededBytes: needed.overflow ? .max : needed.partialValue,
        availableBytes: PhysicalMemory.bytes)
    }
    guard result.count == target.count else {
      throw .mismatchedShapes(network: result.shape, target: targetShape)
    }
    // A last axis of one channel may be left out of the data.
    prediction = result.reshaped(targetShape)
    self.loss = loss(prediction, target, tape)
    tape.finish(results: [prediction, self.loss])
  }
}
