import Arrays
import Differentiation
import Learning
import NeuralOperators
import Testing

@Suite struct ModeGrowthTests {
  @Test func growsWhenTheLossStands() {
    var growth = ModeGrowth(modes: [4, 3], start: [2, 2], rule: .lossGap(0.01))
    var steps: [[Int]] = []
    let grows = [1, 0.9, 0.899, 0.899, 0.899].map { loss in
      defer { steps.append(growth.active) }
      return growth.update(loss: loss)
    }
    #expect(grows == [false, false, true, true, false])
    #expect(steps == [[2, 2], [2, 2], [3, 3], [4, 3], [4, 3]])
  }

  @Test func growsWhereTheLastModesMatter() {
    var growth = ModeGrowth(modes: [4, 4], start: [2, 2], rule: .explainedVariance(0.9, buffer: 1))
    let grows = growth.update(loss: 1, strengths: [[1, 0.5, 0, 0], [1, 0.01, 0, 0]])
    #expect(grows)
    #expect(growth.active == [3, 2])
  }

  /// Modes that are not in use change nothing and get no gradient; those that are act as in the whole network.
  @Test(arguments: [nil, [AxisBasis.fourier, .sineCells], [.cosineNodes, .cosineCells]])
  func unusedModesAreAsIfZero(_ bases: [AxisBasis]?) {
    let modes = [3, 4]
    let store = ParameterStore<Double>()
    var network = FourierNeuralOperator(modes: modes, width: 4, layers: 2, projection: 5, initial: .normal)
    network.block.bases = bases ?? []
    let limited = network.limited(to: [1, 2])
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
      var strengths = modes.map { Array(repeating: 0.0, count: $0) }
      for slot in store.layout.slots where slot.name.hasSuffix("spectral") {
        let gradient = UnsafePointer(gradients.baseAddress + slot.offset)
        ModeGrowth.addStrengths(of: gradient, slot, modes: modes, bases: bases ?? [], to: &strengths)
        // What is not in use is made zero for the whole network; its gradient tells which that is.
        let values = store.values.buffer
        let size = slot.count / slot.shape[0]
        for mode in 0..<slot.shape[0]
        where (0..<size).allSatisfy({ gradient[mode * size + $0] == 0 }) {
          for index in 0..<size { values[slot.offset + mode * size + index] = 0 }
        }
      }
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
