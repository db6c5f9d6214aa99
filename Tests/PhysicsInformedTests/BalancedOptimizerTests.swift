import Arrays
import Differentiation
import Learning
import PhysicsInformed
import TestSupport
import Testing

@Suite struct BalancedOptimizerTests {
  private static let names = BalancerRegistry.all.map(\.name)

  private static func make<Scalar: LearningScalar>(
    _ balancer: String, _ settings: [String: Double] = [:], _ optimizer: any OptimizerKind = AdamKind(),
    for model: PoissonTerms<Scalar>
  ) throws -> BalancedOptimizer<Scalar> {
    let balancer = try BalancerRegistry.kind(named: balancer).make(
      terms: ["interior", "ends"], seed: 1, settings: settings)
    return try BalancedOptimizer(
      balancer, try optimizer.make(for: model.layout, settings: [:], as: Scalar.self))
  }

  /// Ends after 1,000 steps with the interior's loss multiplied by a power of two: far apart or not.
  private static func distance(
    _ balancer: String, _ settings: [String: Double], scale: Double
  ) throws -> Double {
    func end(_ scale: Double) throws -> [Double] {
      let model = PoissonTerms<Double>()
      model.scales[0] = scale
      model.run(try make(balancer, settings, for: model), steps: 1000, rate: 1e-3)
      return model.values
    }
    let (one, other) = (try end(1), try end(scale))
    func size(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return size(zip(one, other).map { $0 - $1 }) / size(one)
  }

  @Test(arguments: [0x1p20, 0x1p-20, 1e6, 1e-6]) func multiAdamKnowsNoScale(_ scale: Double) throws {
    let own = try Self.distance("multiadam", ["epsilon": 1e-20], scale: scale)
    #expect(own < 1e-5, "\(own)")
    // The control: Adam of the sum goes elsewhere.
    let adam = try Self.distance("fixed", [:], scale: scale)
    #expect(adam > 1e-2, "\(adam)")
  }

  @Test func multiAdamOfOneGroupIsAdam() throws {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: [20_000], role: .matrix)
    layout.append(name: "b", shape: [37], role: .vector)
    let optimizers: [any Optimizer<Float>] = [
      try MultiAdam<Float>(layout, groups: 1, settings: [:]),
      try AdamKind().make(for: layout, settings: ["beta1": 0.99, "beta2": 0.99], as: Float.self),
    ]
    var ends: [[Float]] = []
    for optimizer in optimizers {
      let (parameters, gradient) = (
        AlignedStorage<Float>(count: layout.extent), AlignedStorage<Float>(count: layout.extent)
      )
      let average = WeightAverage(of: parameters, decay: 0.9)
      for number in 0..<7 {
        for k in 0..<20_000 { gradient.baseAddress[k] = Float((k * 37 + number * 11) % 101 - 50) / 16 }
        withUnsafePointer(to: gradient.baseAddress) { pointer in
          var step = OptimizerStep(
            parameters: parameters.baseAddress, gradients: UnsafeBufferPointer(start: pointer, count: 1),
            rate: 0.1)
          step.average = average
          step.workers = number % 2 == 0 ? nil : Workers(count: 2)
          _ = optimizer.step(step)
        }
      }
      ends.append(Array(parameters.buffer) + Array(average.values.buffer))
    }
    #expect(ends[0] == ends[1])
    #expect(throws: LearningError.self) {
      _ = try MultiAdam<Float>(layout, groups: 1, settings: ["weightDecay": 1])
    }
  }

  /// Against Algorithm 1, number by number.
  @Test func multiAdamIsThatOfThePaper() throws {
    let model = PoissonTerms<Double>()
    let optimizer = try Self.make("multiadam", ["beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3], for: model)
    var p = model.values
    var (m, v) = (
      Array(repeating: p.map { _ in 0.0 }, count: 2), Array(repeating: p.map { _ in 0.0 }, count: 2)
    )
    for t in 1...5 {
      _ = model.evaluate()
      for term in 0..<2 {
        let g = model.gradient(term)
        for k in p.indices {
          m[term][k] = 0.8 * m[term][k] + 0.2 * g[k]
          v[term][k] = 0.9 * v[term][k] + 0.1 * g[k] * g[k]
        }
      }
      let (first, second) = (1 - power(0.8, t), 1 - power(0.9, t))
      for k in p.indices {
        let steps = (0..<2).map { m[$0][k] / first / ((v[$0][k] / second).squareRoot() + 1e-3) }
        p[k] -= 0.05 * (steps[0] + steps[1]) / 2
      }
      _ = optimizer.step(model.step(0.05), losses: [0, 0])
    }
    let isRight = zip(p, model.values).allSatisfy { abs($0 - $1) < 1e-13 }
    #expect(isRight)
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }

  /// Weights of one change nothing but the number of blocks.
  @Test func equalWeightsAreTheSum() throws {
    let (balanced, plain) = (PoissonTerms<Double>(), PoissonTerms<Double>())
    balanced.run(try Self.make("fixed", for: balanced), steps: 20, rate: 1e-2)
    let adam = try AdamKind().make(for: plain.layout, settings: [:], as: Double.self)
    for _ in 0..<20 {
      _ = plain.evaluate()
      _ = adam.step(plain.step(1e-2))
    }
    #expect(balanced.values == plain.values)
  }

  /// All balancers lead downhill, with the same bits for any number of workers and when continued.
  @Test(arguments: names) func descendsAndContinues(_ name: String) throws {
    func trained(_ workers: Workers?, resuming: Bool = false) throws -> (bits: [Float], losses: [Double]) {
      let model = PoissonTerms<Float>()
      var optimizer = try Self.make(name, for: model)
      model.run(optimizer, steps: 700, rate: 5e-3, workers)
      if resuming {
        let arrays = Dictionary(
          uniqueKeysWithValues: optimizer.stateArrays.map {
            ($0.name, NDArray<Float>(shape: [$0.values.count], $0.values.buffer))
          })
        let numbers = optimizer.stateNumbers
        optimizer = try Self.make(name, for: model)
        #expect(throws: LearningError.self) { try optimizer.restore(arrays: [:], numbers: numbers) }
        #expect(throws: LearningError.self) { try optimizer.restore(arrays: arrays, numbers: [:]) }
        try optimizer.restore(arrays: arrays, numbers: numbers)
      }
      let losses = model.run(optimizer, steps: 800, rate: 5e-3, workers)
      return (model.values, losses)
    }
    let start = PoissonTerms<Float>().evaluate()
    let plain = try trained(nil)
    #expect(plain.losses[0] + plain.losses[1] < 0.1 * (start[0] + start[1]), "\(name): \(plain.losses)")
    #expect(try trained(Workers(count: 2)).bits == plain.bits)
    #expect(try trained(nil, resuming: true).bits == plain.bits)
  }

  /// Methods that search for less loss work on the weighted one.
  @Test func lineSearchesFollowTheWeightedLoss() throws {
    for kind in [LBFGSKind() as any OptimizerKind, SSBroydenKind()] {
      let model = PoissonTerms<Double>()
      let start = model.evaluate()
      let optimizer = try Self.make("gradient-norm", ["frequency": 50], kind, for: model)
      let end = model.run(optimizer, steps: 200, rate: 1)
      #expect(end[0] + end[1] < 1e-4 * (start[0] + start[1]), "\(kind.name): \(end)")
      #expect(throws: LearningError.self) { _ = try Self.make("config", [:], kind, for: model) }
    }
  }

  /// But for ConFIG, which leaves its small system to LAPACK.
  @Test(arguments: names.filter { $0 != "config" }) func allocatesNothing(_ name: String) throws {
    let model = PoissonTerms<Float>()
    let every = try BalancerRegistry.kind(named: name).parameters.contains { $0.name == "frequency" }
    let optimizer = try Self.make(name, every ? ["frequency": 2] : [:], for: model)
    let losses = [[3.0, 2.0], [2.5, 1.5]]
    for workers in [nil, Workers(count: 2)] {
      let step = model.step(1e-3, workers)
      var total = 0
      for number in 0..<10 {
        _ = model.evaluate()
        let (now, traces) = (losses[number % 2], losses[1])
        let count = allocations { _ = optimizer.step(step, losses: now, traces: traces) }
        if number >= 4 { total += count }
      }
      #expect(total == 0, "\(name)")
    }
  }
}
