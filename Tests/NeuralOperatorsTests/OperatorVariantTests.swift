import Arrays
import Differentiation
import Foundation
import Learning
import NeuralOperators
import Testing

@Suite struct OperatorVariantTests {
  private func check(_ network: some Layer, input: [Int]) {
    let (tape, x, _, loss) = makeTape(network, input: input, samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  @Test(arguments: [([16], [5]), ([8, 9], [3, 4]), ([5, 6, 8], [2, 3, 3])], [nil, Dense(outputs: 4)])
  func modernGradients(_ shape: ([Int], [Int]), _ normalization: Dense?) {
    for form in FourierNeuralOperator.Form.allCases {
      var network = FourierNeuralOperator(
        modes: shape.1, width: 4, layers: 2, projection: 6, outputs: 2, initial: .normal)
      network.form = form
      // Any layer that keeps the shape may stand where a normalisation does.
      network.block.normalization = normalization
      check(network, input: shape.0 + [2])
    }
  }

  /// Layers that are repeated have one set of weights, whose gradient is the sum over all turns.
  @Test(arguments: [FourierNeuralOperator.Form.original, .modern])
  func repeatedLayersShareTheirWeights(_ form: FourierNeuralOperator.Form) {
    var network = FourierNeuralOperator(
      modes: [3, 3], width: 4, layers: 2, projection: 6, outputs: 1, initial: .normal)
    network.form = form
    let once = makeTape(network, input: [6, 7, 2], samples: 1).tape.store.layout
    network.repeats = 3
    check(network, input: [6, 7, 2])
    #expect(makeTape(network, input: [6, 7, 2], samples: 1).tape.store.layout.count == once.count)
    var factorized = FactorizedOperator(modes: [3, 3], width: 4, layers: 1)
    let count = makeTape(factorized, input: [6, 7, 2], samples: 1).tape.store.layout.count
    factorized.repeats = 2
    check(factorized, input: [6, 7, 2])
    #expect(makeTape(factorized, input: [6, 7, 2], samples: 1).tape.store.layout.count == count)
  }

  @Test(arguments: [
    ([8], [AxisBasis.fourier]), ([9], [.fourier]), ([7, 6], [.cosineNodes, .fourier]),
    ([6, 5], [.cosineCells, .sineNodes]),
  ])
  func bandLimitedGradients(_ points: [Int], _ bases: [AxisBasis]) {
    var block = SpectralBlock(outputs: 3, modes: points.map { _ in 3 }, initial: .normal)
    block.bases = bases
    block.activationSampling = 2
    check(block, input: points + [2])
    check(BandLimitedActivation(.tanh, sampling: 3, bases: bases), input: points + [2])
  }

  @Test(arguments: [
    ([8], [CoordinateChannels.Placement.periodic]), ([7], [.nodes]), ([5, 6], [.periodic, .cells]),
    ([4, 5], [.cells, .nodes]), ([3, 4, 5], [.nodes, .periodic, .cells]),
  ])
  func localGradients(_ points: [Int], _ placements: [CoordinateChannels.Placement]) {
    let block = localBlock(points.count, placements)
    let (tape, x, _, loss) = makeTape(block, input: points + [2], samples: 2)
    let slot = tape.store.layout["local.weight"]!
    let stream = RandomStream(seed: 2, purpose: "local")
    tape.store.set(
      slot, to: NDArray(shape: slot.shape, (0..<slot.count).map { stream.normals(at: UInt64($0)).x }))
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  private func localBlock(_ axes: Int, _ placements: [CoordinateChannels.Placement]) -> SpectralBlock {
    var block = SpectralBlock(
      outputs: 2, modes: Array(repeating: 2, count: axes), activation: .gelu, initial: .normal)
    block.bases = placements.map { $0 == .periodic ? .fourier : $0 == .cells ? .cosineCells : .cosineNodes }
    block.local = DifferenceStencil(placements)
    return block
  }

  /// The branch converges to a derivative, of first order at the ends, and vanishes on constants.
  @Test(arguments: [CoordinateChannels.Placement.periodic, .cells, .nodes])
  func localBranchIsADerivative(_ placement: CoordinateChannels.Placement) {
    var errors: [Double] = []
    for n in [32, 64] {
      let tape = Tape(ParameterStore<Double>(), capacity: 1)
      let x = tape.input([n, 1])
      var block = localBlock(1, [placement])
      block.outputs = 1
      block.hasPointwisePath = false
      block.activation = .identity
      let y = block(x, tape)
      tape.finish(results: [y])
      tape.store.initialize(seed: 1)
      tape.store.set(
        tape.store.layout["spectral"]!,
        to: NDArray(
          shape: tape.store.layout["spectral"]!.shape,
          Array(repeating: 0, count: tape.store.layout["spectral"]!.count)))
      tape.store.set(tape.store.layout["local.weight"]!, to: NDArray(shape: [2, 1, 1], [-0.5, 0.5]))
      let points = (0..<n).map {
        placement == .periodic
          ? Double($0) / Double(n)
          : placement == .cells ? (Double($0) + 0.5) / Double(n) : Double($0) / Double(n - 1)
      }
      for (index, position) in points.enumerated() { tape.values(x)[index] = sin(2 * .pi * position) }
      tape.forward(samples: 1)
      errors.append(
        points.enumerated().map { abs(tape.values(y)[$0] - 2 * .pi * cos(2 * .pi * $1)) }.max()!)
      for index in 0..<n { tape.values(x)[index] = 3 }
      tape.forward(samples: 1)
      for index in 0..<n { #expect(abs(tape.values(y)[index]) < 1e-12) }
    }
    #expect(errors[0] / errors[1] > 3, "\(errors)")
  }

  @Test(arguments: [([16], [[5], [3], [3], [5]]), ([12, 10], [[3, 3], [2, 2], [2, 2], [3, 3]])])
  func shapedGradients(_ points: [Int], _ modes: [[Int]]) {
    var network = shaped(modes)
    check(network, input: points + [2])
    network.block.bases = points.map { _ in .cosineNodes }
    check(network, input: points + [2])
  }

  private func shaped(_ modes: [[Int]]) -> UShapedOperator {
    UShapedOperator(
      levels: zip(modes, zip([3, 4, 4, 3], [1, 0.5, 1, 2])).map {
        .init(width: $1.0, modes: $0, scaling: $1.1)
      },
      width: 3, projection: 5, outputs: 2)
  }

  /// Without activations the network is the same function on every grid that holds its bands.
  @Test func shapedOperatorOnFinerGrids() {
    let store = ParameterStore<Double>()
    var network = shaped([[4], [3], [3], [4]])
    network.block.activation = .identity
    var values: [[Double]] = []
    for n in [20, 40] {
      let tape = Tape(store, capacity: 1)
      let x = tape.input([n, 1])
      // Coordinates have a jump at the end of a period, which no grid holds.
      let y = network.recordLevels(x, tape)
      tape.finish(results: [y])
      if !store.isInitialized { store.initialize(seed: 1) }
      for index in 0..<n {
        let t = Double(index) / Double(n)
        tape.values(x)[index] = cos(2 * .pi * t) + 0.5 * sin(4 * .pi * t) - 0.3 * cos(8 * .pi * t) + 0.2
      }
      tape.forward(samples: 1)
      values.append((0..<20).map { tape.values(y)[$0 * (n / 20) * 3] })
    }
    for (a, b) in zip(values[0], values[1]) { #expect(abs(a - b) < 1e-12) }
  }

  /// What a layer, its activation and a second layer make of a band-limited function, on two grids.
  @Test func activationsDoNotAlias() {
    func difference(_ sampling: Int) -> Double {
      let store = ParameterStore<Double>()
      var values: [[Double]] = []
      for n in [24, 192] {
        let tape = Tape(store, capacity: 1)
        let x = tape.input([n, 1])
        var first = SpectralBlock(outputs: 8, modes: [8], initial: .normal)
        first.activationSampling = sampling
        let second = SpectralBlock(
          outputs: 1, modes: [8], activation: .identity, hasPointwisePath: false, initial: .normal)
        let v = tape.scope("0") { first(x, tape) }
        let y = tape.scope("1") { second(v, tape) }
        tape.finish(results: [y])
        if !store.isInitialized { store.initialize(seed: 2) }
        for index in 0..<n {
          let t = 2 * .pi * Double(index) / Double(n)
          tape.values(x)[index] = (1...7).reduce(0) { $0 + cos(Double($1) * t + Double($1 * $1)) }
        }
        tape.forward(samples: 1)
        values.append((0..<24).map { tape.values(y)[$0 * (n / 24)] })
      }
      let size = values[1].reduce(0) { $0 + $1 * $1 }
      return (zip(values[0], values[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size).squareRoot()
    }
    let (plain, limited, finer) = (difference(1), difference(2), difference(4))
    print("aliasing: plain \(plain), twice \(limited), four times \(finer)")
    #expect(limited < plain / 5 && finer < limited / 2, "\(plain) \(limited) \(finer)")
  }

  /// Modes that are not active get no gradient, and change nothing.
  @Test func masksLeaveWeightsAlone() {
    var block = SpectralBlock(outputs: 2, modes: [3, 4], initial: .normal)
    block.activeModes = [2, 2]
    let (tape, x, _, loss) = makeTape(block, input: [8, 9, 2], samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2, tries: 200)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }
}
