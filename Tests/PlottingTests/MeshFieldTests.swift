import Arrays
import Foundation
import Plotting
import Testing

/// Pictures of fields on triangles and tetrahedra.
@Suite struct MeshFieldTests {
  /// The pixels of a panel, rows from bottom to top, with the ends of its axes.
  private struct Pixels {
    var width: Int
    var height: Int
    var values: [Double]

    /// The value where the fractions of the axes are `x` and `y`, and the pixel's own fractions.
    func forEach(_ body: (Double, Double, Double) -> Void) {
      for row in 0..<height {
        for column in 0..<width {
          body(
            (Double(column) + 0.5) / Double(width), (Double(row) + 0.5) / Double(height),
            values[row * width + column])
        }
      }
    }
  }

  private func script(
    _ figure: Figure, _ format: PictureFormat = .png, options: PictureOptions = PictureOptions()
  ) throws -> GnuplotScript {
    try GnuplotScript(figure, format: format, output: "picture." + format.rawValue, options: options)
  }

  private func lines(_ script: GnuplotScript, startingWith prefix: String) -> [String] {
    script.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
  }

  private func file(_ script: GnuplotScript, _ name: String) throws -> Data {
    try #require(script.files.first { $0.name == name }?.contents, "\(name)")
  }

  private func pixels(_ script: GnuplotScript, panel: Int = 1) throws -> Pixels {
    let plot = lines(script, startingWith: "plot 'panel-\(panel).bin'")
    let size = try #require(plot.first?.firstMatch(of: /array=\((\d+),(\d+)\)/))
    let data = try file(script, "panel-\(panel).bin")
    let values = data.withUnsafeBytes { bytes in
      (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    let result = Pixels(width: try #require(Int(size.1)), height: try #require(Int(size.2)), values: values)
    #expect(result.width * result.height == values.count)
    return result
  }

  /// The lines of an outline as lists of points.
  private func outline(_ script: GnuplotScript, _ number: Int = 1) throws -> [[SIMD2<Double>]] {
    String(decoding: try file(script, "outline-\(number).dat"), as: UTF8.self)
      .split(separator: "\n\n").map { line in
        line.split(separator: "\n").map { row in
          let numbers = row.split(separator: " ").map { Double($0) ?? .nan }
          return SIMD2(numbers[0], numbers[1])
        }
      }
  }

  private func length(_ line: [SIMD2<Double>]) -> Double {
    zip(line, line.dropFirst()).reduce(0) { sum, pair in
      let step = pair.1 - pair.0
      return sum + (step * step).sum().squareRoot()
    }
  }

  @Test func aLinearFieldIsDrawnExactly() throws {
    let field = SampleMeshes.field(SampleMeshes.angle) { 1 + 2 * $0[0] - 3 * $0[1] }
    let script = try script(Figure.of(field, title: "Angle"))
    let pixels = try pixels(script)
    #expect(pixels.width > 900 && abs(pixels.width - 2 * pixels.height) <= 2)
    var (wrong, painted) = (0, 0)
    pixels.forEach { x, y, value in
      let isOutside = x > 0.5 && y > 0.5
      painted += value.isFinite ? 1 : 0
      if isOutside ? !value.isNaN : !(abs(value - (1 + 4 * x - 3 * y)) < 1e-12) { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(abs(Double(painted) / Double(pixels.values.count) - 0.75) < 0.002)
    #expect(lines(script, startingWith: "set xlabel") == ["set xlabel 'x (m)' noenhanced"])
    #expect(lines(script, startingWith: "set label 2")[0].contains("'y (m)'"))
    #expect(lines(script, startingWith: "set label 3")[0].contains("'u (K)'"))
    // Outside of the mesh the paper shows, not the grey of numbers that are missing.
    #expect(lines(script, startingWith: "set object").isEmpty && !script.text.contains("rgbalpha"))
  }

  @Test func theOutlineGoesAroundTheMeshAndItsHoles() throws {
    let angle = try outline(
      try script(Figure.of(SampleMeshes.field(SampleMeshes.angle) { $0[0] }, title: "")))
    #expect(angle.count == 1)
    #expect(angle[0].first == angle[0].last)
    #expect(abs(length(angle[0]) - 6) < 1e-12)
    let script = try script(Figure.of(SampleMeshes.field(SampleMeshes.frame) { $0[0] }, title: ""))
    let frame = try outline(script)
    #expect(frame.allSatisfy { $0.first == $0.last })
    #expect(frame.map(length).sorted() == [8, 24])
    var wrong = 0
    try pixels(script).forEach { x, y, value in
      if value.isNaN != (abs(x - 0.5) < 1 / 6.0 && abs(y - 0.5) < 1 / 6.0) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  /// With an even number of cells the planes go through nodes, with an odd one through cells.
  @Test(arguments: [3, 4, 5]) func aSolidMeshIsCutThroughTheMiddle(cells: Int) throws {
    let mesh = SampleMeshes.box([0, 0, 0], [1, 1, 1], cells: [cells, cells, cells])
    let field = SampleMeshes.field(mesh) { $0[0] + 2 * $0[1] + 4 * $0[2] }
    let script = try script(Figure.of(field, title: "Cube"))
    #expect(
      lines(script, startingWith: "set title").map { $0.split(separator: "'")[1] } == [
        "z = 0.5 m", "y = 0.5 m", "x = 0.5 m",
      ])
    #expect(lines(script, startingWith: "set colorbox").count == 1)
    #expect(Set(lines(script, startingWith: "set cbrange")).count == 1)
    for (panel, expected) in [(1.0, 2.0, 2.0), (1, 4, 1), (2, 4, 0.5)].enumerated() {
      var worst = 0.0
      try pixels(script, panel: panel + 1).forEach { x, y, value in
        worst = max(
          worst, value.isNaN ? .infinity : abs(value - expected.0 * x - expected.1 * y - expected.2))
      }
      #expect(worst < 1e-12)
      #expect(abs(try outline(script, panel + 1).map(length).reduce(0, +) - 4) < 1e-12)
    }
  }

  @Test func aHoleOfASolidMeshStaysEmpty() throws {
    let mesh = SampleMeshes.box([0, 0, 0], [3, 3, 3], cells: [3, 3, 3]) { place in
      place.contains { abs($0 - 1.5) > 0.6 }
    }
    let script = try script(Figure.of(SampleMeshes.field(mesh) { $0[0] }, title: ""))
    for panel in 1...3 {
      var wrong = 0
      try pixels(script, panel: panel).forEach { x, y, value in
        if value.isNaN != (abs(x - 0.5) < 1 / 6.0 && abs(y - 0.5) < 1 / 6.0) { wrong += 1 }
      }
      #expect(wrong == 0)
      #expect(try outline(script, panel).map(length).sorted().last.map { abs($0 - 12) < 1e-12 } == true)
    }
  }

  @Test func onIntervalsAFieldIsACurve() throws {
    let mesh = SampleMeshes.box([0], [1], cells: [4])
    let field = SampleMeshes.field(mesh) { $0[0] * $0[0] }
    #expect(field.dimension == 1)
    let script = try script(Figure.of(field, title: ""))
    #expect(
      String(decoding: try file(script, "panel-1.dat"), as: UTF8.self)
        == "# \n0.0 0.0\n0.25 0.0625\n0.5 0.25\n0.75 0.5625\n1.0 1.0\n\n\n")
  }

  @Test func noCurveIsDrawnAcrossAHole() throws {
    let mesh = SampleMeshes.box([0], [4], cells: [4]) { $0[0] < 1 || $0[0] > 2 }
    let script = try script(Figure.of(SampleMeshes.field(mesh) { $0[0] }, title: ""))
    let rows = String(decoding: try file(script, "panel-1.dat"), as: UTF8.self).split(separator: "\n")
    #expect(
      rows.map { $0.split(separator: " ").last } == ["#", "0.0", "1.0", "NaN", "NaN", "2.0", "3.0", "4.0"])
  }

  @Test func severalFieldsStandBesideEachOtherAndShareTheOutline() throws {
    let mesh = SampleMeshes.angle
    let fields = ["u", "v", "p"].map { name in SampleMeshes.field(mesh, name: name) { $0[0] - $0[1] } }
    let script = try script(Figure.of(fields, title: "Flow"))
    #expect(lines(script, startingWith: "plot").count == 3)
    #expect(lines(script, startingWith: "set label 3").count == 3)
    #expect(Set(script.files.map(\.name)) == ["panel-1.bin", "panel-2.bin", "panel-3.bin", "outline-1.dat"])
  }

  @Test func animationHasOneRangeAndOneOutline() throws {
    let field = SampleMeshes.moving(SampleMeshes.frame, times: [0, 0.5, 1]) { $0[0] * $1 }
    let moving = try script(Figure.of(field, title: "Frame", animated: true), .gif)
    #expect(lines(moving, startingWith: "set multiplot").count == 3)
    #expect(
      lines(moving, startingWith: "set cbrange") == Array(repeating: "set cbrange [-3.0:3.0]", count: 3))
    #expect(moving.files.count { $0.name.hasSuffix(".dat") } == 1)
    #expect(moving.text.contains("'Frame,  t = 0.5 s'"))
    let still = try script(Figure.of(field, title: "Frame"))
    #expect(
      lines(still, startingWith: "set title").map { $0.split(separator: "'")[1] } == [
        "t = 0 s", "t = 0.5 s", "t = 1 s",
      ])
    #expect(lines(still, startingWith: "set colorbox").count == 1)
  }

  @Test func numbersThatAreNotFiniteAreGrey() throws {
    let mesh = SampleMeshes.box([0, 0], [4, 4], cells: [4, 4]) { $0[0] < 3 || $0[1] < 3 }
    let field = SampleMeshes.field(mesh) { $0 == [2, 2] ? .nan : $0[0] }
    let script = try script(Figure.of(field, title: ""))
    #expect(lines(script, startingWith: "set title")[0].contains("(grey: not finite)"))
    #expect(script.text.contains("with rgbalpha"))
    let pixels = try pixels(script)
    let colors = [UInt8](try file(script, "panel-1-gaps.bin"))
    let gaps = stride(from: 3, to: colors.count, by: 4).map { colors[$0] }
    let share = Double(gaps.count { $0 == 255 }) / Double(gaps.count)
    // A third of each of the six triangles around the node.
    #expect(abs(share - 1 / 16.0) < 0.002)
    #expect(zip(gaps, pixels.values).allSatisfy { $0.0 == 0 || $0.1.isNaN })
    let outside = Double(pixels.values.count(where: \.isNaN) - gaps.count { $0 == 255 })
    #expect(abs(outside / Double(gaps.count) - 1 / 16.0) < 0.002)
    try withFolder { folder in try Figure.of(field, title: "").write(to: folder + "/gaps.png") }
  }

  @Test(arguments: [PictureFormat.png, .svg, .pdf, .gif]) func everyFormatIsWritten(format: PictureFormat)
    throws
  {
    try withFolder { folder in
      let field = SampleMeshes.moving(SampleMeshes.frame, times: [0, 1, 2]) { sin($0[0] + $1) * cos($0[1]) }
      let path = folder + "/frame." + format.rawValue
      try Figure.of(field, title: "Frame", animated: format == .gif).write(to: path)
      let contents = try #require(FileManager.default.contents(atPath: path))
      #expect(format.isComplete([UInt8](contents)))
      #expect(contents.count < 500_000, "\(contents.count) bytes")
    }
  }

  @Test(arguments: [1e-300, 1, 1e153, 1e307]) func extremeMeshesAreDrawn(size: Double) throws {
    let mesh = SampleMeshes.box([-size, -size], [size, size], cells: [3, 3])
    for value in [0, size, .greatestFiniteMagnitude, .nan] {
      let field = SampleMeshes.field(mesh) { $0[0] > 0 ? value : -value }
      try withFolder { folder in try Figure.of(field, title: "").write(to: folder + "/a.png") }
    }
  }

  // MARK: Bad fields

  private func error(_ field: FieldSeries) -> PlotError? {
    do throws(PlotError) {
      _ = try Figure.of(field, title: "")
      return nil
    } catch {
      return error
    }
  }

  @Test func whatIsNotAFieldOnAMeshIsRefused() {
    let wrong = FieldSeries(name: "u", times: [], mesh: SampleMeshes.angle) { _ in NDArray(shape: [3]) }
    #expect(error(wrong) == .badField(name: "u", reason: "its shape is [3], its mesh says [45]"))
    let flat = PlotMesh(
      axes: [Quantity("x"), Quantity("y")], nodes: NDArray(shape: [3, 2], [0.0, 0, 1, 0, 2, 0]),
      cells: NDArray(shape: [1, 3], [0, 1, 2]))
    #expect(
      error(SampleMeshes.field(flat) { $0[0] })
        == .badField(name: "u", reason: "its mesh has no cells with an area"))
  }

  @Test func cellsAtNoPlaceAreLeftOut() throws {
    let mesh = PlotMesh(
      axes: [Quantity("x"), Quantity("y")],
      nodes: NDArray(shape: [5, 2], [0.0, 0, 1, 0, 0, 1, .nan, 0, .infinity, 7]),
      cells: NDArray(shape: [4, 3], [0, 1, 2, 0, 1, 3, 1, 2, 4, 2, 2, 0]))
    let script = try script(Figure.of(SampleMeshes.field(mesh) { $0[0] }, title: ""))
    #expect(abs(try length(outline(script)[0]) - 2 - 2.0.squareRoot()) < 1e-12)
    #expect(lines(script, startingWith: "set yrange") == ["set yrange [0.0:1.0]"])
  }
}
