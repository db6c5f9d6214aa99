import Arrays
import Differentiation
import Learning
import TestSupport
import Testing

/// A layer with a shape that it takes, and what it promises beyond the laws of all.
struct LayerExample: Sendable, CustomTestStringConvertible {
  var name: String
  var layer: any Layer
  var input: [Int]
  /// `⟨g, A x⟩` for a layer without constants.
  var isLinear = false
  /// Whether the results of a sample depend on no other sample of the run.
  var isPerSample = true

  var testDescription: String { name }

  init(
    _ name: String, _ layer: any Layer, _ input: [Int], isLinear: Bool = false, isPerSample: Bool = true
  ) {
    self.name = name
    self.layer = layer
    self.input = input
    self.isLinear = isLinear
    self.isPerSample = isPerSample
  }
}

/// What every layer must obey.
enum LayerLaws {
  private static let samples = 3

  /// Derivatives of parameters and input are those of differences.
  static func checkGradients(_ example: LayerExample) {
    for isTraining in [true, false] {
      let (tape, x, _, loss) = makeTape(
        example.layer, input: example.input, samples: samples, store: ParameterStore<Double>(),
        isTraining: isTraining)
      let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: samples)
      #expect(check.largestError < 1e-7, "\(example.name): \(check.errors)")
    }
  }

  /// The backward pass of a linear layer is the adjoint of its forward pass: ⟨g, A x⟩ = ⟨Aᵀ g, x⟩, and the same for its parameters.
  static func checkAdjoint(_ example: LayerExample) {
    let (tape, x, y, loss) = makeTape(example.layer, input: example.input, samples: 1)
    let gradients = AlignedStorage<Double>(count: max(tape.store.layout.extent, 1))
    tape.forward(samples: 1)
    let value = tape.values(loss)[0]
    let size = (0..<y.count).reduce(0.0) { $0 + tape.values(y)[$1] * tape.values(y)[$1] }.squareRoot()
    tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    let other = (0..<x.count).reduce(0.0) { $0 + tape.gradient(x)[$1] * tape.values(x)[$1] }
    #expect(abs(value - other) < 1e-12 * size * Double(y.count).squareRoot(), "\(example.name)")
    guard !tape.store.layout.slots.isEmpty else { return }
    let third = (0..<tape.store.layout.extent).reduce(0.0) {
      $0 + gradients.buffer[$1] * tape.store.values.buffer[$1]
    }
    #expect(abs(value - third) < 1e-12 * size * Double(y.count).squareRoot(), "\(example.name)")
  }

  /// Runs of fewer samples than there is room for give each sample the same values.
  static func checkPartialRuns(_ example: LayerExample) {
    let (tape, x, y, _) = makeTape(
      example.layer, input: example.input, samples: samples, store: ParameterStore<Double>(),
      isTraining: false)
    tape.forward(samples: samples)
    let all = Array(UnsafeBufferPointer(start: tape.values(y), count: samples * y.count))
    let data = Array(UnsafeBufferPointer(start: tape.values(x), count: samples * x.count))
    for sample in 0..<samples {
      tape.values(x).update(from: Array(data[sample * x.count..<(sample + 1) * x.count]), count: x.count)
      tape.forward(samples: 1)
      let one = Array(UnsafeBufferPointer(start: tape.values(y), count: y.count))
      #expect(one == Array(all[sample * y.count..<(sample + 1) * y.count]), "\(example.name)")
    }
  }

  /// Gradients that are accumulated run by run are those of one run.
  static func checkAccumulation(_ example: LayerExample) {
    let recorded = makeWeighedTape(
      example.layer, input: example.input, samples: samples, store: ParameterStore<Double>())
    let (tape, x, loss, weights) = (recorded.tape, recorded.x, recorded.loss, recorded.weights)
    let extent = max(tape.store.layout.extent, 1)
    let (whole, summed) = (AlignedStorage<Double>(count: extent), AlignedStorage<Double>(count: extent))
    let twice = AlignedStorage<Double>(count: extent)
    tape.forward(samples: samples)
    tape.backward(from: loss, seed: 1, gradients: whole.baseAddress)
    // Once more on top of it, which must double it.
    tape.forward(samples: samples)
    tape.backward(from: loss, seed: 1, gradients: twice.baseAddress)
    tape.forward(samples: samples)
    tape.backward(from: loss, seed: 1, gradients: twice.baseAddress, accumulates: true)
    let scale = whole.buffer.reduce(0) { max($0, abs($1)) }
    for index in 0..<extent {
      #expect(
        abs(twice.buffer[index] - 2 * whole.buffer[index]) <= 1e-12 * scale, "\(example.name) \(index)")
    }
    guard example.isPerSample else { return }
    let (single, u, v, sum, factors) = makeWeighedTape(
      example.layer, input: example.input, samples: 1, store: tape.store)
    for sample in 0..<samples {
      single.firstSample = sample
      single.values(u).update(from: tape.values(x) + sample * x.count, count: x.count)
      single.values(factors).update(from: tape.values(weights) + sample * v.count, count: v.count)
      single.forward(samples: 1)
      single.backward(from: sum, seed: 1, gradients: summed.baseAddress, accumulates: sample > 0)
    }
    for index in 0..<extent {
      #expect(abs(summed.buffer[index] - whole.buffer[index]) <= 1e-11 * scale, "\(example.name) \(index)")
    }
  }

  /// A tape without a backward pass gives the same values.
  static func checkInference(_ example: LayerExample) {
    let (tape, _, y, _) = makeTape(
      example.layer, input: example.input, samples: samples, store: ParameterStore<Double>(),
      isTraining: false)
    let (other, _, v, _) = makeTape(
      example.layer, input: example.input, samples: samples, store: tape.store, differentiates: false,
      isTraining: false)
    tape.forward(samples: samples)
    other.forward(samples: samples)
    #expect(
      (0..<samples * y.count).allSatisfy { tape.values(y)[$0] == other.values(v)[$0] }, "\(example.name)")
    #expect(other.arenaCount <= tape.arenaCount)
  }

  /// Nothing is allocated once it is recorded.
  static func checkAllocations(_ example: LayerExample) {
    let (tape, _, _, loss) = makeTape(
      example.layer, input: example.input, samples: samples, store: ParameterStore<Float>())
    let gradients = AlignedStorage<Float>(count: max(tape.store.layout.extent, 1))
    func pass() {
      tape.forward(samples: samples)
      tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    }
    pass()
    pass()
    #expect(allocations { pass() } == 0, "\(example.name)")
  }

  /// Single precision agrees with double.
  static func checkPrecision(_ example: LayerExample) {
    let (tape, _, y, loss) = makeTape(
      example.layer, input: example.input, samples: samples, store: ParameterStore<Float>())
    let store = ParameterStore<Double>()
    let (other, _, v, sum) = makeTape(example.layer, input: example.input, samples: samples, store: store)
    for (slot, twin) in zip(tape.store.layout.slots, store.layout.slots) {
      for index in 0..<slot.count {
        store.values.buffer[twin.offset + index] = Double(tape.store.values.buffer[slot.offset + index])
      }
    }
    let gradients = AlignedStorage<Float>(count: max(tape.store.layout.extent, 1))
    let others = AlignedStorage<Double>(count: max(store.layout.extent, 1))
    tape.forward(samples: samples)
    other.forward(samples: samples)
    expectEqual(tape.values(y), other.values(v), samples * y.count, "\(example.name)")
    tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    other.backward(from: sum, seed: 1, gradients: others.baseAddress)
    for (slot, twin) in zip(tape.store.layout.slots, store.layout.slots) {
      expectEqual(
        gradients.baseAddress + slot.offset, others.baseAddress + twin.offset, slot.count,
        "\(example.name) \(slot.name)")
    }
  }

  private static func expectEqual(
    _ values: UnsafePointer<Float>, _ others: UnsafePointer<Double>, _ count: Int, _ name: String
  ) {
    let scale = (0..<count).reduce(1e-30) { max($0, abs(others[$1])) }
    let error = (0..<count).reduce(0.0) { max($0, abs(Double(values[$1]) - others[$1])) }
    #expect(error <= 1e-5 * scale, "\(name): \(error) of \(scale)")
  }
}
