import Arrays
import Foundation
import Geometry
import PhysicsInformed
import Testing

@Suite("Points that fill a cube evenly") struct SequenceTests {
  private let stream = RandomStream(seed: 5, purpose: "sequence")

  @Test func sobolSequenceIsThatOfJoeAndKuo() {
    let sequence = SobolSequence(dimension: 24)
    // In 64ths, of dimensions 1, 2, 3, 5, 12 and 24; their program counts in Gray code.
    let known: [Int: [Double]] = [
      0: [0, 0, 0, 0, 0, 0], 1: [32, 32, 32, 32, 32, 32], 3: [16, 48, 48, 16, 16, 48],
      5: [56, 56, 8, 56, 56, 24], 10: [60, 4, 44, 20, 52, 44], 21: [62, 38, 22, 42, 34, 62],
      63: [1, 51, 23, 55, 43, 35],
    ]
    for (index, values) in known {
      let found = [0, 1, 2, 4, 11, 23].map { 64 * sequence.coordinate($0, of: index ^ index >> 1) }
      #expect(found == values, "point \(index)")
    }
    #expect(SobolSequence.largestDimension >= 12)
  }

  @Test func haltonSequenceReversesDigits() {
    let sequence = HaltonSequence(dimension: 3)
    #expect((0..<5).map { sequence.coordinate(0, of: $0) } == [0, 0.5, 0.25, 0.75, 0.125])
    for (index, value) in [0, 9, 18, 3, 12, 21, 6, 15, 24].enumerated() {
      #expect(abs(sequence.coordinate(1, of: index) - Double(value) / 27) < 1e-15)
    }
    #expect(abs(sequence.coordinate(2, of: 7) - 11.0 / 25) < 1e-15)
  }

  @Test("Scrambled points keep the net: 2^m points, one in each of the boxes of volume 2^-m")
  func scrambledSobolIsANet() {
    let sequence = SobolSequence(dimension: 2, scrambledBy: stream)
    let count = 256
    for bits in 0...8 {
      let boxes = Set(
        (0..<count).map { index -> [Int] in
          let (x, y) = (sequence.coordinate(0, of: index), sequence.coordinate(1, of: index))
          return [Int(x * Double(1 << bits)), Int(y * Double(1 << (8 - bits)))]
        })
      #expect(boxes.count == count, "2^\(bits) slices of the first axis")
    }
    for dimension in 0..<SobolSequence.largestDimension {
      let all = SobolSequence(dimension: SobolSequence.largestDimension, scrambledBy: stream)
      let slices = Set((0..<count).map { Int(all.coordinate(dimension, of: $0) * Double(count)) })
      #expect(slices.count == count)
    }
  }

  @Test func scrambledPointsAreUniformOverSeeds() {
    // Each point by itself: mean 1/2 and variance 1/12 over scramblings.
    let seeds = 2000
    for make in [
      { SobolSequence(dimension: 2, scrambledBy: $0).coordinate(1, of: 3) },
      { HaltonSequence(dimension: 2, scrambledBy: $0).coordinate(1, of: 3) },
    ] as [(RandomStream) -> Double] {
      let values = (0..<seeds).map { make(RandomStream(seed: UInt64($0), purpose: "scrambling")) }
      let mean = values.reduce(0, +) / Double(seeds)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(seeds)
      #expect(abs(mean - 0.5) < 4 * (1 / 12.0 / Double(seeds)).squareRoot())
      #expect(abs(variance - 1 / 12.0) < 4 * (1 / 180.0 / Double(seeds)).squareRoot())
    }
  }

  @Test func latinHypercubesHaveOnePointInEverySlice() {
    for count in [1, 2, 7, 100, 257] {
      let hypercube = LatinHypercube(dimension: 3, count: count, stream)
      for dimension in 0..<3 {
        let slices = Set((0..<count).map { Int(hypercube.coordinate(dimension, of: $0) * Double(count)) })
        #expect(slices == Set(0..<count))
      }
    }
    let hypercube = LatinHypercube(dimension: 2, count: 1000, stream)
    let product = (0..<1000).reduce(0) {
      $0 + (hypercube.coordinate(0, of: $1) - 0.5) * (hypercube.coordinate(1, of: $1) - 0.5)
    }
    #expect(abs(product / 1000) < 4.0 / 12 / 1000.0.squareRoot(), "axes are independent")
  }

  /// The square of the L2 star discrepancy, by the formula of Warnock (1972).
  private func discrepancy(_ cloud: PointCloud) -> Double {
    let (count, dimension) = (cloud.count, cloud.dimension)
    var single = 0.0
    var double = 0.0
    for i in 0..<count {
      single += cloud[i].reduce(1) { $0 * (1 - $1 * $1) / 2 }
      for j in 0..<count { double += zip(cloud[i], cloud[j]).reduce(1) { $0 * (1 - max($1.0, $1.1)) } }
    }
    return pow(3, -Double(dimension)) - 2 * single / Double(count) + double / Double(count * count)
  }

  private func mean(_ name: String, _ dimension: Int, shape: Shape? = nil) throws -> Double {
    let domain = SamplingDomain(
      bounds: Array(repeating: 0...1, count: dimension), shape: shape, hasTime: false)
    let kind = try SamplerRegistry.kind(named: name)
    return try (0..<8).reduce(0) { sum, seed in
      sum + discrepancy(try kind.make(for: domain, seed: UInt64(seed), settings: [:]).begin(256)) / 8
    }
  }

  @Test(arguments: [2, 3, 6]) func discrepancyIsBelowThatOfRandomPoints(_ dimension: Int) throws {
    let uniform = try mean("uniform", dimension)
    // What it is on average for independent points.
    let expected = (pow(2, -Double(dimension)) - pow(3, -Double(dimension))) / 256
    #expect(abs(uniform / expected - 1) < 0.6)
    let sobol = try mean("sobol", dimension)
    let halton = try mean("halton", dimension)
    let latin = try mean("latin-hypercube", dimension)
    let factor = dimension == 2 ? 0.05 : dimension == 3 ? 0.1 : 0.4
    #expect(sobol < factor * expected, "\(sobol / expected)")
    #expect(halton < factor * expected, "\(halton / expected)")
    #expect(latin < (dimension < 6 ? 0.6 : 0.9) * expected, "\(latin / expected)")
  }

  @Test func shapesAreFilledEvenly() throws {
    let shape = Shape.difference([.disc(center: [0.5, 0.5], radius: 0.5), .box([0.4, 0.4], [0.6, 0.6])])
    let domain = SamplingDomain(bounds: [0...1, 0...1], shape: shape, hasTime: false)
    for name in ["uniform", "latin-hypercube", "sobol", "halton", "grid"] {
      let sampler = try SamplerRegistry.kind(named: name).make(for: domain, seed: 3, settings: [:])
      let cloud = try sampler.begin(4000)
      #expect(cloud.count > 3900)
      for quadrant in [(false, false), (false, true), (true, false), (true, true)] {
        let found = (0..<cloud.count).count {
          (cloud[$0].first! > 0.5) == quadrant.0 && (cloud[$0].last! > 0.5) == quadrant.1
        }
        let expected = Double(cloud.count) / 4
        let deviation = name == "uniform" ? 4 * (0.75 * expected).squareRoot() : 0.06 * expected
        #expect(abs(Double(found) - expected) < deviation, "\(name): \(found)")
      }
    }
  }

  @Test func gridsAreCentersOfEqualCells() throws {
    let domain = SamplingDomain(bounds: [0...2, 0...1], hasTime: false)
    let cloud = try GridSamplerKind().make(for: domain, seed: 0, settings: [:]).begin(50)
    #expect(cloud.count == 50)
    #expect(Array(cloud[0]) == [0.1, 0.1] && Array(cloud[1]) == [0.1, 0.3])
    let evolving = SamplingDomain(bounds: [0...2, 0...100], hasTime: true)
    #expect(try GridSamplerKind().make(for: evolving, seed: 0, settings: [:]).begin(120).count == 100)
  }

  @Test func oneDimensionAndFixedCoordinates() throws {
    let slice = SamplingDomain(bounds: [0...1, 0...1], hasTime: true).slice(at: 0.25)
    for kind in SamplerRegistry.all where kind.name != "causal-r3" {
      let line = SamplingDomain(bounds: [0...1], hasTime: false)
      _ = try kind.make(for: line, seed: 0, settings: [:]).begin(20)
      let cloud = try kind.make(for: slice, seed: 0, settings: [:]).begin(20)
      #expect((0..<cloud.count).allSatisfy { cloud[$0].last == 0.25 }, "\(kind.name)")
    }
  }
}
