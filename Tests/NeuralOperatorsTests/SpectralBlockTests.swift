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

  @Test(arguments: [([12], [4]), ([8, 9], [3, 4]), ([5, 6, 8], [2, 3, 3]), ([6, 4], [5, 4])])
  func factorizedGradients(_ points: [Int], _ modes: [Int]) {
    let network = FactorizedOperator(modes: modes, width: 5, layers: 2, projection: 8, outputs: 2)
    let (tape, x, _, loss) = makeTape(network, input: points + [2], samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  @Test func gradientsThroughTime() {
    let space = FourierNeuralOperator(modes: [3, 3], width: 4, layers: 2, projection: 6)
    let time = FourierNeuralOperator(
      modes: [3, 3, 3], width: 4, layers: 2, projection: 6, coordinates: [.periodic, .periodic, .nodes],
      padding: [0, 0, 0.4])
    let networks: [any Layer] = [
      RollOut(frames: 3, space), RollOut(frames: 3, addsToLast: true, space), SpaceTime(frames: 5, time),
    ]
    for network in networks {
      let (tape, x, _, loss) = makeTape(Sequential([network]), input: [7, 8, 4], samples: 2)
      let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
      #expect(check.largestError < 1e-7, "\(check.errors)")
    }
  }

  /// Along one axis alone the factorised layer is the Fourier layer.
  @Test func factorizedLayerOnALine() {
    let store = ParameterStore<Double>()
    let tape = Tape(store, capacity: 1)
    let x = tape.input([14, 3])
    let weight = tape.parameter("spectral", [4, 2, 3, 2], role: .spectral) { values, _, _ in
      for index in values.indices { values[index] = Double(index % 7) - 3 }
    }
    let one = SpectralBlockOperation(
      x, weight: weight, modes: [4], pointwise: nil, activation: .identity, on: tape)
    tape.record(one)
    let other = FactorizedSpectralOperation(x, weights: [weight], modes: [4], on: tape)
    tape.record(other)
    tape.finish(results: [one.outputs[0], other.outputs[0]])
    store.initialize(seed: 0)
    fillRandomly(tape.values(x), 42, "input")
    tape.forward(samples: 1)
    for index in 0..<28 {
      #expect(abs(tape.values(one.outputs[0])[index] - tape.values(other.outputs[0])[index]) < 1e-12)
    }
  }
}
