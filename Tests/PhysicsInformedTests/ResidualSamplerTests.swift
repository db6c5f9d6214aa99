import Foundation
import Geometry
import PhysicsInformed
import Testing

@Suite("Samplers that look at the residual of candidates") struct ResidualSamplerTests {
  private let line = SamplingDomain(bounds: [0...1], hasTime: false)
  private let probe = SamplerProbe(residual: { $0.first! })

  /// Points after the first look, on a line where the residual is the coordinate.
  private func points(_ name: String, _ settings: [String: Double], count: Int) throws -> PointCloud {
    let sampler = try SamplerRegistry.kind(named: name).make(
      for: line, seed: 4, settings: settings.merging(["every": 1]) { $1 })
    var points = try sampler.begin(count)
    _ = try sampler.update(&points, step: 0, probe)
    return points
  }

  private func mean(_ values: some Collection<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// Powers and constants with the mean of the density |x|^k (k + 1) + c over 1 + c.
  private static let densities: [[Double]] = [
    [1, 0, 2.0 / 3], [1, 1, 7.0 / 12], [2, 0, 3.0 / 4], [0, 0, 1.0 / 2], [2, 3, 9.0 / 16],
  ]

  @Test("The density is |r|^k / mean |r|^k + c: means over it", arguments: densities)
  func radDrawsByItsDensity(_ numbers: [Double]) throws {
    let (power, constant, expected) = (numbers[0], numbers[1], numbers[2])
    let settings = ["power": power, "constant": constant, "candidates": 40_000]
    let points = try points("rad", settings, count: 1000)
    #expect(points.count == 1000)
    #expect(abs(mean(points.coordinates) - expected) < 4 * 0.29 / 1000.0.squareRoot() + 0.005)
    #expect(Set(points.coordinates).count == 1000, "no candidate comes twice")
  }

  @Test func rarGAddsTheLargest() throws {
    let settings = ["adds": 20.0, "candidates": 2000]
    let points = try points("rar-g", settings, count: 50)
    #expect(points.count == 70)
    let added = points.coordinates.suffix(20)
    #expect(added.allSatisfy { $0 > 0.98 } && Array(added) == added.sorted(by: >))
  }

  @Test func rarDAddsByItsDensity() throws {
    let points = try points("rar-d", ["adds": 1000, "candidates": 40_000], count: 50)
    #expect(points.count == 1050)
    #expect(abs(mean(points.coordinates.suffix(1000)) - 0.75) < 0.03)
  }

  @Test func candidatesAreFreshEveryTime() throws {
    for name in ["rar-g", "rar-d"] {
      let sampler = try SamplerRegistry.kind(named: name).make(
        for: line, seed: 4, settings: ["every": 1, "adds": 3, "candidates": 100, "rounds": 5])
      var points = try sampler.begin(10)
      for step in 0..<8 { _ = try sampler.update(&points, step: step, probe) }
      #expect(points.count == 25 && sampler.largestCount(of: 10) == 25)
      #expect(Set(points.coordinates).count == 25)
    }
  }

  @Test func residualsWithoutSizeOrNumberAreNoTrouble() throws {
    for name in ["rad", "rar-g", "rar-d"] {
      for value in [0, Double.nan, .infinity, 1e300] {
        let sampler = try SamplerRegistry.kind(named: name).make(
          for: line, seed: 4, settings: ["every": 1, "candidates": 100])
        var points = try sampler.begin(10)
        _ = try sampler.update(&points, step: 0, SamplerProbe(residual: { $0.first! > 0.5 ? value : 1 }))
        #expect((0..<points.count).allSatisfy { line.contains(points[$0]) })
      }
    }
  }
}
