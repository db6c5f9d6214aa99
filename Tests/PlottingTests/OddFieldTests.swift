import Arrays
import Foundation
import Plotting
import Testing

/// Values and axes at the edges of what numbers can be.
@Suite struct OddFieldTests {
  private static let plain = (0..<12).map(Double.init)

  private func field(
    x: [Double] = plain, y: [Double] = plain, interval: ClosedRange<Double>? = nil,
    _ value: (Int, Int) -> Double
  ) -> FieldSeries {
    FieldSeries(
      name: "u", times: [],
      axes: [
        PlotAxis(name: "x", coordinates: x, interval: interval, isPeriodic: interval != nil),
        PlotAxis(name: "y", coordinates: y),
      ],
      values: NDArray(shape: [x.count, y.count]) { value($0 / y.count, $0 % y.count) })
  }

  private func write(_ panels: [Panel]) throws {
    try withFolder { folder in
      try Figure(title: "Odd", panels: panels).write(to: folder + "/odd.png")
    }
  }

  @Test(arguments: [
    0, -0.0, 3, -7e-300, 1e300, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .leastNonzeroMagnitude, .nan, .infinity, -.infinity,
  ])
  func constantFields(value: Double) throws {
    try write([
      .map(field { _, _ in value }, at: 0),
      .history(
        [Curve(name: "c", x: Self.plain, y: Self.plain.map { _ in value })],
        horizontal: Quantity("t"), vertical: Quantity("c", isLogarithmic: value > 0)),
    ])
  }

  @Test func extremeRanges() throws {
    let huge = Double.greatestFiniteMagnitude
    try write([
      .map(field { i, _ in i % 2 == 0 ? huge : -huge }, at: 0),
      .map(field { i, _ in Double(i) * Double.leastNonzeroMagnitude }, at: 0),
      .map(field { i, j in 1 + Double(i * j) * 1e-15 }, at: 0),
      .map(field { i, j in i == j ? .nan : (i == 3 ? .infinity : Double(i)) }, at: 0),
    ])
  }

  @Test(arguments: [
    [5], [0], [5, 5, 5], [.nan], [.infinity, -.infinity], [1, .nan, 3], [3, 2, 1], [2, 1, 3],
    [-Double.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude], [0, 1e-300, 2e-300],
    [1e300, 2e300], [1e6, 1e6 + 1e-9], [0, .leastNonzeroMagnitude],
  ])
  func oddAxes(x: [Double]) throws {
    let line = FieldSeries(
      name: "u", times: x.sorted(),
      axes: [PlotAxis(name: "x", coordinates: x)],
      values: NDArray(shape: [x.count, x.count]) { Double($0) })
    try write([
      .map(field(x: x) { i, j in Double(i + j) }, at: 0), .map(field(y: x) { i, j in Double(i + j) }, at: 0),
      .map(field(x: x, interval: 0...1) { i, j in Double(i + j) }, at: 0), .lines(line), .spaceTime(line),
    ])
  }

  @Test func largeFieldsAreAveraged() throws {
    let many = (0..<3000).map(Double.init)
    let panel = try Panel.map(field(x: many, y: [0, 1]) { i, _ in Double(i % 2) }, at: 0)
    let script = try GnuplotScript(Figure(title: "", panels: [panel]), format: .png, output: "a.png")
    #expect(script.text.contains("array=(1200,400)"))
    let values = script.files[0].contents.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - 0.5) < 0.01)
  }

  @Test func longCurvesKeepTheirPeaks() throws {
    let many = (0..<100_000).map(Double.init)
    let curve = Curve(name: "c", x: many, y: many.map { $0 == 51_234 ? 9 : 0 })
    let panel = Panel.history([curve], horizontal: Quantity("t"), vertical: Quantity("c"))
    let script = try GnuplotScript(Figure(title: "", panels: [panel]), format: .png, output: "a.png")
    let rows = String(decoding: script.files[0].contents, as: UTF8.self).split(separator: "\n")
    #expect(rows.count < 2500)
    #expect(rows.contains("51.234 9.0") || rows.contains("51234.0 9.0"))
    #expect(rows.last == "99999.0 0.0")
  }

  @Test func unevenPointsStandAtTheirPlaces() throws {
    // A step at x = 0.1, whose points crowd to the left.
    let x = (0..<50).map { pow(Double($0) / 49, 3) }
    let panel = try Panel.map(field(x: x) { i, _ in x[i] < 0.1 ? 0 : 1 }, at: 0)
    let script = try GnuplotScript(Figure(title: "", panels: [panel]), format: .png, output: "a.png")
    let values = script.files[0].contents.withUnsafeBytes {
      Array($0.bindMemory(to: Double.self).prefix(400))
    }
    let step = try #require(values.firstIndex { $0 > 0.5 })
    #expect(abs(Double(step) / 400 - 0.1) < 0.02)
  }

  // MARK: Bad fields

  private func error(_ fields: [FieldSeries], animated: Bool = false) -> PlotError? {
    do throws(PlotError) {
      _ = try Figure.of(fields, title: "", animated: animated)
      return nil
    } catch {
      return error
    }
  }

  @Test func shapesThatDoNotFit() {
    let axis = PlotAxis(name: "x", coordinates: [0, 1, 2])
    let wrong = FieldSeries(name: "u", times: [0, 1], axes: [axis], values: NDArray(shape: [3, 3]))
    #expect(
      error([wrong])
        == .badField(name: "u", reason: "its shape is [3, 3], its times and axes say [2, 3]"))
    let late = FieldSeries(name: "u", times: [0, 1], axes: [axis]) { _ in NDArray(shape: [4]) }
    #expect(error([late]) == .badField(name: "u", reason: "its shape is [4], its axes say [3]"))
    let empty = FieldSeries(
      name: "u", times: [], axes: [PlotAxis(name: "x", coordinates: [])], values: NDArray(shape: [0]))
    #expect(error([empty]) == .badField(name: "u", reason: "its axis 'x' has no points"))
    struct Unreadable: Error, CustomStringConvertible { let description = "the file ends early" }
    let unreadable = FieldSeries(name: "u", times: [0], axes: [axis]) { _ in throw Unreadable() }
    #expect(error([unreadable]) == .badField(name: "u", reason: "the file ends early"))
  }

  @Test func whatNoPictureShows() {
    let axes = (0..<4).map { PlotAxis(name: "x\($0)", coordinates: [0, 1]) }
    let field = FieldSeries(name: "u", times: [], axes: axes, values: NDArray(shape: [2, 2, 2, 2]))
    #expect(error([field]) == .tooManyDimensions(name: "u", dimensions: 4))
    #expect(error([]) == .nothingToDraw)
    let many = Array(repeating: SampleFields.wave(times: 2), count: 17)
    #expect(error(many) == .tooManyPanels(count: 34, limit: 32))
    #expect(
      error([SampleFields.wave(times: 3), SampleFields.wave(times: 4)], animated: true)
        == .badField(name: "u", reason: "it has 4 times, 'u' has 3"))
    #expect(throws: PlotError.nothingToDraw) {
      try GnuplotScript(Figure(title: "", panels: []), format: .png, output: "a.png")
    }
  }
}
