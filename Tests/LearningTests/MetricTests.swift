import Arrays
import Foundation
import Learning
import Testing

@Suite("Metrics, by hand") struct MetricTests {
  /// Two samples, three points, two times, one channel.
  private let target = NDArray<Double>(
    shape: [2, 3, 2, 1], [3, 0, 0, 4, 4, 3, /**/ 1, 2, 2, 2, 2, 1])
  private let predicted = NDArray<Double>(
    shape: [2, 3, 2, 1], [3, 1, 1, 4, 4, 3, /**/ 1, 2, 2, 2, 4, 1])

  private func value(_ name: String, timeAxis: Int? = 2) throws -> Double {
    try MetricRegistry.metric(named: name)(predicted: predicted, target: target, timeAxis: timeAxis)
  }

  private func expect(_ name: String, _ expected: Double) throws {
    let found = try value(name)
    #expect(abs(found - expected) < 1e-14, "\(name): \(found)")
  }

  @Test func relative() throws {
    // Sample 1: errors 1 and 1 of Σt² = 50; sample 2: error 2 of Σt² = 18.
    try expect("relativeL2", (2.0.squareRoot() / 50.0.squareRoot() + 2 / 18.0.squareRoot()) / 2)
    #expect(try value("relativeL2", timeAxis: nil) == value("relativeL2"))
    // Per time: Σt² = 25 and 25, 9 and 9.
    try expect("relativeL2PerTime", (1.0 / 5 + 1.0 / 5 + 2.0 / 3 + 0) / 4)
  }

  /// A wave has its amplitude, halved by its complex pair, at its wavenumber; the mean at 0.
  @Test func spectrum() {
    let n = 16
    let wave = NDArray<Double>(shape: [2, n, 1]) { index in
      3 + 0.5 * cos(2 * .pi * 5 * Double(index % n) / Double(n) + 0.3)
    }
    let own = Metric.spectrum(target: wave)
    #expect(own.count == n / 2 + 1)
    for (k, amplitude) in own.enumerated() {
      #expect(abs(amplitude - (k == 0 ? 3 : k == 5 ? 0.25 : 0)) < 1e-13)
    }
    let shifted = NDArray<Double>(shape: [2, n, 1]) { wave[flat: $0] + 0.125 }
    let error = Metric.spectrum(predicted: shifted, target: wave)
    #expect(abs(error[0] - 0.125) < 1e-13 && error.dropFirst().allSatisfy { $0 < 1e-13 })
  }

  @Test func pointwise() throws {
    let third = (1.0 / 3).squareRoot()
    try expect("rmse", (third + third + 2 * third + 0) / 4)
    try expect("normalizedRMSE", (1.0 / 5 + 1.0 / 5 + 2.0 / 3 + 0) / 4)
    try expect("maximumError", 2)
  }

  @Test func conserved() throws {
    // Means of the errors: time 1: 1/3 and 2/3, time 2: 1/3 and 0.
    try expect("conservedRMSE", ((2.5.squareRoot() / 3) + (0.5.squareRoot() / 3)) / 2)
  }

  @Test func boundary() throws {
    // Ends: sample 1: 0, 0 at time 1 and 1, 0 at time 2; sample 2: 0, 2 and 0, 0.
    try expect("boundaryRMSE", (0 + 0.5.squareRoot() + 2.0.squareRoot() + 0) / 4)
  }

  @Test func boundaryOfASquare() throws {
    let error = NDArray<Double>(shape: [1, 3, 4, 1]) { _ in 1 }
    let zero = NDArray<Double>(shape: [1, 3, 4, 1])
    #expect(Metric.boundaryRMSE(predicted: error, target: zero) == 1)
    var inside = zero
    inside[0, 1, 2, 0] = 9
    #expect(Metric.boundaryRMSE(predicted: inside, target: zero) == 0)
    var corner = zero
    corner[0, 0, 0, 0] = 7
    // A corner counts for both axes: 2 · 49 over 2 · (3 + 4).
    #expect(Metric.boundaryRMSE(predicted: corner, target: zero) == 7.0.squareRoot())
  }

  /// A cosine of amplitude a and wavenumber k > 0 has |ê_k| = a / 2; the band takes the mean over its shells.
  @Test(arguments: [(2, 4.0, "low"), (5, 8.0, "middle"), (20, 21.0, "high")])
  func frequencies(_ wavenumber: Int, _ shells: Double, _ band: String) throws {
    let points = 64
    let error = NDArray<Double>(shape: [3, points, 2]) { index in
      index % 2 == 1 ? 0 : 0.8 * cos(2 * .pi * Double(wavenumber * (index / 2 % points)) / Double(points))
    }
    let zero = NDArray<Double>(shape: error.shape)
    for name in ["low", "middle", "high"] {
      let found = try MetricRegistry.metric(named: name + "FrequencyRMSE")(predicted: error, target: zero)
      // Half of the channels have no error.
      #expect(abs(found - (name == band ? 0.4 / shells / 2 : 0)) < 1e-14, "\(name)")
    }
  }

  @Test func frequenciesInTwoAndThreeDimensions() throws {
    // ê at k = (1, 1) of cos x cos y is 1/4, its shell ⌊√2⌋ = 1, one of three in the band of an 8 × 6 grid.
    let plane = NDArray<Double>(shape: [1, 8, 6, 1]) { index in
      cos(2 * .pi * Double(index / 6) / 8) * cos(2 * .pi * Double(index % 6) / 6)
    }
    let low = Metric.lowFrequencyRMSE(predicted: plane, target: NDArray(shape: plane.shape))
    #expect(abs(low - 0.25 / 3) < 1e-14)
    let cube = NDArray<Double>(shape: [1, 4, 4, 4, 1]) { _ in 0.5 }
    let mean = Metric.lowFrequencyRMSE(predicted: cube, target: NDArray(shape: cube.shape))
    #expect(abs(mean - 0.5 / 2) < 1e-14)
    #expect(Metric.middleFrequencyRMSE(predicted: cube, target: cube).isNaN)
  }

  @Test(arguments: MetricRegistry.all.map(\.name)) func isSound(_ name: String) throws {
    let metric = try MetricRegistry.metric(named: name)
    let array = NDArray<Float>(shape: [2, 32, 3, 2]) { Float($0 % 7) - 3 }
    #expect(metric(predicted: array, target: array, timeAxis: 2) == 0)
    var wrong = array
    wrong[1, 0, 1, 1] = .nan
    #expect(metric(predicted: wrong, target: array, timeAxis: 2).isNaN)
    #expect(!metric.text.isEmpty)
    // Where time stands does not matter.
    let swapped = NDArray<Float>(shape: [2, 3, 32, 2]) { index in
      let (sample, time, point, channel) = (index / 192, index / 64 % 3, index / 2 % 32, index % 2)
      return array[sample, point, time, channel]
    }
    let other = NDArray<Float>(shape: [2, 32, 3, 2]) { Float($0 % 5) }
    let swappedOther = NDArray<Float>(shape: [2, 3, 32, 2]) { index in
      let (sample, time, point, channel) = (index / 192, index / 64 % 3, index / 2 % 32, index % 2)
      return other[sample, point, time, channel]
    }
    #expect(
      metric(predicted: other, target: array, timeAxis: 2)
        == metric(predicted: swappedOther, target: swapped, timeAxis: 1))
  }
}
