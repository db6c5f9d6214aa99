import Arrays
import Differentiation
import Foundation
import Learning
import TestSupport
import Testing

/// Every layer, in one and more dimensions where that matters.
private let examples: [LayerExample] = {
  var all: [LayerExample] = [
    LayerExample("dense", Dense(outputs: 5, activation: .gelu), [7, 3]),
    LayerExample("dense, linear", Dense(outputs: 5, hasBias: false), [7, 3], isLinear: true),
    LayerExample(
      "dense, of all widths of lanes", Dense(outputs: 93, hasBias: false), [31, 21], isLinear: true),
    LayerExample(
      "convolution, of all widths of lanes", Convolution(outputs: 93, activation: .gelu), [31, 21]),
    LayerExample("perceptron", Perceptron(hidden: 9, outputs: 2), [11, 3]),
    LayerExample("perceptron of one result", Perceptron(hidden: 9, outputs: 1), [71, 3]),
    LayerExample("coordinates", Sequential([CoordinateChannels(), Dense(outputs: 3)]), [4, 5, 2]),
    LayerExample("layer norm", Normalization(.layer), [5, 4, 11]),
    LayerExample("instance norm", Normalization(.instance), [9, 4, 6]),
    LayerExample("group norm", Normalization(.groups(2)), [9, 4, 6]),
    LayerExample("group norm, one group", Normalization(.groups(1)), [70, 3]),
    LayerExample("batch norm", Normalization(.batch), [9, 4, 6], isPerSample: false),
    LayerExample("dropout", Dropout(rate: 0.3, seed: 4), [9, 5], isLinear: true),
    LayerExample("noise", NoisyInput(deviation: 0.3, seed: 4, Dense(outputs: 3, activation: .tanh)), [9, 5]),
    LayerExample("soft gate", SoftGate(), [6, 5]),
    LayerExample("soft gate, linear", SoftGate(hasBias: false), [6, 5], isLinear: true),
    LayerExample("residual", Residual(Dense(outputs: 5, activation: .tanh)), [6, 5]),
    LayerExample(
      "residual with a skip", Residual(Perceptron(hidden: 4, outputs: 3), skip: Dense(outputs: 3)), [6, 5]),
    LayerExample(
      "parallel", Parallel([Dense(outputs: 3), Convolution(outputs: 3), Dense(outputs: 3)]), [6, 5]),
    LayerExample("fourier features", FourierFeatures(features: 6, scale: 0.3), [8, 2]),
    LayerExample("sinusoidal embedding", SinusoidalEmbedding(frequencies: 5), [4, 2]),
    LayerExample(
      "recomputed",
      Recomputed(
        Sequential([Residual(Dense(outputs: 4, activation: .gelu)), Dropout(rate: 0.2), Dense(outputs: 2)])),
      [6, 4]),
  ]
  for activation in Activation.allCases where activation != .relu {
    all.append(LayerExample("activation \(activation)", Activate(activation), [6, 4]))
  }
  let windows: [(axes: [Int], kernel: [Int], stride: [Int])] = [
    ([11], [3], [1]), ([9], [4], [2]), ([6, 7], [3, 3], [1, 1]), ([8, 6], [4, 3], [2, 2]),
    ([5, 4, 6], [3, 3, 3], [1, 1, 1]), ([4, 6, 5], [2, 3, 3], [2, 1, 2]),
  ]
  for window in windows {
    for padding in Padding.allCases {
      let title = "\(window.kernel) on \(window.axes), stride \(window.stride), \(padding)"
      all.append(
        LayerExample(
          "convolution " + title,
          Convolution(
            outputs: 3, kernel: window.kernel, stride: window.stride, padding: padding, activation: .silu),
          window.axes + [2]))
      all.append(
        LayerExample(
          "linear convolution " + title,
          Convolution(
            outputs: 9, kernel: window.kernel, stride: window.stride, padding: padding, hasBias: false),
          window.axes + [2], isLinear: true))
      all.append(
        LayerExample(
          "transposed convolution " + title,
          TransposedConvolution(
            outputs: 2, kernel: window.kernel, stride: window.stride, padding: padding, activation: .gelu),
          window.axes + [3]))
    }
  }
  return all
}()

@Suite struct LayerTests {
  @Test(arguments: examples) func gradients(_ example: LayerExample) { LayerLaws.checkGradients(example) }

  @Test(arguments: examples.filter(\.isLinear)) func adjoint(_ example: LayerExample) {
    LayerLaws.checkAdjoint(example)
  }

  @Test(arguments: examples) func partialRuns(_ example: LayerExample) {
    LayerLaws.checkPartialRuns(example)
  }

  @Test(arguments: examples) func accumulation(_ example: LayerExample) {
    LayerLaws.checkAccumulation(example)
  }

  @Test(arguments: examples) func inference(_ example: LayerExample) { LayerLaws.checkInference(example) }

  @Test(arguments: examples) func allocatesNothing(_ example: LayerExample) {
    LayerLaws.checkAllocations(example)
  }

  @Test func allocationsAreCounted() {
    #expect(allocations { _ = AlignedStorage<Double>(count: 10) } > 0)
  }

  @Test(arguments: examples) func singlePrecision(_ example: LayerExample) {
    LayerLaws.checkPrecision(example)
  }

  /// Mean 0 and variance 1 over what the scope says, before gain and shift.
  @Test(arguments: [
    Normalization.Scope.layer, .instance, .groups(2), .groups(1), .batch,
  ])
  func normalizesOverItsScope(_ scope: Normalization.Scope) {
    let (points, channels, samples) = (35, 4, 3)
    let (tape, _, y, _) = makeTape(
      Normalization(scope, epsilon: 1e-12), input: [5, 7, channels], samples: samples)
    tape.forward(samples: samples)
    var sets: [String: [Double]] = [:]
    for sample in 0..<samples {
      for point in 0..<points {
        for channel in 0..<channels {
          let key =
            switch scope {
            case .layer: "\(sample) \(point)"
            case .instance: "\(sample) \(channel)"
            case .groups(let count): "\(sample) \(channel / (channels / count))"
            case .batch: "\(channel)"
            }
          sets[key, default: []].append(
            tape.values(y)[sample * y.count + point * channels + channel])
        }
      }
    }
    for numbers in sets.values {
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
      #expect(abs(mean) < 1e-13 && abs(variance - 1) < 1e-9)
    }
  }

  @Test func batchStatesFollowTheData() {
    let samples = 4
    let (tape, x, _, loss) = makeTape(
      Normalization(.batch), input: [8, 2], samples: samples)
    let store = tape.store
    let gradients = AlignedStorage<Double>(count: store.layout.extent)
    tape.forward(samples: samples)
    tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    store.updateStates(gradients: gradients.baseAddress, samples: samples, momentum: 0.25)
    for channel in 0..<2 {
      let numbers = (0..<8 * samples).map { tape.values(x)[$0 * 2 + channel] }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)
      let means = store.values(of: store.layout["mean"]!).withUnsafeBuffer { Array($0) }
      let variances = store.values(of: store.layout["variance"]!).withUnsafeBuffer { Array($0) }
      #expect(abs(means[channel] - 0.25 * mean) < 1e-12)
      #expect(abs(variances[channel] - (0.75 + 0.25 * variance)) < 1e-4)
    }
    let slot = store.layout["mean"]!
    #expect(gradients.buffer[slot.offset] == 0)
  }

  @Test func dropoutDependsOnStepAndSampleAlone() {
    let layer = Dropout(rate: 0.4, seed: 9)
    let (tape, x, y, _) = makeTape(layer, input: [1000, 1], samples: 2)
    tape.values(x).update(repeating: 1, count: 2000)
    tape.step = 3
    tape.firstSample = 10
    tape.forward(samples: 2)
    let both = Array(UnsafeBufferPointer(start: tape.values(y), count: 2000))
    // The second sample alone, as another thread might run it.
    tape.firstSample = 11
    tape.forward(samples: 1)
    #expect(Array(UnsafeBufferPointer(start: tape.values(y), count: 1000)) == Array(both[1000...]))
    let dropped = both.filter { $0 == 0 }.count
    #expect(abs(Double(dropped) - 800) < 100)
    #expect(both.allSatisfy { $0 == 0 || abs($0 - 1 / 0.6) < 1e-15 })
    tape.step = 4
    tape.forward(samples: 1)
    #expect(Array(UnsafeBufferPointer(start: tape.values(y), count: 1000)) != Array(both[1000...]))
  }

  @Test func noiseIsNormalAndOnlyInTraining() {
    let layer = NoisyInput(deviation: 0.5, seed: 9, Activate(.identity))
    let (tape, x, y, _) = makeTape(layer, input: [1001, 1], samples: 2)
    tape.values(x).update(repeating: 2, count: 2002)
    tape.step = 3
    tape.firstSample = 10
    tape.forward(samples: 2)
    let both = (0..<2002).map { tape.values(y)[$0] }
    let mean = both.reduce(0, +) / 2002
    let deviation = (both.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2002).squareRoot()
    #expect(abs(mean - 2) < 0.05 && abs(deviation - 0.5) < 0.03)
    tape.firstSample = 11
    tape.forward(samples: 1)
    #expect((0..<1001).map { tape.values(y)[$0] } == Array(both[1001...]))
    tape.isTraining = false
    tape.forward(samples: 1)
    #expect((0..<1001).allSatisfy { tape.values(y)[$0] == 2 })
  }

  @Test func embeddingIsThatOfItsFrequencies() {
    let (tape, x, y, _) = makeTape(SinusoidalEmbedding(frequencies: 3, longest: 100), input: [1], samples: 1)
    tape.values(x)[0] = 2
    tape.forward(samples: 1)
    let expected = [sin(2.0), sin(0.2), sin(0.02), cos(2.0), cos(0.2), cos(0.02)]
    for index in 0..<6 { #expect(abs(tape.values(y)[index] - expected[index]) < 1e-15) }
  }
}
