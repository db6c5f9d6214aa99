import Arrays
import Foundation
import Plotting
import Testing

/// What the scripts of each kind of picture say.
@Suite struct GnuplotScriptTests {
  private func script(
    _ figure: Figure, _ format: PictureFormat = .png, options: PictureOptions = PictureOptions()
  ) throws -> GnuplotScript {
    try GnuplotScript(figure, format: format, output: "picture." + format.rawValue, options: options)
  }

  private func lines(_ script: GnuplotScript, startingWith prefix: String) -> [String] {
    script.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
  }

  @Test func linesAtSeveralTimes() throws {
    let figure = Figure(title: "Wave", panels: [try .lines(SampleFields.wave(times: 2))])
    let script = try script(figure)
    #expect(
      script.text == """
        # Written by Parseval. Run in this folder: gnuplot SCRIPT
        set encoding utf8
        set terminal pngcairo noenhanced size 1200,717 font 'DejaVu Sans,11.25' background '#ffffff' linewidth 1.5
        set output 'picture.png'
        set multiplot

        reset
        set minussign
        unset key
        set tics out nomirror
        set border 3 linewidth 0.7
        set label 1 'Wave' at screen 0.5,0.96862 center noenhanced font ',13.5'
        set lmargin at screen 0.07
        set rmargin at screen 0.89325
        set tmargin at screen 0.92259
        set bmargin at screen 0.085774
        set grid linecolor rgb '#dddddd' linewidth 0.5 linetype 1
        set xlabel 'x (m)' noenhanced
        set xrange [0.0:1.0]
        set xtics 0.2
        set format x '%.6g'
        set label 2 'u (m/s)' at screen 0.01,0.50418 rotate by 90 center noenhanced
        set yrange [-1.12:1.12]
        set ytics 0.5
        set format y '%.6g'
        set key at screen 0.902,0.92259 left top vertical Left reverse noenhanced samplen 1.6 spacing 1.2 font ',11.25'
        plot 'panel-1.dat' index 0 using 1:2 with lines linewidth 1.6 linecolor rgb '#440154' title 't = 0 s', \\
          'panel-1.dat' index 1 using 1:2 with lines linewidth 1.6 linecolor rgb '#a9db33' title 't = 1 s'
        unset multiplot
        unset output

        """)
    // The curve of a periodic field comes back to its first value at the end of the axis.
    let rows = String(decoding: script.files[0].contents, as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 2 * (1 + 129))
    #expect(rows[1].split(separator: " ")[1] == rows[129].split(separator: " ")[1])
    #expect(rows[129].hasPrefix("1.0 "))
  }

  @Test func spaceTimeHasSpaceToTheRightAndTimeUpwards() throws {
    let script = try script(Figure(title: "", panels: [try .spaceTime(SampleFields.wave())]))
    #expect(lines(script, startingWith: "set xlabel") == ["set xlabel 'x (m)' noenhanced"])
    #expect(lines(script, startingWith: "set label 2")[0].contains("'t (s)'"))
    #expect(lines(script, startingWith: "set label 3")[0].contains("'u (m/s)'"))
    #expect(lines(script, startingWith: "set palette")[0].contains("5 '#ffffff'"))
    #expect(
      lines(script, startingWith: "plot") == [
        "plot 'panel-1.bin' binary array=(400,400) format='%float64' origin=(0.00125,0.00125) dx=0.0025 "
          + "dy=0.0025 using 1 with image notitle"
      ])
    // At t = 0 the crest is at x = 1/4, at t = 1 it has come back there, lower.
    let values = doubles(script.files[0].contents)
    let first = values[0..<400]
    let last = values[(399 * 400)...]
    #expect(abs((first.firstIndex(of: first.max()!)! - first.startIndex) - 100) <= 4)
    #expect(abs(last.max()! - exp(-1)) < 0.02)
  }

  @Test func mapKeepsLengthsEqualAndPutsTheSecondAxisUpwards() throws {
    let panel = try Panel.map(SampleFields.bump(times: 1), at: 0)
    let script = try script(Figure(title: "", panels: [panel]))
    #expect(lines(script, startingWith: "set palette")[0].contains("0 '#440154'"))
    let values = doubles(script.files[0].contents)
    #expect(values.count == 400 * 400)
    let peak = values.firstIndex(of: values.max()!)!
    #expect(abs(Double(peak % 400) / 400 - 0.75) < 0.03)
    #expect(abs(Double(peak / 400) / 400 - 0.25) < 0.03)

    func margin(_ side: String) throws -> Double {
      try #require(Double(lines(script, startingWith: "set \(side)margin")[0].split(separator: " ").last!))
    }
    let size = try #require(
      script.text.firstMatch(of: /size (\d+),(\d+)/).map { (Double($0.1)!, Double($0.2)!) })
    let width = (try margin("r") - margin("l")) * size.0
    let height = (try margin("t") - margin("b")) * size.1
    #expect(abs(width / height - 2) < 0.01)
  }

  @Test func mapsAtSeveralTimesShareTheirColours() throws {
    let script = try script(Figure.of(SampleFields.bump(times: 9), title: "Bump"))
    #expect(Set(lines(script, startingWith: "set cbrange")).count == 1)
    #expect(lines(script, startingWith: "plot").count == 4)
    #expect(
      lines(script, startingWith: "set title").map { $0.split(separator: "'")[1] } == [
        "t = 0", "t = 0.3", "t = 0.5", "t = 0.8",
      ])
  }

  @Test func slicesGoThroughTheMiddleOfEachAxis() throws {
    let script = try script(Figure.of(SampleFields.cube(), title: "Vortex"))
    #expect(
      lines(script, startingWith: "set title").map { $0.split(separator: "'")[1] } == [
        "z = 3.142,  t = 1", "y = 3.142,  t = 1", "x = 3.142,  t = 1",
      ])
    #expect(
      lines(script, startingWith: "set xlabel").map { $0.split(separator: "'")[1] } == ["x", "x", "y"])
    #expect(lines(script, startingWith: "set colorbox").count == 1)
    #expect(Set(lines(script, startingWith: "set cbrange")).count == 1)
  }

  @Test func animationHasOneRangeForAllFrames() throws {
    let figure = try Figure.of(SampleFields.wave(times: 5), title: "Wave", animated: true)
    let moving = try script(figure, .gif)
    #expect(moving.text.contains("set terminal gif noenhanced truecolor animate delay 10 loop 0 size 800,"))
    #expect(lines(moving, startingWith: "set multiplot").count == 5)
    #expect(Set(lines(moving, startingWith: "set yrange")).count == 1)
    #expect(moving.text.contains("'Wave,  t = 0.25 s'"))
    // A format that stands still shows the last frame.
    let still = try script(figure, .png)
    #expect(lines(still, startingWith: "set multiplot").count == 1)
    #expect(still.text.contains("'Wave,  t = 1 s'"))
  }

  @Test func longAnimationsAreThinnedToTheirEnds() throws {
    let frames = (0..<1000).map {
      Figure.Frame(
        caption: "frame \($0)",
        panels: [
          .history(
            [Curve(name: "a", x: [0, 1], y: [0, 1])], horizontal: Quantity("x"), vertical: Quantity("y"))
        ])
    }
    let script = try script(Figure(title: "", frames: frames), .gif)
    #expect(lines(script, startingWith: "set multiplot").count == 200)
    #expect(script.text.contains("'frame 0'") && script.text.contains("'frame 999'"))
  }

  @Test func historyOnLogarithmicAxes() throws {
    let panel = Panel.history(
      SampleFields.costs, horizontal: Quantity("cost", unit: "s", isLogarithmic: true),
      vertical: Quantity("error", isLogarithmic: true))
    let script = try script(Figure(title: "", panels: [panel]))
    #expect(lines(script, startingWith: "set logscale") == ["set logscale x", "set logscale y"])
    #expect(lines(script, startingWith: "set xrange") == ["set xrange [1e-3:1e1]"])
    #expect(
      lines(script, startingWith: "set xtics") == [
        "set xtics ('10⁻³' 1e-3, '10⁻²' 1e-2, '10⁻¹' 1e-1, '10⁰' 1e0, '10¹' 1e1)"
      ])
    #expect(script.text.contains("with linespoints"))
    #expect(script.text.contains("title 'a learned operator with a l…'"))
  }

  @Test func twoFieldsOfOneDimensionStandInTwoRows() throws {
    let script = try script(Figure.of([SampleFields.wave(), SampleFields.wave()], title: "Waves"))
    let left = lines(script, startingWith: "set lmargin")
    #expect(left.count == 4)
    #expect(left[0] == left[2] && left[1] == left[3] && left[0] != left[1])
  }

  @Test func aFieldOfTimeAloneIsACurve() throws {
    let field = FieldSeries(
      name: "q", times: [0, 1, 2], axes: [], values: NDArray(shape: [3], [1.0, 4, 9]))
    let script = try script(Figure.of(field, title: "Three values"))
    #expect(
      String(decoding: script.files[0].contents, as: UTF8.self) == "# q\n0.0 1.0\n1.0 4.0\n2.0 9.0\n\n\n")
  }

  @Test(arguments: [PictureFormat.png, .svg, .pdf, .gif])
  func textIsNeverEnhanced(format: PictureFormat) throws {
    let script = try script(Figure.of(SampleFields.bump(), title: "a_b^c"), format)
    #expect(lines(script, startingWith: "set terminal")[0].contains(" noenhanced "))
  }

  private func doubles(_ data: Data) -> [Double] {
    data.withUnsafeBytes { bytes in
      (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }
}
