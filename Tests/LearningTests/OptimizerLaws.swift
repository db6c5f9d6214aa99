import Arrays
import Differentiation
import Learning
import TestSupport
import Testing

/// Losses with known gradients over the slots of a network, and the block of memory that is trained on them.
final class ModelTraining<Scalar: LearningScalar> {
  enum Loss {
    /// ½ Σ c (θ − 1)² with c from 1 to 100, after a rotation that mixes neighbours.
    case quadratic
    /// Rosenbrock's valley in pairs of neighbours.
    case rosenbrock
  }

  static var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append(name: "weight", shape: [6, 10], role: .matrix)
    layout.append(name: "bias", shape: [10], role: .vector)
    layout.append(name: "modes", shape: [3, 2, 2, 4], role: .spectral)
    layout.append(name: "tall", shape: [12, 4], role: .matrix)
    layout.append(name: "factor", shape: [2, 3, 4], role: .tensor)
    return layout
  }

  let layout = ModelTraining.layout
  let loss: Loss
  let parameters: AlignedStorage<Scalar>
  private let blocks: [AlignedStorage<Scalar>]
  private let pointers: AlignedStorage<UnsafeMutablePointer<Scalar>>
  private let offsets: [Int]

  init(_ loss: Loss, blocks count: Int = 3) {
    self.loss = loss
    parameters = AlignedStorage(count: layout.extent)
    blocks = (0..<count).map { _ in AlignedStorage(count: ModelTraining.layout.extent) }
    pointers = AlignedStorage(count: count)
    for k in 0..<count { pointers.baseAddress[k] = blocks[k].baseAddress }
    offsets = layout.slots.flatMap { slot in (0..<slot.count).map { slot.offset + $0 } }
    for (index, offset) in offsets.enumerated() {
      parameters.baseAddress[offset] =
        loss == .rosenbrock ? (index % 2 == 0 ? -1.2 : 1) : Scalar((index * 37) % 11) / 10 - 0.5
    }
  }

  /// The loss at the parameters, and its gradient, spread over the blocks in unequal parts.
  func evaluate() -> Double {
    var value = 0.0
    for block in blocks { block.buffer.update(repeating: 0) }
    for pair in 0..<offsets.count / 2 {
      let (i, j) = (offsets[2 * pair], offsets[2 * pair + 1])
      let (x, y) = (Double(parameters.baseAddress[i]), Double(parameters.baseAddress[j]))
      var gradient = (0.0, 0.0)
      switch loss {
      case .quadratic:
        let (steep, flat) = (Double(1 + pair % 10 * 11), 1.0)
        let (u, v) = (0.6 * (x - 1) + 0.8 * (y - 1), -0.8 * (x - 1) + 0.6 * (y - 1))
        value += 0.5 * (steep * u * u + flat * v * v)
        gradient = (0.6 * steep * u - 0.8 * flat * v, 0.8 * steep * u + 0.6 * flat * v)
      case .rosenbrock:
        value += (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)
        gradient = (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))
      }
      for (k, block) in blocks.enumerated() {
        let share = 2 * Double(k + 1) / Double(blocks.count * (blocks.count + 1))
        block.baseAddress[i] = Scalar(share * gradient.0)
        block.baseAddress[j] = Scalar(share * gradient.1)
      }
    }
    return value
  }

  func step(_ rate: Double, _ workers: Workers? = nil, average: WeightAverage<Scalar>? = nil)
    -> OptimizerStep<Scalar>
  {
    var step = OptimizerStep(
      parameters: parameters.baseAddress,
      gradients: UnsafeBufferPointer(start: pointers.baseAddress, count: blocks.count), rate: rate)
    step.workers = workers
    step.average = average
    return step
  }

  /// Steps with a rate that falls to a hundredth by a cosine; the loss at the end.
  @discardableResult
  func run(
    _ optimizer: any Optimizer<Scalar>, steps: Range<Int>, of total: Int, rate: Double,
    workers: Workers? = nil,
    average: WeightAverage<Scalar>? = nil
  ) -> Double {
    for number in steps {
      let share = Double(number) / Double(total)
      var step = step(rate * (1 - 0.99 * share), workers, average: average)
      step.loss = evaluate()
      _ = optimizer.step(step) { evaluate() }
    }
    return evaluate()
  }

  var bits: [Scalar] { Array(parameters.buffer) }

  /// Whether what lies between the slots is zero.
  func isPaddingZero(_ block: [Scalar]) -> Bool {
    let used = Set(offsets)
    return block.indices.allSatisfy { used.contains($0) || block[$0] == 0 }
  }
}

/// Everything that must hold for each kind of optimizer.
struct OptimizerLaws {
  let kind: any OptimizerKind

  /// Rates that suit the models.
  private var rates: (quadratic: Double, rosenbrock: Double) {
    switch kind.name {
    case "sgd": (2e-3, 1e-4)
    case "lbfgs", "bfgs", "ssbroyden": (1, 1)
    case "adahessian": (0.15, 0.4)
    case "psgd": (0.1, 0.1)
    case "lion": (5e-3, 2e-3)
    case "adafactor": (5e-2, 2e-2)
    default: (3e-2, 2e-2)
    }
  }

  func descends<Scalar: LearningScalar>(_ scalar: Scalar.Type) throws {
    for (loss, rate, share) in [
      (ModelTraining<Scalar>.Loss.quadratic, rates.quadratic, 1e-2), (.rosenbrock, rates.rosenbrock, 0.1),
    ] {
      let model = ModelTraining<Scalar>(loss)
      let before = model.evaluate()
      let settings = kind.parameters.contains { $0.name == "weightDecay" } ? ["weightDecay": 0.0] : [:]
      let optimizer = try kind.make(for: model.layout, settings: settings, as: Scalar.self)
      let after = model.run(optimizer, steps: 0..<3000, of: 3000, rate: rate)
      #expect(after < share * before, "\(kind.name), \(loss), \(Scalar.self): \(before) to \(after)")
      #expect(model.isPaddingZero(model.bits))
      for array in optimizer.stateArrays where array.values.count == model.layout.extent {
        #expect(model.isPaddingZero(Array(array.values.buffer)), "\(kind.name): \(array.name)")
      }
    }
  }

  /// The same bits for no, one and two workers, and when saved and continued in the middle.
  func repeats<Scalar: LearningScalar>(_ scalar: Scalar.Type) throws {
    func trained(_ workers: Workers?, resuming: Bool = false) throws -> [Scalar] {
      let model = ModelTraining<Scalar>(.quadratic)
      let average = WeightAverage(of: model.parameters, decay: 0.9)
      var optimizer = try kind.make(for: model.layout, settings: [:], as: Scalar.self)
      model.run(optimizer, steps: 0..<13, of: 40, rate: rates.quadratic, workers: workers, average: average)
      if resuming {
        let arrays = Dictionary(
          uniqueKeysWithValues: optimizer.stateArrays.map {
            ($0.name, NDArray<Scalar>(shape: [$0.values.count], $0.values.buffer))
          })
        let numbers = optimizer.stateNumbers
        optimizer = try kind.make(for: model.layout, settings: [:], as: Scalar.self)
        try optimizer.restore(arrays: arrays, numbers: numbers)
      }
      model.run(optimizer, steps: 13..<40, of: 40, rate: rates.quadratic, workers: workers, average: average)
      #expect(model.isPaddingZero(Array(average.values.buffer)))
      return model.bits + Array(average.values.buffer)
    }
    let plain = try trained(nil)
    #expect(try trained(Workers(count: 1)) == plain)
    #expect(try trained(Workers(count: 2)) == plain)
    #expect(try trained(nil, resuming: true) == plain)
    let isFinite = plain.allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  /// From the second step on.
  func allocatesNothing<Scalar: LearningScalar>(_ scalar: Scalar.Type) throws {
    for clipping in [GradientClipping.none, .norm(1)] {
      let model = ModelTraining<Scalar>(.quadratic)
      let optimizer = try kind.make(for: model.layout, settings: [:], as: Scalar.self)
      guard optimizer.acceptsClipping || clipping == .none else { continue }
      let average = WeightAverage(of: model.parameters, decay: 0.9)
      for workers in [nil, Workers(count: 2)] {
        model.run(optimizer, steps: 0..<10, of: 40, rate: rates.quadratic, workers: workers, average: average)
        var step = model.step(rates.quadratic, workers, average: average)
        step.clipping = clipping
        var total = 0
        for _ in 0..<10 {
          step.loss = model.evaluate()
          total += allocations(printsCallers: false) { _ = optimizer.step(step) { quietly(model) } }
        }
        #expect(total == 0, "\(kind.name), \(Scalar.self)")
      }
    }
  }

  /// An evaluation whose own allocations are not counted: there are none in it.
  private func quietly<Scalar: LearningScalar>(_ model: ModelTraining<Scalar>) -> Double { model.evaluate() }

  func refusesWhatItIsNot() throws {
    let layout = ModelTraining<Float>.layout
    #expect(throws: LearningError.self) {
      _ = try kind.make(for: layout, settings: ["nonsense": 1], as: Float.self)
    }
    for parameter in kind.parameters {
      #expect(throws: LearningError.self, "\(kind.name): \(parameter.name)") {
        _ = try kind.make(for: layout, settings: [parameter.name: -1], as: Float.self)
      }
      #expect(throws: LearningError.self, "\(kind.name): \(parameter.name)") {
        _ = try kind.make(for: layout, settings: [parameter.name: .nan], as: Float.self)
      }
    }
    let optimizer = try kind.make(for: layout, settings: [:], as: Float.self)
    #expect(throws: LearningError.self) { try optimizer.restore(arrays: [:], numbers: [:]) }
    #expect(throws: LearningError.self) {
      try optimizer.restore(
        arrays: Dictionary(
          uniqueKeysWithValues: optimizer.stateArrays.map { ($0.name, NDArray<Float>(shape: [1, 3])) }),
        numbers: optimizer.stateNumbers)
    }
    #expect(!kind.summary.isEmpty && !kind.source.isEmpty && kind.defaultRate > 0)
  }
}
