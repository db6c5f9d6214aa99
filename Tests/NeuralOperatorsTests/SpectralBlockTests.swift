import Arrays
import Differentiation
import Foundation
import Learning
import NeuralOperators
import Testing

/// A tape with a network, a loss and random data.
func makeTape(
  _ network: some Layer, input: [Int], samples: Int = 3, seed: UInt64 = 7
) -> (tape: Tape<Double>, x: Variable, y: Variable, loss: Variable) {
  let tape = Tape(ParameterStore<Double>(), capacity: samples)
  let x = tape.input(input, wantsGradient: true)
  let y = network(x, tape)
  let target = tape.input(y.shape)
  let loss = RelativeL2Operation(y, target, on: tape)
  tape.record(loss)
  tape.finish(results: [y, loss.outputs[0]])
  tape.store.initialize(seed: seed)
  fillRandomly(tape.values(x), x.count * samples, "input")
  fillRandomly(tape.values(target), target.count * samples, "target")
  return (tape, x, y, loss.outputs[0])
}

func fillRandomly(_ values: UnsafeMutablePointer<Double>, _ count: Int, _ purpose: String) {
  let stream = RandomStream(seed: 5, purpose: purpose)
  for index in 0..<count { values[index] = stream.normals(at: UInt64(index)).x }
}

@Suite struct SpectralBlockTests {
  @Test(
    arguments: [
      ([16], [5]), ([15], [4]), ([8], [9]), ([8, 10], [3, 4]), ([9, 7], [2, 3]), ([6, 8], [5, 6]),
      ([6, 5, 8], [2, 2, 3]), ([4, 6, 7], [3, 2, 2]), ([5, 5, 5], [2, 2, 2]),
    ])
  func gradientsAreThoseOfDifferences(_ points: [Int], _ modes: [Int]) {
    for activation in [Activation.identity, .gelu] {
      let block = SpectralBlock(outputs: 3, modes: modes, activation: activation, initial: .normal)
      let (tape, x, _, loss) = makeTape(block, input: points + [2])
      let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 3)
      #expect(check.largestError < 1e-7, "\(check.errors)")
    }
  }

  @Test(arguments: [([32], [5]), ([12, 16], [4, 5]), ([8, 12, 10], [3, 3, 4])])
  func operatorGradients(_ points: [Int], _ modes: [Int]) {
    let network = FourierNeuralOperator(modes: modes, width: 6, layers: 3, projection: 10, outputs: 2)
    let (tape, x, _, loss) = makeTape(network, input: points + [2], samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }
}
