import Arrays
import Differentiation
import Learning
import TestSupport

/// A tape with a layer and the sum of its results with random weights, in training unless said otherwise.
func makeTape<Scalar: NetworkScalar>(
  _ layer: any Layer, input: [Int], samples: Int, store: ParameterStore<Scalar>, differentiates: Bool = true,
  isTraining: Bool = true
) -> (tape: Tape<Scalar>, x: Variable, y: Variable, loss: Variable) {
  let made = makeWeighedTape(
    layer, input: input, samples: samples, store: store, differentiates: differentiates,
    isTraining: isTraining)
  return (made.tape, made.x, made.y, made.loss)
}

/// The same, with the weights.
func makeWeighedTape<Scalar: NetworkScalar>(
  _ layer: any Layer, input: [Int], samples: Int, store: ParameterStore<Scalar>,
  differentiates: Bool = true, isTraining: Bool = true
) -> (tape: Tape<Scalar>, x: Variable, y: Variable, loss: Variable, weights: Variable) {
  let tape = Tape(store, capacity: samples, differentiates: differentiates, isTraining: isTraining)
  let x = tape.input(input, wantsGradient: true)
  let y = layer(x, tape)
  let weights = tape.input(y.shape)
  let sum = WeightedSum(y, weights, on: tape)
  tape.record(sum)
  tape.finish(results: [y, sum.outputs[0]])
  if !store.isInitialized { store.initialize(seed: 7) }
  fillRandomly(tape.values(x), x.count * samples, "input")
  fillRandomly(tape.values(weights), y.count * samples, "weights")
  return (tape, x, y, sum.outputs[0], weights)
}

/// The same in double precision, with parameters of its own.
func makeTape(
  _ layer: any Layer, input: [Int], samples: Int
) -> (tape: Tape<Double>, x: Variable, y: Variable, loss: Variable) {
  makeTape(layer, input: input, samples: samples, store: ParameterStore<Double>())
}

/// Standard normal numbers, rounded to `Float` so that both types get the same.
func fillRandomly<Scalar: NetworkScalar>(
  _ values: UnsafeMutablePointer<Scalar>, _ count: Int, _ purpose: String
) {
  let stream = RandomStream(seed: 5, purpose: purpose)
  for index in 0..<count {
    values[index] = Scalar(Float(stream.normals(at: UInt64(index / 2))[index % 2]))
  }
}
