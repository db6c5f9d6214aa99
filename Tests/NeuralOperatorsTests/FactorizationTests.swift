import Arrays
import Differentiation
import Learning
import NeuralOperators
import Testing

@Suite struct FactorizationTests {
  private static let forms = SpectralFactorization.Form.allCases

  private func block(
    _ factorization: SpectralFactorization?, modes: [Int], outputs: Int = 3, activation: Activation = .gelu
  ) -> SpectralBlock {
    var block = SpectralBlock(outputs: outputs, modes: modes, activation: activation, initial: .normal)
    block.factorization = factorization
    return block
  }

  @Test(arguments: forms, [([12], [4]), ([8, 9], [3, 4]), ([6, 5, 8], [2, 2, 3]), ([6, 4], [5, 4])])
  func gradientsAreThoseOfDifferences(_ form: SpectralFactorization.Form, _ shape: ([Int], [Int])) {
    let (tape, x, _, loss) = makeTape(
      block(SpectralFactorization(form, rank: 0.5), modes: shape.1), input: shape.0 + [2])
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 3)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  /// A network that is applied to its own answers puts its weights together once.
  @Test(arguments: forms) func gradientsThroughSteps(_ form: SpectralFactorization.Form) {
    var network = FourierNeuralOperator(modes: [3, 3], width: 4, layers: 2, projection: 6)
    network.block.factorization = SpectralFactorization(form, rank: 0.4)
    let (tape, x, _, loss) = makeTape(RollOut(frames: 3, network), input: [7, 8, 2], samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  @Test(arguments: forms, [0.01, 0.1, 0.42, 1])
  func parametersAreWithinTheBudget(_ form: SpectralFactorization.Form, _ rank: Double) {
    let factorization = SpectralFactorization(form, rank: rank)
    for shape in [[16, 2, 32, 32], [24, 12, 2, 20, 20], [16, 16, 8, 2, 20, 20]] {
      let dense = Double(shape.reduce(1, *))
      let ranks = factorization.ranks(shape: shape)
      let share = Double(factorization.count(shape: shape, ranks: ranks)) / dense
      // No more than was asked for; and so near that one rank more of the smallest kind would be too many.
      if !ranks.allSatisfy({ $0 == 1 }) { #expect(share <= rank) }
      if rank * dense > 1000 { #expect(share > 0.9 * rank, "\(form) \(shape): \(share)") }
      let store = ParameterStore<Double>()
      let tape = Tape(store, capacity: 1)
      let modes = Array(shape.dropLast(3))
      // The leading axes have frequencies of both signs.
      let half = modes.dropLast().map { $0 / 2 } + [modes[modes.count - 1]]
      var layer = SpectralBlock(outputs: shape[shape.count - 1], modes: half, hasPointwisePath: false)
      layer.factorization = factorization
      _ = layer(tape.input(half.map { 2 * $0 } + [shape[shape.count - 2]]), tape)
      #expect(store.layout.count == factorization.count(shape: shape, ranks: ranks))
    }
  }

  /// With ranks as large as the tensor's any dense weight is reproduced.
  @Test(arguments: forms) func fullRankIsDense(_ form: SpectralFactorization.Form) {
    let (points, modes, inputs, outputs) = ([8, 9], [2, 3], 2, 3)
    let shape = [4, 3, 2, inputs, outputs]
    let rank = form == .tucker ? 1.0 : 20
    let factorization = SpectralFactorization(form, rank: rank)
    let random = { (index: Int) in RandomStream(seed: 3, purpose: "weight").normals(at: UInt64(index)).x }
    let dense = (0..<shape.reduce(1, *)).map(random)
    var results: [[Double]] = []
    for candidate in [nil, factorization] {
      let tape = Tape(ParameterStore<Double>(), capacity: 1)
      let x = tape.input(points + [inputs])
      var layer = block(candidate, modes: modes, outputs: outputs, activation: .identity)
      layer.hasPointwisePath = false
      let y = layer(x, tape)
      tape.finish(results: [y])
      tape.store.initialize(seed: 1)
      for slot in tape.store.layout.slots {
        tape.store.set(slot, to: NDArray(shape: slot.shape, values(slot, form, shape, dense)))
      }
      fillRandomly(tape.values(x), x.count, "input")
      tape.forward(samples: 1)
      results.append((0..<y.count).map { tape.values(y)[$0] })
    }
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) < 1e-12) }
  }

  /// The numbers of a slot whose product is `dense`.
  private func values(
    _ slot: ParameterSlot, _ form: SpectralFactorization.Form, _ shape: [Int], _ dense: [Double]
  ) -> [Double] {
    guard let axis = slot.name.split(separator: ".").last.flatMap({ Int($0) }) else { return dense }
    let last = shape.count - 1
    var values = Array(repeating: 0.0, count: slot.count)
    switch form {
    case .tucker: preconditionFailure("There are no factors of full rank")
    case .cp:
      // A term for each index of all axes but the last.
      let behind = shape[(axis + 1)...].dropLast().reduce(1, *)
      for term in 0..<shape.dropLast().reduce(1, *) {
        for index in 0..<shape[axis] {
          values[term * shape[axis] + index] =
            axis == last ? dense[term * shape[last] + index] : (term / behind % shape[axis] == index ? 1 : 0)
        }
      }
    case .tensorTrain:
      // Cores that only rename indices, up to the axis where as many are before as behind.
      let (before, behind) = (slot.shape[0], slot.shape[2])
      let right = shape[(axis + 1)...].reduce(1, *)
      let all = shape[axis]
      for a in 0..<before {
        for index in 0..<all {
          for b in 0..<behind {
            let place = (a * all + index) * behind + b
            if before == all * right {
              values[place] = a == index * right + b ? 1 : 0
            } else if behind == right {
              values[place] = dense[(a * all + index) * right + b]
            } else {
              values[place] = a * all + index == b ? 1 : 0
            }
          }
        }
      }
    }
    return values
  }

  /// The weights begin with the variance of dense ones.
  @Test(arguments: forms, SpectralBlock.Initial.allCases)
  func varianceIsThatOfDenseWeights(_ form: SpectralFactorization.Form, _ initial: SpectralBlock.Initial) {
    let width = 16
    var square = 0.0
    let seeds = 40
    // The response to a cosine of one channel is Re W cos − Im W sin, of mean square that of a part's variance.
    for seed in 0..<seeds {
      let tape = Tape(ParameterStore<Double>(), capacity: 1)
      let x = tape.input([16, width])
      var layer = SpectralBlock(
        outputs: width, modes: [6], activation: .identity, hasPointwisePath: false, initial: initial)
      layer.factorization = SpectralFactorization(form, rank: 0.8)
      let y = layer(x, tape)
      tape.finish(results: [y])
      tape.store.initialize(seed: UInt64(seed))
      let roots = (0..<16).map { cosine(Double($0) / 16) }
      for point in 0..<16 {
        for channel in 0..<width { tape.values(x)[point * width + channel] = channel == 3 ? roots[point] : 0 }
      }
      tape.forward(samples: 1)
      square += (0..<y.count).reduce(0.0) { $0 + tape.values(y)[$1] * tape.values(y)[$1] } / Double(y.count)
    }
    let variance =
      initial == .normal ? 1 / Double(2 * width) : 1 / (12 * Double(width * width * width * width))
    let ratio = square / Double(seeds) / variance
    #expect(ratio > 0.6 && ratio < 1.6, "\(ratio)")
  }
}
