import Arrays
import Differentiation
import Learning
import Testing

@Suite struct RecomputedTests {
  private func network(_ recomputes: Bool) -> any Layer {
    let block = Residual(
      Sequential([
        Convolution(outputs: 8, activation: .gelu), Convolution(outputs: 8), Normalization(.instance),
      ]))
    let layers = (0..<4).map { _ in recomputes ? Recomputed(block) as any Layer : block }
    return Sequential([Dense(outputs: 8)] + layers + [Perceptron(hidden: 16, outputs: 1)])
  }

  @Test func isTheSameToTheLastBitInLessMemory() {
    let samples = 2
    let (plain, x, y, loss) = makeTape(network(false), input: [12, 12, 3], samples: samples)
    let (other, u, v, sum) = makeTape(network(true), input: [12, 12, 3], samples: samples)
    #expect(plain.store.layout == other.store.layout)
    let extent = plain.store.layout.extent
    let (gradients, others) = (AlignedStorage<Double>(count: extent), AlignedStorage<Double>(count: extent))
    for accumulates in [false, true] {
      plain.forward(samples: samples)
      other.forward(samples: samples)
      plain.backward(from: loss, seed: 1, gradients: gradients.baseAddress, accumulates: accumulates)
      other.backward(from: sum, seed: 1, gradients: others.baseAddress, accumulates: accumulates)
      #expect((0..<samples * y.count).allSatisfy { plain.values(y)[$0] == other.values(v)[$0] })
      #expect((0..<extent).allSatisfy { gradients.buffer[$0] == others.buffer[$0] })
      #expect((0..<samples * x.count).allSatisfy { plain.gradient(x)[$0] == other.gradient(u)[$0] })
    }
    #expect(Double(other.arenaCount) < 0.7 * Double(plain.arenaCount))
  }

  /// A parameter that is used inside, outside and in several parts gets the sum of all.
  @Test func sharesParameters() {
    struct Shared: Layer {
      var recomputes: Bool
      func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
        let dense = Dense(outputs: 4, activation: .tanh)
        let part: any Layer = recomputes ? Recomputed(dense) : dense
        return dense(part(part(x, tape), tape), tape)
      }
    }
    let (plain, x, _, loss) = makeTape(Shared(recomputes: false), input: [5, 4], samples: 2)
    let check = GradientCheck(plain, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7)
    let (other, _, _, sum) = makeTape(Shared(recomputes: true), input: [5, 4], samples: 2)
    let extent = plain.store.layout.extent
    let (gradients, others) = (AlignedStorage<Double>(count: extent), AlignedStorage<Double>(count: extent))
    plain.forward(samples: 2)
    other.forward(samples: 2)
    plain.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    other.backward(from: sum, seed: 1, gradients: others.baseAddress)
    #expect((0..<extent).allSatisfy { gradients.buffer[$0] == others.buffer[$0] })
  }
}
