import Arrays
import Foundation
import Geometry
import Learning
import PhysicsInformed
import Testing

/// What holds for every kind of sampler, on domains of every kind.
@Suite("Samplers: laws") struct SamplerLawTests {
  static let names = SamplerRegistry.all.map(\.name)
  static let domains: [SamplingDomain] = [
    SamplingDomain(bounds: [-1...2, 0...1], hasTime: false),
    SamplingDomain(
      bounds: [0...2, 0...2],
      shape: .difference([.box([0, 0], [2, 2]), .disc(center: [1, 1], radius: 0.7)]), hasTime: false),
    SamplingDomain(bounds: [-1...1, 0...3], hasTime: true),
    SamplingDomain(
      bounds: [-1...1, -1...1, 2...4],
      shape: .difference([
        .ellipse(center: [0, 0], semiAxes: [1, 0.5], angle: 0.5), .disc(center: [0.2, 0], radius: 0.3),
      ]), hasTime: true),
  ]
  private let count = 64
  private let probe = SamplerProbe(
    residual: { exp(-4 * $0.reduce(0) { $0 + ($1 - 0.6) * ($1 - 0.6) }) },
    features: { point in
      let (x, y) = (point.first!, point.last!)
      return [1, x, y, x * x, x * y, y * y, sin(3 * x), cos(3 * y)]
    })

  /// Every third step, and few candidates, as far as there are any.
  private func settings(_ kind: any SamplerKind) -> [String: Double] {
    let wanted = ["every": 3.0, "candidates": 200, "adds": 5, "rounds": 2]
    return wanted.filter { name, _ in kind.parameters.contains { $0.name == name } }
  }

  private func sampler(_ name: String, _ domain: Int, seed: UInt64 = 7) throws -> (any Sampler)? {
    let kind = try SamplerRegistry.kind(named: name)
    guard name != "causal-r3" || Self.domains[domain].hasTime else { return nil }
    return try kind.make(for: Self.domains[domain], seed: seed, settings: settings(kind))
  }

  /// The points after each of some steps, and whether they were said to have changed.
  private func run(
    _ sampler: any Sampler, from points: PointCloud, steps: Range<Int>
  ) throws -> [(points: PointCloud, hasChanged: Bool)] {
    var points = points
    return try steps.map { step in
      let hasChanged = try sampler.update(&points, step: step, probe)
      return (points, hasChanged)
    }
  }

  @Test(arguments: names, domains.indices) func pointsLieInTheDomain(_ name: String, _ domain: Int) throws {
    guard let sampler = try sampler(name, domain) else { return }
    #expect(sampler.name == name)
    let first = try sampler.begin(count)
    #expect(name == "grid" ? (count / 2...count).contains(first.count) : first.count == count)
    for cloud in [first] + (try run(sampler, from: first, steps: 0..<12)).map(\.points) {
      #expect(cloud.dimension == Self.domains[domain].dimension)
      #expect((0..<cloud.count).allSatisfy { Self.domains[domain].contains(cloud[$0]) })
      #expect(first.count...sampler.largestCount(of: count) ~= cloud.count)
      #expect(cloud.weights.isEmpty || cloud.weights.count == cloud.count)
      #expect(cloud.weights.allSatisfy { $0 > 0 && $0.isFinite })
    }
  }

  @Test(arguments: names, domains.indices) func pointsChangeWhenTheySaySo(_ name: String, _ domain: Int)
    throws
  {
    guard let sampler = try sampler(name, domain) else { return }
    let isMoving = try SamplerRegistry.kind(named: name).parameters.contains { $0.name == "every" }
    var previous = try sampler.begin(count)
    for (step, state) in try run(sampler, from: previous, steps: 0..<12).enumerated() {
      #expect(state.hasChanged == (state.points != previous), "step \(step)")
      let isDue = isMoving && (step + 1) % 3 == 0
      switch name {
      case "rar-g", "rar-d": #expect(state.hasChanged == (isDue && step < 6))
      case "causal-r3": #expect((state.points.coordinates != previous.coordinates) == isDue)
      default: #expect(state.hasChanged == isDue)
      }
      previous = state.points
    }
  }

  @Test(arguments: names, domains.indices) func repeats(_ name: String, _ domain: Int) throws {
    guard let one = try sampler(name, domain), let other = try sampler(name, domain),
      let resumed = try sampler(name, domain), let different = try sampler(name, domain, seed: 8)
    else { return }
    let first = try one.begin(count)
    #expect(try other.begin(count) == first)
    let unlike = try different.begin(count)
    #expect(name == "grid" || unlike != first)
    let states = try run(one, from: first, steps: 0..<6)
    // Whatever else happens between: another sampler, another begin.
    _ = try different.begin(10)
    _ = try other.begin(17)
    let numbers = one.stateNumbers
    let rest = try run(one, from: states[5].points, steps: 6..<12)
    #expect(try run(other, from: first, steps: 0..<12).map(\.points) == (states + rest).map(\.points))
    resumed.stateNumbers = numbers
    #expect(try run(resumed, from: states[5].points, steps: 6..<12).map(\.points) == rest.map(\.points))
  }

  @Test(arguments: names) func refusesWhatItIsNot(_ name: String) throws {
    let kind = try SamplerRegistry.kind(named: name)
    let domain = Self.domains[2]
    #expect(throws: LearningError.self) { _ = try kind.make(for: domain, seed: 0, settings: ["size": 1]) }
    for parameter in kind.parameters where parameter.name != "start" {
      #expect(throws: LearningError.self) {
        _ = try kind.make(for: domain, seed: 0, settings: [parameter.name: -1])
      }
      #expect(throws: LearningError.self) {
        _ = try kind.make(for: domain, seed: 0, settings: [parameter.name: .nan])
      }
    }
    let defaults = Dictionary(uniqueKeysWithValues: kind.parameters.map { ($0.name, $0.defaultValue) })
    _ = try kind.make(for: domain, seed: 0, settings: defaults)
    #expect(kind.summary.count > 10 && kind.source.count > 10)
  }

  @Test(arguments: names) func refusesDomainsWithoutInside(_ name: String) throws {
    // The bounding boxes of the discs overlap, the discs do not.
    let nothing = Shape.intersection([
      .disc(center: [0, 0], radius: 0.5), .disc(center: [0.9, 0.9], radius: 0.5),
    ])
    for bounds in [[0.0...1, 0.0...1, 0.0...1], [3.0...4, 3.0...4, 0.0...1]] {
      let domain = SamplingDomain(bounds: bounds, shape: nothing, hasTime: true)
      let sampler = try SamplerRegistry.kind(named: name).make(for: domain, seed: 0, settings: [:])
      let error = #expect(throws: SamplingError.self) { _ = try sampler.begin(10) }
      guard case .emptyInterior = error else { Issue.record("\(String(describing: error))"); continue }
    }
  }

  @Test func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
    let error = #expect(throws: LearningError.self) { _ = try SamplerRegistry.kind(named: "soboll") }
    #expect(error?.description.contains("sobol") == true)
  }

  @Test func timeIsNeededByCausalR3() throws {
    #expect(throws: LearningError.self) {
      _ = try CausalR3SamplerKind().make(for: Self.domains[0], seed: 0, settings: [:])
    }
  }

  @Test func tooFewCandidatesAreRefused() throws {
    for name in ["rad", "leverage", "dpp"] {
      let sampler = try SamplerRegistry.kind(named: name).make(
        for: Self.domains[0], seed: 0, settings: ["candidates": 5])
      #expect(throws: SamplingError.tooFewCandidates(5, points: 6)) { _ = try sampler.begin(6) }
    }
  }
}
