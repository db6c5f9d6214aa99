import Arrays
import Differentiation
import Learning
import NeuralOperators
import Testing

@Suite struct ModeGrowthTests {
  /// Takes in an epoch of weights that have one number per mode.
  private func update(_ growth: inout ModeGrowth, loss: Double, gradient: [Double]? = nil) -> Bool {
    var layout = ParameterLayout()
    let modes = growth.modes
    layout.append(name: "spectral", shape: [2 * modes[0] * modes[1], 1, 1, 1], role: .spectral)
    let values = AlignedStorage<Double>(count: layout.extent)
    for (index, value) in (gradient ?? []).enumerated() { values.baseAddress[index] = value }
    return withUnsafePointer(to: values.baseAddress) { pointer in
      growth.update(loss: loss, gradients: UnsafeBufferPointer(start: pointer, count: 1), layout: layout)
    }
  }

  @Test func growsWhenTheLossStands() {
    var growth = ModeGrowth(modes: [4, 3], start: [2, 2], rule: .lossGap(0.01))
    var steps: [[Int]] = []
    let grows = [1, 0.9, 0.899, 0.899, 0.899].map { loss in
      defer { steps.append(growth.inUse) }
      return update(&growth, loss: loss)
    }
    #expect(grows == [false, false, true, true, false])
    #expect(steps == [[2, 2], [2, 2], [3, 3], [4, 3], [4, 3]])
  }

  @Test func growsWhereTheLastModesMatter() {
    var growth = ModeGrowth(modes: [3, 4], start: [2, 3], rule: .explainedVariance(0.9, buffer: 1))
    // Rows are the frequencies 0, 1, 2, −3, −2, −1 of the first axis: 5 in 0 and −1, 0.01 in −2.
    let zeros = [0.0, 0, 0, 0]
    let gradient = [2, 0, 1, 0] + zeros + zeros + zeros + [0.1, 0, 0, 0] + zeros
    #expect(update(&growth, loss: 1, gradient: gradient))
    #expect(growth.inUse == [2, 4])
    #expect(!update(&growth, loss: 1, gradient: [2, 0, 0, 0]))
  }

  /// Modes that are not in use change nothing and get no gradient; those that are act as in the whole network.
  @Test(arguments: [nil, [AxisBasis.fourier, .sineCells], [.cosineNodes, .cosineCells]])
  func unusedModesAreAsIfZero(_ bases: [AxisBasis]?) throws {
    let modes = [3, 4]
    let store = ParameterStore<Double>()
    var network = FourierNeuralOperator(modes: modes, width: 4, layers: 2, projection: 5, initial: .normal)
    network.block.bases = bases ?? []
    let growth = ModeGrowth(modes: modes, bases: bases ?? [], start: [1, 2], rule: .lossGap(0))
    let limited = try #require(growth.limited(network))
    var results: [[Double]] = []
    for (number, candidate) in [limited, network].enumerated() {
      let tape = Tape(store, capacity: 1)
      let x = tape.input([8, 9, 2])
      let y = candidate(x, tape)
      tape.finish(results: [y])
      if number == 0 { store.initialize(seed: 3) }
      fillRandomly(tape.values(x), x.count, "input")
      tape.forward(samples: 1)
      results.append((0..<y.count).map { tape.values(y)[$0] })
      guard number == 0 else { continue }
      let gradients = AlignedStorage<Double>(count: store.layout.extent)
      tape.backward(from: y, seed: 1, gradients: gradients.baseAddress)
      let strengths = withUnsafePointer(to: gradients.baseAddress) {
        growth.strengths(of: UnsafeBufferPointer(start: $0, count: 1), store.layout)
      }
      // For the whole network what is not in use is made zero.
      growth.clearUnused(store)
      #expect(strengths[0][0] > 0 && strengths[0][1...].allSatisfy { $0 == 0 })
      #expect(strengths[1][1] > 0 && strengths[1][2...].allSatisfy { $0 == 0 })
    }
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) < 1e-13) }
  }

  @Test func reachesNetworksWithinOthers() {
    let network = FourierNeuralOperator(modes: [3, 3], width: 4)
    let growth = ModeGrowth(modes: [3, 3], start: [2, 2], rule: .lossGap(0.1))
    let inner = (growth.limited(RollOut(frames: 2, network)) as? RollOut)?.network as? FourierNeuralOperator
    #expect(inner?.block.activeModes == [2, 2])
    #expect(growth.limited(Dense(outputs: 1)) == nil)
  }
}
