import Arrays
import Foundation
import Plotting

/// Fields with known shapes for the tests of every kind of picture.
enum SampleFields {
  /// A wave that decays: both signs, periodic, equidistant.
  static func wave(points: Int = 128, times: Int = 21) -> FieldSeries {
    let x = (0..<points).map { Double($0) / Double(points) }
    let t = (0..<times).map { Double($0) / Double(max(times - 1, 1)) }
    return FieldSeries(
      name: "u", unit: "m/s", times: t, timeUnit: "s",
      axes: [PlotAxis(name: "x", unit: "m", coordinates: x, interval: 0...1, isPeriodic: true)],
      values: NDArray(shape: [times, points]) { index in
        exp(-t[index / points]) * sin(2 * .pi * (x[index % points] - t[index / points]))
      })
  }

  /// A bump at the lower right, twice as wide as high: positive, on uneven points.
  static func bump(name: String = "c", times: Int = 4, width: Double = 2) -> FieldSeries {
    let x = (0..<40).map { 0.5 * width * (1 - cos(.pi * Double($0) / 39)) }
    let y = (0..<30).map { (Double($0) + 0.5) / 30 }
    let t = (0..<times).map { 0.1 * Double($0) }
    return FieldSeries(
      name: name, times: times == 1 ? [] : t,
      axes: [
        PlotAxis(name: "x", unit: "m", coordinates: x),
        PlotAxis(name: "y", unit: "m", coordinates: y, interval: 0...1),
      ],
      values: NDArray(shape: times == 1 ? [40, 30] : [times, 40, 30]) { index in
        let (i, j, k) = (index / 30 % 40, index % 30, index / 1200)
        let distance = pow(x[i] - 0.75 * width, 2) + pow(y[j] - 0.25, 2)
        return exp(-distance / (0.02 + 0.1 * t[k])) * (1 - 0.5 * t[k])
      })
  }

  /// A vortex in a cube.
  static func cube(times: Int = 2) -> FieldSeries {
    let x = (0..<24).map { 2 * .pi * Double($0) / 24 }
    let axes = ["x", "y", "z"].map {
      PlotAxis(name: $0, coordinates: x, interval: 0...(2 * .pi), isPeriodic: true)
    }
    return FieldSeries(name: "w", times: (0..<times).map(Double.init), axes: axes) { time in
      NDArray(shape: [24, 24, 24]) { index in
        let (i, j, k) = (index / 576, index / 24 % 24, index % 24)
        return sin(x[i] + 0.5 * Double(time)) * cos(x[j]) * (1 + 0.5 * sin(x[k]))
      }
    }
  }

  /// Errors of two methods that fall with the cost.
  static var costs: [Curve] {
    let seconds = (0..<12).map { pow(2, Double($0)) * 1e-3 }
    return [
      Curve(name: "etdrk4", x: seconds, y: seconds.map { 1e-10 * pow($0, -4) }, style: .linePoints),
      Curve(name: "a learned operator with a long name", x: [0.002], y: [3e-3], style: .points),
    ]
  }
}

/// A folder that exists as long as the body of a test.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/plotting-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
