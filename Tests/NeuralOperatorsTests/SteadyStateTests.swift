import Arrays
import Differentiation
import Learning
import NeuralOperators
import TestSupport
import Testing

/// A step of a network that has been run before takes no memory.
@Suite struct SteadyStateTests {
  private static let networks: [any Layer] = {
    var factored = FourierNeuralOperator(modes: [3, 3], width: 4, layers: 2, projection: 6)
    factored.form = .modern
    factored.block.factorization = SpectralFactorization(.cp, rank: 0.3)
    var bounded = FourierNeuralOperator(modes: [3, 3], width: 4, layers: 2, projection: 6)
    bounded.block.bases = [.fourier, .sineNodes]
    bounded.block.activationSampling = 2
    bounded.block.local = DifferenceStencil([.periodic, .nodes])
    bounded.block.activeModes = [2, 3]
    var shaped = UShapedOperator(
      levels: [.init(width: 4, modes: [3, 3], scaling: 0.5), .init(width: 4, modes: [2, 2], scaling: 2)],
      width: 3)
    shaped.block.bases = [.cosineCells, .cosineNodes]
    return [
      factored, bounded, shaped,
      FactorizedOperator(modes: [3, 3], width: 4, layers: 2, projection: 6),
      FourierNeuralOperator(modes: [3, 3], width: 4, layers: 2, projection: 6),
    ]
  }()

  @Test(arguments: networks.indices) func allocatesNothing(_ number: Int) {
    check(Self.networks[number])
  }

  private func check(_ network: some Layer) {
    let (tape, _, _, loss) = makeTape(network, input: [8, 9, 2], samples: 2)
    let gradients = AlignedStorage<Double>(count: tape.store.layout.extent)
    func step() {
      tape.forward(samples: 2)
      tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    }
    for _ in 0..<3 { step() }
    #expect(allocations { step() } == 0)
  }
}
