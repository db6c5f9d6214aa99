import Arrays
import Differentiation
import Foundation
import Learning
import Testing

@Suite("Optimizers: laws") struct OptimizerTests {
  private static let names = OptimizerRegistry.all.map(\.name)

  @Test(arguments: names) func descends(_ name: String) throws {
    let laws = OptimizerLaws(kind: try OptimizerRegistry.kind(named: name))
    try laws.descends(Float.self)
    try laws.descends(Double.self)
  }

  @Test(arguments: names) func repeats(_ name: String) throws {
    let laws = OptimizerLaws(kind: try OptimizerRegistry.kind(named: name))
    try laws.repeats(Float.self)
    try laws.repeats(Double.self)
  }

  @Test(arguments: names) func allocatesNothing(_ name: String) throws {
    let laws = OptimizerLaws(kind: try OptimizerRegistry.kind(named: name))
    try laws.allocatesNothing(Float.self)
    try laws.allocatesNothing(Double.self)
  }

  @Test(arguments: names) func refusesWhatItIsNot(_ name: String) throws {
    try OptimizerLaws(kind: try OptimizerRegistry.kind(named: name)).refusesWhatItIsNot()
  }

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
    let error = #expect(throws: LearningError.self) { _ = try OptimizerRegistry.kind(named: "adem") }
    #expect(error?.description.contains("adamw") == true)
  }
}

/// Single steps against the formulas of the papers, in plain Swift.
@Suite("Optimizers: formulas") struct OptimizerFormulaTests {
  private let count = 37
  private static let gradients: [[Double]] = (0..<4).map { step in
    (0..<37).map { (k: Int) -> Double in sin(Double(3 * k + 7 * step)) * exp(Double(k % 5) - 2) }
  }

  /// Three steps of an optimizer on fixed gradients.
  private func moved(
    _ name: String, _ settings: [String: Double], rate: Double = 0.1,
    clipping: GradientClipping = .none, scale: Double = 1, average: Double? = nil,
    role: ParameterSlot.Role = .vector
  ) throws -> (parameters: [Double], average: [Double], norms: [Double]) {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: [count], role: role)
    let parameters = AlignedStorage<Double>(count: layout.extent)
    for k in 0..<count { parameters.baseAddress[k] = Self.start(k) }
    let mean = average.map { WeightAverage(of: parameters, decay: $0) }
    let optimizer = try OptimizerRegistry.kind(named: name).make(
      for: layout, settings: settings, as: Double.self)
    let gradient = AlignedStorage<Double>(count: layout.extent)
    var norms: [Double] = []
    for values in Self.gradients {
      for k in 0..<count { gradient.baseAddress[k] = values[k] / scale }
      withUnsafePointer(to: gradient.baseAddress) { pointer in
        var step = OptimizerStep(
          parameters: parameters.baseAddress, gradients: UnsafeBufferPointer(start: pointer, count: 1),
          rate: rate)
        step.clipping = clipping
        step.gradientScale = scale
        step.average = mean
        norms.append(withExtendedLifetime(gradient) { optimizer.step(step).gradientNorm })
      }
    }
    return (
      Array(parameters.buffer.prefix(count)), mean.map { Array($0.values.buffer.prefix(count)) } ?? [], norms
    )
  }

  private static func start(_ k: Int) -> Double { cos(Double(k)) }

  /// The same by a rule for one number: parameter, gradient, step from 1, two state numbers and a third.
  private func expected(
    _ gradients: [[Double]] = gradients,
    _ rule: (
      _ p: inout Double, _ g: Double, _ t: Int, _ m: inout Double, _ v: inout Double, _ w: inout Double
    ) -> Void
  ) -> [Double] {
    (0..<count).map { k in
      var (p, m, v, w) = (Self.start(k), 0.0, 0.0, 0.0)
      for (index, values) in gradients.enumerated() { rule(&p, values[k], index + 1, &m, &v, &w) }
      return p
    }
  }

  private func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-14 * max(1, abs($1)) }
  }

  @Test func plainDescent() throws {
    let found = try moved("sgd", ["momentum": 0, "weightDecay": 0.1])
    #expect(agree(found.parameters, expected { p, g, _, _, _, _ in p -= 0.1 * (g + 0.1 * p) }))
  }

  @Test func momentum() throws {
    let found = try moved("sgd", ["momentum": 0.8, "weightDecay": 0.1])
    #expect(
      agree(
        found.parameters,
        expected { p, g, _, m, _, _ in
          m = 0.8 * m + (g + 0.1 * p)
          p -= 0.1 * m
        }))
  }

  @Test func nesterov() throws {
    let found = try moved("sgd", ["momentum": 0.8, "nesterov": 1])
    #expect(
      agree(
        found.parameters,
        expected { p, g, _, m, _, _ in
          m = 0.8 * m + g
          p -= 0.1 * (g + 0.8 * m)
        }))
  }

  @Test func adam() throws {
    let found = try moved("adam", ["beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1])
    #expect(
      agree(
        found.parameters,
        expected { p, g, t, m, v, _ in
          let g = g + 0.1 * p
          m = 0.8 * m + 0.2 * g
          v = 0.95 * v + 0.05 * g * g
          p -= 0.1 * m / (1 - pow(0.8, Double(t))) / ((v / (1 - pow(0.95, Double(t)))).squareRoot() + 1e-3)
        }))
  }

  @Test func adamW() throws {
    let rule = { (p: inout Double, g: Double, t: Int, m: inout Double, v: inout Double, _: inout Double) in
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      p *= 1 - 0.1 * 0.05
      p -= 0.1 * m / (1 - pow(0.9, Double(t))) / ((v / (1 - pow(0.999, Double(t)))).squareRoot() + 1e-8)
    }
    let found = try moved("adamw", ["weightDecay": 0.05])
    #expect(agree(found.parameters, expected(Self.gradients, rule)))
  }

  @Test func decayOfMatricesOnly() throws {
    let settings = ["weightDecay": 0.05, "decayMatricesOnly": 1]
    let free = try moved("adamw", ["weightDecay": 0]).parameters
    #expect(try moved("adamw", settings).parameters == free)
    let decayed = try moved("adamw", ["weightDecay": 0.05]).parameters
    #expect(try moved("adamw", settings, role: .matrix).parameters == decayed)
    #expect(decayed != free)
  }

  @Test func amsgrad() throws {
    let found = try moved("amsgrad", ["beta2": 0.5])
    #expect(
      agree(
        found.parameters,
        expected { p, g, t, m, v, w in
          m = 0.9 * m + 0.1 * g
          v = 0.5 * v + 0.5 * g * g
          w = max(w, v)
          p -= 0.1 * m / (1 - pow(0.9, Double(t))) / ((w / (1 - pow(0.5, Double(t)))).squareRoot() + 1e-8)
        }))
  }

  @Test func lion() throws {
    let found = try moved("lion", ["weightDecay": 0.2], rate: 0.01)
    #expect(
      agree(
        found.parameters,
        expected { p, g, _, m, _, _ in
          let c = 0.9 * m + 0.1 * g
          p -= 0.01 * ((c > 0 ? 1 : c < 0 ? -1 : 0) + 0.2 * p)
          m = 0.99 * m + 0.01 * g
        }))
  }

  @Test func adafactorOfAVector() throws {
    let found = try moved("adafactor", [:])
    var (p, v) = ((0..<count).map(Self.start), [Double](repeating: 0, count: count))
    func size(_ x: [Double]) -> Double { (x.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot() }
    for (index, g) in Self.gradients.enumerated() {
      let decay = 1 - pow(Double(index + 1), -0.8)
      for k in 0..<count { v[k] = decay * v[k] + (1 - decay) * (g[k] * g[k] + 1e-30) }
      let u = (0..<count).map { g[$0] / v[$0].squareRoot() }
      let rate = 0.1 * max(1e-3, size(p)) / max(1, size(u))
      for k in 0..<count { p[k] -= rate * u[k] }
    }
    #expect(agree(found.parameters, p))
  }

  @Test func clipping() throws {
    let norms = Self.gradients.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let limit = norms[0] / 2
    let byNorm = try moved("sgd", ["momentum": 0], clipping: .norm(limit), scale: 4)
    let scaled = zip(Self.gradients, norms).map { g, norm in g.map { $0 * min(1, limit / (norm + 1e-6)) } }
    #expect(agree(byNorm.parameters, expected(scaled) { p, g, _, _, _, _ in p -= 0.1 * g }))
    #expect(agree(byNorm.norms, norms))
    let byValue = try moved("sgd", ["momentum": 0], clipping: .value(0.5), scale: 4)
    let cut = Self.gradients.map { $0.map { min(max($0, -0.5), 0.5) } }
    #expect(agree(byValue.parameters, expected(cut) { p, g, _, _, _, _ in p -= 0.1 * g }))
    #expect(agree(byValue.norms, norms))
  }

  @Test func average() throws {
    for name in ["sgd", "adam", "lion", "adafactor", "muon", "soap"] {
      let found = try moved(name, [:], average: 0)
      #expect(found.average == found.parameters, "\(name)")
    }
    let found = try moved("sgd", ["momentum": 0], average: 0.75)
    let mean = (0..<count).map { k in
      var (p, a) = (Self.start(k), Self.start(k))
      for g in Self.gradients {
        p -= 0.1 * g[k]
        a = 0.75 * a + 0.25 * p
      }
      return a
    }
    #expect(agree(found.average, mean))
  }

  /// After few steps the average is one of late weights, not of the first ones.
  @Test func averagesWarmUp() {
    let parameters = AlignedStorage<Double>(count: 1)
    let average = WeightAverage(of: parameters, decay: 0.99)
    var left = 1.0
    for step in 0..<2000 {
      average.warmUp(step: step)
      left *= average.decay
      #expect(average.decay <= 0.99 && average.decay >= min(0.99, 0.1))
      // What is left of the first weights: 9!/(10 ⋯ (10 + step)) · (step + 1)!
      if step == 20 { #expect(left < 1e-5) }
    }
    #expect(average.decay == 0.99)
  }

  @Test func aGradientThatIsNoNumberShows() throws {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: [4], role: .vector)
    for name in OptimizerRegistry.all.map(\.name) {
      let optimizer = try OptimizerRegistry.kind(named: name).make(for: layout, settings: [:], as: Float.self)
      let (parameters, gradient) = (AlignedStorage<Float>(count: 16), AlignedStorage<Float>(count: 16))
      gradient.baseAddress[2] = .nan
      withUnsafePointer(to: gradient.baseAddress) { pointer in
        var step = OptimizerStep(
          parameters: parameters.baseAddress, gradients: UnsafeBufferPointer(start: pointer, count: 1),
          rate: 0.1)
        step.loss = 1
        let outcome = withExtendedLifetime((parameters, gradient)) { optimizer.step(step, evaluate: { 1 }) }
        #expect(!outcome.gradientNorm.isFinite, "\(name)")
      }
    }
  }
}

@Suite("Optimizers: matrices and blocks") struct MatrixOptimizerTests {
  /// The order of the tree depends on the number of blocks alone; sums of whole numbers are exact in any order.
  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 13, 64]) func blocksAreSummed(_ blocks: Int) throws {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: [40_000], role: .matrix)
    let parameters = AlignedStorage<Float>(count: layout.extent)
    let storages = (0..<blocks).map { block in
      let storage = AlignedStorage<Float>(count: layout.extent)
      for k in 0..<40_000 { storage.baseAddress[k] = Float((k * 31 + block * 17) % 101 - 50) }
      return storage
    }
    let optimizer = try SGDKind().make(for: layout, settings: ["momentum": 0], as: Float.self)
    let pointers = storages.map(\.baseAddress)
    pointers.withUnsafeBufferPointer { pointers in
      var step = OptimizerStep(parameters: parameters.baseAddress, gradients: pointers, rate: 1)
      step.workers = Workers(count: 2)
      withExtendedLifetime(storages) { _ = optimizer.step(step) }
    }
    let isRight = (0..<40_000).allSatisfy { k in
      parameters.baseAddress[k] == -(0..<blocks).reduce(Float(0)) {
        $0 + Float((k * 31 + $1 * 17) % 101 - 50)
      }
    }
    #expect(isRight)
  }

  /// The first step of Muon is the rate times a matrix with singular values near 0.2 √(longer side).
  @Test(arguments: [[5, 9], [9, 5], [6, 6]]) func muonStepsAreOrthogonal(_ shape: [Int]) throws {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: shape, role: .matrix)
    let (rows, columns) = (shape[0], shape[1])
    let (parameters, gradient) = (
      AlignedStorage<Double>(count: layout.extent), AlignedStorage<Double>(count: layout.extent)
    )
    for k in 0..<rows * columns { gradient.baseAddress[k] = sin(Double(k * k) + 1) }
    let original = Array(gradient.buffer)
    let optimizer = try MuonKind().make(for: layout, settings: ["weightDecay": 0], as: Double.self)
    withUnsafePointer(to: gradient.baseAddress) { pointer in
      let step = OptimizerStep(
        parameters: parameters.baseAddress, gradients: UnsafeBufferPointer(start: pointer, count: 1), rate: 1)
      withExtendedLifetime(gradient) { _ = optimizer.step(step) }
    }
    let scale = 0.2 * Double(max(rows, columns)).squareRoot()
    let step = (0..<rows * columns).map { -parameters.baseAddress[$0] / scale }
    // The Frobenius norm of an orthogonal matrix is the root of its shorter side.
    let norm = step.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(norm > 0.6 * Double(min(rows, columns)).squareRoot())
    #expect(norm < 1.25 * Double(min(rows, columns)).squareRoot())
    // It descends: the inner product with the gradient is near the sum of the singular values.
    #expect(zip(step, original).reduce(0) { $0 + $1.0 * $1.1 } > 0)
  }

  @Test func quasiNewtonStepsAreFew() throws {
    for loss in [ModelTraining<Double>.Loss.quadratic, .rosenbrock] {
      let model = ModelTraining<Double>(loss)
      let optimizer = try LBFGSKind().make(for: model.layout, settings: [:], as: Double.self)
      #expect(model.run(optimizer, steps: 0..<120, of: 120, rate: 1) < 1e-15, "\(loss)")
    }
  }
}
