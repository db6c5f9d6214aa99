import Arrays
import Differentiation
import Foundation
import Learning
import PhysicsInformed
import Testing

@Suite("Balancers: laws") struct BalancerTests {
  private static let names = BalancerRegistry.all.map(\.name)
  private static let terms = ["interior", "initial", "boundary"]

  /// Losses that fall at different rates, with gradients and traces to them.
  private static func observation(_ step: Int) -> TermObservation {
    let losses = [exp(-0.01 * Double(step)), 2 / Double(1 + step), 1 + 0.1 * sin(Double(step))]
    let rows = (0..<3).map { term in (0..<5).map { cos(Double(step + 7 * term + 3 * $0 * $0)) * losses[term] }
    }
    let products = rows.flatMap { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    return TermObservation(step: step, losses: losses, products: products, traces: losses)
  }

  @Test(arguments: names) func weightsAreFiniteAndContinue(_ name: String) throws {
    let kind = try BalancerRegistry.kind(named: name)
    let settings = kind.parameters.contains { $0.name == "frequency" } ? ["frequency": 3.0] : [:]
    func make() throws -> any Balancer { try kind.make(terms: Self.terms, seed: 5, settings: settings) }
    let (whole, part) = (try make(), try make())
    for step in 0..<10 {
      whole.update(Self.observation(step))
      part.update(Self.observation(step))
    }
    let rest = try make()
    try rest.restore(numbers: part.stateNumbers)
    for step in 10..<25 {
      whole.update(Self.observation(step))
      rest.update(Self.observation(step))
      #expect(whole.weights == rest.weights)
      let isFinite = whole.weights.allSatisfy(\.isFinite)
      #expect(whole.weights.count == 3 && isFinite)
    }
    #expect(throws: LearningError.self) { try rest.restore(numbers: ["nonsense": 1]) }
    #expect(whole.name == name && !kind.summary.isEmpty && !kind.source.isEmpty)
  }

  @Test(arguments: names) func refusesWhatItIsNot(_ name: String) throws {
    let kind = try BalancerRegistry.kind(named: name)
    for key in kind.parameters.map(\.name) + ["nonsense"] {
      for value in [-1, Double.nan] {
        #expect(throws: LearningError.self, "\(name): \(key)") {
          _ = try kind.make(terms: Self.terms, seed: 0, settings: [key: value])
        }
      }
    }
  }

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
    let error = #expect(throws: LearningError.self) { _ = try BalancerRegistry.kind(named: "fixd") }
    #expect(error?.description.contains("fixed") == true)
  }
}

/// Weights against the formulas of the papers, worked out by hand.
@Suite("Balancers: formulas") struct BalancerFormulaTests {
  private func agree(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-14) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test func fixedWeightsAreGivenByName() throws {
    let balancer = try FixedWeightsKind().make(
      terms: ["interior", "boundary"], seed: 0, settings: ["boundary": 100])
    #expect(balancer.weights == [1, 100])
    #expect(throws: LearningError.self) {
      _ = try FixedWeightsKind().make(terms: ["interior"], seed: 0, settings: ["interior": -2])
    }
  }

  @Test func gradientNormsAndTraces() throws {
    let settings = ["decay": 0.5, "frequency": 2, "guard": 1e-12]
    let norms = try GradientNormKind().make(terms: ["a", "b"], seed: 0, settings: settings)
    let traces = try TangentKernelKind().make(terms: ["a", "b"], seed: 0, settings: settings)
    #expect(norms.needsGradientsEvery == 2 && norms.needsTracesEvery == nil)
    #expect(traces.needsTracesEvery == 2 && traces.needsGradientsEvery == nil)
    #expect(norms.needsGradients(at: 4) && !norms.needsGradients(at: 3) && !norms.needsTraces(at: 4))
    // Norms 3 and 1, then 1 and 1: wanted are 2/3 and 2, then 1 and 1.
    norms.update(TermObservation(step: 0, losses: [1, 1], products: [9, 0.5, 0.5, 1]))
    #expect(agree(norms.weights, [0.5 + 1.0 / 3, 1.5], 1e-10))
    norms.update(TermObservation(step: 1, losses: [1, 1]))
    norms.update(TermObservation(step: 2, losses: [1, 1], products: [1, 0, 0, 1]))
    #expect(agree(norms.weights, [0.25 + 1.0 / 6 + 0.5, 1.25], 1e-10))
    traces.update(TermObservation(step: 0, losses: [1, 1], traces: [30, 10]))
    #expect(agree(traces.weights, [0.5 + 1.0 / 3, 1.5], 1e-10))
    // A term that is done has a large weight, but not an infinite one.
    let guarded = try GradientNormKind().make(terms: ["a", "b"], seed: 0, settings: ["decay": 0])
    guarded.update(TermObservation(step: 0, losses: [1, 0], products: [4, 0, 0, 0]))
    #expect(agree(guarded.weights, [0.5, 1e5], 1e-4))
  }

  @Test func relobralo() throws {
    func make(memory: Double) throws -> any Balancer {
      try ReLoBRaLoKind().make(
        terms: ["a", "b"], seed: 1, settings: ["keep": 0.75, "temperature": 2, "memory": memory])
    }
    let sequence = [[4.0, 1.0], [2.0, 1.0], [2.0, 0.5]]
    func share(_ a: Double, _ b: Double) -> [Double] {
      [2 * exp(a) / (exp(a) + exp(b)), 2 * exp(b) / (exp(a) + exp(b))]
    }
    // Ratios over the temperature: to the step before, then to the first.
    let (near1, near2, far2) = (share(0.25, 0.5), share(0.5, 0.25), share(0.25, 0.25))
    for (memory, history) in [(1.0, [1.0, 1.0]), (0, near1)] {
      let balancer = try make(memory: memory)
      balancer.update(TermObservation(step: 0, losses: sequence[0]))
      #expect(balancer.weights == [1, 1])
      balancer.update(TermObservation(step: 1, losses: sequence[1]))
      let first = (0..<2).map { 0.75 * history[$0] + 0.25 * near1[$0] }
      #expect(agree(balancer.weights, first))
      balancer.update(TermObservation(step: 2, losses: sequence[2]))
      let past = memory == 1 ? first : far2
      #expect(agree(balancer.weights, (0..<2).map { 0.75 * past[$0] + 0.25 * near2[$0] }))
    }
  }

  /// About as often as asked for, and the same whenever it is asked.
  @Test func looksBackAreDrawnByStep() throws {
    func looks(_ seed: UInt64) throws -> [Bool] {
      let balancer = try ReLoBRaLoKind().make(
        terms: ["a", "b"], seed: seed, settings: ["keep": 1, "memory": 0.7])
      balancer.update(TermObservation(step: 0, losses: [1, 1]))
      return (1...1000).map { step in
        // A look back makes the weights those of the losses of this step.
        let losses = [1 / Double(step), 1]
        let before = balancer.weights
        balancer.update(TermObservation(step: step, losses: losses))
        return balancer.weights != before
      }
    }
    let first = try looks(1)
    #expect(try looks(1) == first)
    #expect(try looks(2) != first)
    #expect((250...350).contains(first.count { $0 }))
  }

  @Test func softAdapt() throws {
    let (before, after) = ([3.0, 1.0], [1.0, 2.0])
    for (isNormalized, isLossWeighted) in [(true, false), (false, false), (true, true)] {
      let balancer = try SoftAdaptKind().make(
        terms: ["a", "b"], seed: 0,
        settings: [
          "sharpness": 0.5, "normalized": isNormalized ? 1 : 0, "lossWeighted": isLossWeighted ? 1 : 0,
        ])
      balancer.update(TermObservation(step: 0, losses: before))
      #expect(balancer.weights == [1, 1])
      balancer.update(TermObservation(step: 1, losses: after))
      // The rates are −2 and 1.
      let rates = isNormalized ? (-2.0 / 3, 1.0 / 3) : (-2.0, 1.0)
      let parts = (
        exp(0.5 * rates.0) * (isLossWeighted ? 1 : 1), exp(0.5 * rates.1) * (isLossWeighted ? 2 : 1)
      )
      let sum = parts.0 + parts.1
      #expect(agree(balancer.weights, [2 * parts.0 / sum, 2 * parts.1 / sum]))
    }
  }

  /// The weighted sum of gradients has the same angle to each of them, below 90°, and ConFIG's length.
  @Test(arguments: [2, 3, 5]) func conflictFreeDirections(_ count: Int) throws {
    let stream = RandomStream(seed: 2, purpose: "gradients")
    // Against each other for the most part, and of very different lengths.
    var gradients: [[Double]] = []
    for term in 0..<count {
      let (length, shift) = (pow(10, Double(2 * term - 3)), term % 2 == 0 ? 0.8 : -0.8)
      gradients.append((0..<40).map { length * (stream.normals(at: UInt64(40 * term + $0)).x + shift) })
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let balancer = try ConFIGKind().make(terms: (0..<count).map { "\($0)" }, seed: 0, settings: [:])
    #expect(balancer.needsGradientsEvery == 1 && !balancer.weighsLosses)
    balancer.update(
      TermObservation(
        step: 0, losses: Array(repeating: 1, count: count),
        products: gradients.flatMap { a in gradients.map { dot(a, $0) } }))
    var sum = [Double](repeating: 0, count: 40)
    for (weight, gradient) in zip(balancer.weights, gradients) {
      for k in 0..<40 { sum[k] += weight * gradient[k] }
    }
    let length = dot(sum, sum).squareRoot()
    let cosines = gradients.map { dot(sum, $0) / (length * dot($0, $0).squareRoot()) }
    let plain = (0..<40).map { k in gradients.reduce(0) { $0 + $1[k] } }
    #expect(gradients.contains { dot($0, plain) < 0 })
    for cosine in cosines {
      #expect(cosine > 0.01)
      #expect(abs(cosine - cosines[0]) < 1e-10)
    }
    let projected = gradients.reduce(0) { $0 + dot($1, sum) / length }
    #expect(abs(length - projected) < 1e-10 * length)
  }

  @Test func dependentGradients() throws {
    func weights(_ products: [Double]) throws -> [Double] {
      let balancer = try ConFIGKind().make(terms: ["a", "b"], seed: 0, settings: [:])
      balancer.update(TermObservation(step: 0, losses: [1, 1], products: products))
      return balancer.weights
    }
    // g and 3g: the sum of the lengths along both.
    #expect(agree(try weights([1, 3, 3, 9]), [2, 2.0 / 3], 1e-12))
    // g and −2g cancel.
    #expect(try weights([1, -2, -2, 4]) == [0, 0])
    // A term without gradient leaves the other as it is.
    #expect(agree(try weights([4, 0, 0, 0]), [1, 0]))
  }
}
