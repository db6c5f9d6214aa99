import Foundation
import Geometry
import PhysicsInformed
import Testing

/// The numbers of a landscape that does not change, which were computed once with another program.
@Suite("R3") struct R3Tests {
  private static let square = SamplingDomain(bounds: [0...1, 0...1], hasTime: false)

  private static func peak(_ x: Double, _ y: Double, width: Double) -> SamplerProbe {
    SamplerProbe(residual: {
      exp(-(($0.first! - x) * ($0.first! - x) + ($0.last! - y) * ($0.last! - y)) / (2 * width * width))
    })
  }

  private func share(_ points: PointCloud, near x: Double, _ y: Double, _ distance: Double) -> Double {
    let near = (0..<points.count).count { hypot(points[$0].first! - x, points[$0].last! - y) <= distance }
    return Double(near) / Double(points.count)
  }

  private func kept(_ before: PointCloud, _ after: PointCloud) -> Double {
    Double((0..<before.count).count { before[$0] == after[$0] }) / Double(before.count)
  }

  @Test(
    arguments: [
      (0.05, 0.91, [0.30, 0.65, 0.91], 0.83), (0.02, 0.79, [0.10, 0.36, 0.79], nil),
    ] as [(Double, Double, [Double], Double?)])
  func pointsGatherAtThePeak(
    _ width: Double, _ near: Double, _ keptShares: [Double], _ meanFitness: Double?
  ) throws {
    let seeds = 5
    let probe = Self.peak(0.3, 0.6, width: width)
    var (found, fitness, shares) = (0.0, 0.0, [0.0, 0.0, 0.0])
    for seed in 0..<seeds {
      let sampler = try R3SamplerKind().make(for: Self.square, seed: UInt64(seed), settings: [:])
      var points = try sampler.begin(1000)
      for step in 0..<2000 {
        let marks = [9: 0, 99: 1, 1999: 2]
        let before = marks[step].map { _ in points }
        _ = try sampler.update(&points, step: step, probe)
        #expect(points.count == 1000)
        if let before, let mark = marks[step] { shares[mark] += kept(before, points) / Double(seeds) }
      }
      found += share(points, near: 0.3, 0.6, 2 * width) / Double(seeds)
      fitness += probe.residuals(at: points).reduce(0, +) / 1000 / Double(seeds)
    }
    #expect(abs(found - near) < 0.03, "\(found)")
    for (measured, known) in zip(shares, keptShares) { #expect(abs(measured - known) < 0.03, "\(shares)") }
    if let meanFitness { #expect(abs(fitness - meanFitness) < 0.03, "\(fitness)") }
  }

  @Test func releasesWhatIsSolved() throws {
    let sampler = try R3SamplerKind().make(for: Self.square, seed: 1, settings: [:])
    var points = try sampler.begin(1000)
    for step in 0..<200 { _ = try sampler.update(&points, step: step, Self.peak(0.3, 0.6, width: 0.05)) }
    #expect(share(points, near: 0.3, 0.6, 0.1) > 0.5)
    for step in 200..<205 { _ = try sampler.update(&points, step: step, Self.peak(0.7, 0.2, width: 0.05)) }
    #expect(share(points, near: 0.3, 0.6, 0.1) < 2 * 0.01 * .pi)
  }

  @Test func equalResidualsReleaseAll() throws {
    let shape = Shape.difference([.box([0, 0], [1, 1]), .disc(center: [0.5, 0.5], radius: 0.3)])
    for shape in [nil, shape] {
      let domain = SamplingDomain(bounds: [0...1, 0...1], shape: shape, hasTime: false)
      let sampler = try R3SamplerKind().make(for: domain, seed: 1, settings: [:])
      var points = try sampler.begin(500)
      // With a sum that is exact, the mean is what all have.
      for value in [1, 0, 0.25, Double.nan, .infinity] {
        let before = points
        #expect(try sampler.update(&points, step: 3, SamplerProbe(residual: { _ in value })))
        // The numbers of a step are its own: another one for the next.
        #expect(kept(before, points) == 0 || value != 1)
        #expect((0..<500).allSatisfy { domain.contains(points[$0]) })
      }
    }
  }

  @Test func keepsExactlyThoseAboveTheMean() throws {
    let sampler = try R3SamplerKind().make(for: Self.square, seed: 2, settings: [:])
    var points = try sampler.begin(300)
    let probe = SamplerProbe(residual: { sin(7 * $0.first!) - $0.last! })
    for step in 0..<20 {
      let before = points
      let fitness = probe.residuals(at: before).map { abs($0) }
      let mean = fitness.reduce(0, +) / 300
      _ = try sampler.update(&points, step: step, probe)
      for point in 0..<300 { #expect((points[point] == before[point]) == (fitness[point] > mean)) }
    }
  }
}

@Suite("Causal R3") struct CausalR3Tests {
  private let domain = SamplingDomain(bounds: [0...1, 2...4], hasTime: true)

  private func gate(_ time: Double, _ shift: Double) -> Double {
    (1 - tanh(5 * ((time - 2) / 2 - shift))) / 2
  }

  @Test func weightsAreSquaresOfTheGate() throws {
    let forms: [(Double) -> Double] = [
      { (1 - tanh($0)) / 2 }, { 1 - 1 / (1 + exp(-$0)) }, { max(0, -tanh($0)) },
    ]
    for (form, gate) in forms.enumerated() {
      let sampler = try CausalR3SamplerKind().make(
        for: domain, seed: 1, settings: ["gate": Double(form), "start": 0.4])
      let points = try sampler.begin(100)
      for point in 0..<100 {
        let value = gate(5 * ((points[point].last! - 2) / 2 - 0.4))
        #expect(abs(points.weights[point] - value * value) < 1e-15)
      }
    }
  }

  @Test func theGateMovesByItsRule() throws {
    let sampler = try CausalR3SamplerKind().make(for: domain, seed: 1, settings: [:])
    var points = try sampler.begin(100)
    for step in 0..<100 { _ = try sampler.update(&points, step: step, SamplerProbe(residual: { _ in 0 })) }
    // No faster than rate · clip: 20,000 steps from −0.5 to 1.5.
    #expect(abs(sampler.stateNumbers["gateShift"]! - (-0.5 + 100 * 1e-4)) < 1e-12)

    let open = try CausalR3SamplerKind().make(for: domain, seed: 1, settings: ["start": 0.5])
    points = try open.begin(100)
    let meanSquare = points.weights.reduce(0, +) / 100
    _ = try open.update(&points, step: 0, SamplerProbe(residual: { _ in -1 }))
    #expect(exp(-20 * meanSquare) < 0.1, "or the clip would hide it")
    #expect(abs(open.stateNumbers["gateShift"]! - (0.5 + 1e-3 * exp(-20 * meanSquare))) < 1e-15)
  }

  @Test func fitnessIsGated() throws {
    let sampler = try CausalR3SamplerKind().make(for: domain, seed: 3, settings: ["start": 0.3])
    var points = try sampler.begin(400)
    let probe = SamplerProbe(residual: { 1 + 0.5 * sin(9 * $0.first!) })
    for step in 0..<20 {
      let (before, shift) = (points, sampler.stateNumbers["gateShift"]!)
      let residuals = probe.residuals(at: before)
      let fitness = (0..<400).map { residuals[$0] * gate(before[$0].last!, shift) }
      let mean = fitness.reduce(0, +) / 400
      _ = try sampler.update(&points, step: step, probe)
      for point in 0..<400 where abs(fitness[point] - mean) > 1e-9 {
        #expect((points[point] == before[point]) == (fitness[point] > mean))
      }
      #expect((0..<400).allSatisfy { domain.contains(points[$0]) })
    }
    let early = (0..<400).count { points[$0].last! < 3 }
    #expect(early > 250, "points gather where the gate is open")
  }
}
