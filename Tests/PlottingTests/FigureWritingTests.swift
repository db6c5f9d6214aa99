import Arrays
import Foundation
import Plotting
import Testing

/// Pictures on disk: what is written, and what is not.
@Suite struct FigureWritingTests {
  @Test func pngHasItsSizeAndColours() throws {
    try withFolder { folder in
      let path = folder + "/bump.png"
      try Figure.of(SampleFields.bump(), title: "Bump").write(
        to: path, options: PictureOptions(width: 640, height: 480))
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(bytes.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      func number(_ offset: Int) -> Int { bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } }
      #expect(number(16) == 640)
      #expect(number(20) == 480)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["bump.png"])
    }
  }

  @Test func everyFormatIsWritten() throws {
    try withFolder { folder in
      for format in PictureFormat.allCases {
        let path = folder + "/wave." + format.rawValue.uppercased()
        try Figure.of(SampleFields.wave(times: 3), title: "Wave", animated: format == .gif).write(to: path)
        let contents = try #require(FileManager.default.contents(atPath: path))
        #expect(format.isComplete([UInt8](contents)), "\(format)")
        #expect(!format.isComplete([UInt8](contents.dropLast(100))), "\(format)")
        #expect(contents.count > 2000, "\(format)")
      }
    }
  }

  @Test func keptScriptDrawsThePictureAgain() throws {
    try withFolder { folder in
      let path = folder + "/wave.svg"
      try Figure.of(SampleFields.wave(), title: "Wave").write(
        to: path, options: PictureOptions(keepScript: true))
      let kept = path + ".gnuplot"
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: kept).sorted() == [
          "panel-1.dat", "panel-2.bin", "wave.gp",
        ])
      let gnuplot = Process()
      gnuplot.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      gnuplot.arguments = ["gnuplot", "wave.gp"]
      gnuplot.currentDirectoryURL = URL(fileURLWithPath: kept)
      try gnuplot.run()
      gnuplot.waitUntilExit()
      #expect(gnuplot.terminationStatus == 0)
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: kept + "/wave.svg"))
    }
  }

  @Test(arguments: [PictureFormat.png, .svg, .gif])
  func hostileTextIsDrawnAndNotRun(format: PictureFormat) throws {
    try withFolder { folder in
      let trap = folder + "/pwned"
      let hostile = [
        "`touch \(trap)` $(touch \(trap)) \"x\" 'y' \\n {/*} _ ^ @ %d # ; \\",
        "'; system('touch \(trap)'); '", "''`touch \(trap)`''", "\"`touch \(trap)`\"", "@`touch \(trap)`",
        "line\n!touch \(trap)\nsystem 'touch \(trap)'\r\n", "\u{0}\u{202E}`touch \(trap)`", "'", "''",
        "a''b''''c", "a''`touch \(trap)`", "a'''; system('touch \(trap)') #", "\\'", "'\\",
        String(repeating: "e\u{301}\u{301}", count: 5000), "{{{{", "}}}}'\n", "$(touch \(trap))",
      ]
      for text in hostile {
        let field = FieldSeries(
          name: text, unit: text, times: [0, 1], timeUnit: text,
          axes: [PlotAxis(name: text, unit: text, coordinates: [0, 1, 2])],
          values: NDArray(shape: [2, 3], [1.0, 2, 3, 3, 2, 1]))
        let path = folder + "/picture." + format.rawValue
        try Figure.of(field, title: text, animated: format == .gif).write(to: path)
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: trap), "executed: \(text)")
      }
    }
  }

  @Test func textStandsLiterallyInThePicture() throws {
    try withFolder { folder in
      let path = folder + "/title.svg"
      for title in ["`id` $(id) \"x\" 'y' \\n {/*} _ ^ @ %d", "''a''''b'", "'; id", "\\"] {
        try Figure.of(SampleFields.wave(), title: title).write(to: path)
        let svg = try String(contentsOfFile: path, encoding: .utf8)
        #expect(svg.contains("<text>\(title)</text>"), "\(title)")
        #expect(svg.contains("<text>x (m)</text>"))
      }
    }
  }

  @Test func aHostileFileNameIsOnlyAName() throws {
    try withFolder { folder in
      let path = folder + "/it's `id` $(id) ü;.svg"
      try Figure.of(SampleFields.wave(), title: "").write(to: path, options: PictureOptions(keepScript: true))
      #expect(FileManager.default.fileExists(atPath: path))
      #expect(FileManager.default.fileExists(atPath: path + ".gnuplot/picture.gp"))
    }
  }

  // MARK: Errors

  private func error(_ path: String, options: PictureOptions = PictureOptions()) -> PlotError? {
    do throws(PlotError) {
      try Figure.of(SampleFields.wave(times: 2), title: "").write(to: path, options: options)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["picture", "picture.jpg", "png", ".png", "", "a.png/", "picture.png.txt"])
  func unknownEndings(path: String) {
    #expect(error(path) == .unknownEnding(path: path))
  }

  @Test func placesThatCannotBeWritten() throws {
    for path in ["/proc/picture.png", "/no/such/folder/picture.png", "/dev/null/picture.png"] {
      guard case .unwritable(let place, _) = error(path) else {
        Issue.record("\(path) was not refused")
        continue
      }
      #expect(place == path)
    }
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/folder.png", withIntermediateDirectories: false)
      #expect(
        error(folder + "/folder.png")
          == .unwritable(path: folder + "/folder.png", reason: "it is a folder"))
    }
  }

  @Test func missingAndFailingGnuplot() throws {
    try withFolder { folder in
      let path = folder + "/picture.png"
      #expect(
        error(path, options: PictureOptions(gnuplot: "/no/gnuplot"))
          == .gnuplotMissing(searched: "/no/gnuplot"))
      #expect(
        error(path, options: PictureOptions(gnuplot: "/bin/false"))
          == .gnuplotFailed(message: "it ended with code 1"))
      #expect(
        error(path, options: PictureOptions(gnuplot: "/bin/true"))
          == .gnuplotFailed(message: "it wrote no picture"))

      func program(_ body: String) throws -> PictureOptions {
        let (text, program) = (folder + "/text", folder + "/program")
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(fileURLWithPath: text))
        // By another process: were it open for writing here, a child that another test starts at that moment would hold it
        // open, and it could not be run.
        let install = try Process.run(
          URL(fileURLWithPath: "/usr/bin/install"), arguments: ["-m", "755", text, program])
        install.waitUntilExit()
        return PictureOptions(timeLimit: 0.2, gnuplot: program)
      }
      let failing = try program("echo 'line 3: no good' >&2; exit 2")
      #expect(error(path, options: failing) == .gnuplotFailed(message: "line 3: no good"))
      let poor = try program("echo 'unknown or ambiguous terminal type' >&2; exit 1")
      #expect(error(path, options: poor) == .terminalMissing(format: "png"))
      let slow = try program("exec sleep 100")
      #expect(error(path, options: slow) == .timedOut(seconds: 0.2))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func anOlderPictureSurvivesAFailure() throws {
    try withFolder { folder in
      let path = folder + "/picture.png"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      #expect(error(path, options: PictureOptions(gnuplot: "/bin/false")) != nil)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }
  }

  @Test(arguments: [-1, 0, 199, 10_001, Int.max])
  func unreasonableSizes(pixels: Int) {
    let expected = PlotError.unreasonableSize(pixels: pixels)
    #expect(error("/tmp/picture.png", options: PictureOptions(width: pixels)) == expected)
    #expect(error("/tmp/picture.png", options: PictureOptions(height: pixels)) == expected)
  }

  @Test func aCrowdedPictureIsStillWritten() throws {
    try withFolder { folder in
      let panels = try (0..<12).flatMap { _ in
        [try Panel.lines(SampleFields.wave()), try .map(SampleFields.bump(), at: 0)]
      }
      for height in [200, 10_000, nil] {
        let options = PictureOptions(width: 200, height: height, framesPerSecond: .nan)
        for ending in ["png", "gif"] {
          try Figure(title: "Crowd", panels: panels, columns: 6).write(
            to: folder + "/crowd." + ending, options: options)
        }
      }
    }
  }

  @Test func messagesSayWhatToDo() {
    #expect(
      PlotError.unknownEnding(path: "a.jpg").description
        == "cannot tell the picture format of 'a.jpg': the name must end in .png, .svg, .pdf or .gif")
    #expect(
      PlotError.gnuplotMissing(searched: "gnuplot in PATH").description
        == "gnuplot was not found (looked for gnuplot in PATH): install the Debian package gnuplot-nox")
  }
}
