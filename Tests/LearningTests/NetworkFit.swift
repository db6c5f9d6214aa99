import Arrays
import Differentiation
import Learning
import TestSupport

/// A small network that is fitted to a smooth function of one variable at a few points: one batch, a loss without noise.
final class NetworkFit<Scalar: LearningScalar> {
  let store = ParameterStore<Scalar>()
  private let tape: Tape<Scalar>
  private let loss: Variable
  private let gradient: AlignedStorage<Scalar>
  private let pointer: AlignedStorage<UnsafeMutablePointer<Scalar>>
  /// Of the loss and its gradient, all that there were.
  private(set) var evaluations = 0
  private static var points: Int { 40 }

  init(hidden: Int, seed: UInt64) {
    tape = Tape(store, capacity: 1, isTraining: true)
    let input = tape.input([Self.points, 1])
    let target = tape.input([Self.points, 1])
    let prediction = Perceptron(hidden: hidden, outputs: 1, activation: .tanh)(input, tape)
    loss = MeanSquare()(prediction, target, tape)
    tape.finish(results: [loss])
    store.initialize(seed: seed)
    gradient = AlignedStorage(count: store.layout.extent)
    pointer = AlignedStorage(count: 1)
    pointer.baseAddress[0] = gradient.baseAddress
    for point in 0..<Self.points {
      let x = 2 * Double(point) / Double(Self.points - 1) - 1
      tape.values(input)[point] = Scalar(x)
      tape.values(target)[point] = Scalar(1 / (1 + 4 * x * x) + 0.5 * x)
    }
  }

  /// The loss at the parameters, and its gradient.
  func evaluate() -> Double {
    evaluations += 1
    tape.forward(samples: 1)
    tape.backward(from: loss, seed: 1, gradients: gradient.baseAddress, accumulates: false)
    return Double(tape.values(loss)[0])
  }

  /// Steps until the loss is this share of the first, or for so many evaluations.
  ///
  /// - Returns: the last loss over the first.
  func run(_ optimizer: any Optimizer<Scalar>, rate: Double, until share: Double, most: Int) -> Double {
    let first = evaluate()
    var loss = first
    while loss > share * first, evaluations < most {
      var step = OptimizerStep(
        parameters: store.values.baseAddress,
        gradients: UnsafeBufferPointer(start: pointer.baseAddress, count: 1), rate: rate)
      step.loss = loss
      let outcome = optimizer.step(step) { evaluate() }
      // The line search has evaluated the point where it ended last; others have not.
      loss = outcome.loss ?? evaluate()
    }
    return loss / first
  }
}
