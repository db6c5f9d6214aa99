package import Foundation

/// A gnuplot script with the data files that it reads.
package struct GnuplotScript: Sendable {
  /// A data file beside the script.
  package struct DataFile: Sendable {
    package var name: String
    package var contents: Data
  }
  /// The commands, one a line.
  package private(set) var text = ""
  package private(set) var files: [DataFile] = []
  let format: PictureFormat
  /// Whether the picture has several frames.
  let isMoving: Bool
  /// The files that outlines of meshes have been written to.
  var outlines: [ObjectIdentifier: String] = [:]

  /// Commands that draw a figure into the file `output`.
  ///
  /// - Parameter output: a plain file name; the script is run in the folder of its data.
  /// - Throws: `nothingToDraw`, `tooManyPanels`, `unreasonableSize`.
  package init(
    _ figure: Figure, format: PictureFormat, output: String, options: PictureOptions = PictureOptions()
  ) throws(PlotError) {
    self.format = format
    let width = options.width ?? format.defaultWidth
    for pixels in [width, options.height ?? width] where pixels < 200 || pixels > 10_000 {
      throw .unreasonableSize(pixels: pixels)
    }
    let frames = format == .gif ? figure.drawnFrames : figure.drawnFrames.suffix(1)
    guard let first = frames.first, frames.allSatisfy({ !$0.panels.isEmpty }) else { throw .nothingToDraw }
    isMoving = frames.count > 1
    let most = frames.map(\.panels.count).max() ?? 0
    guard most <= Figure.panelLimit else {
      throw .tooManyPanels(count: most, limit: Figure.panelLimit)
    }
    let hasTitle = !figure.title.isEmpty || frames.contains { !$0.caption.isEmpty }
    func layout(_ frame: Figure.Frame, height: Int?) -> PanelLayout {
      PanelLayout(
        frame.panels, columns: figure.columnCount(panels: frame.panels.count), hasTitle: hasTitle,
        width: width, height: height)
    }
    // Every frame has the size of the first one.
    let page = layout(first, height: options.height)
    let speed = options.framesPerSecond.isFinite ? min(max(options.framesPerSecond, 0.1), 50) : 10
    let delay = Int((100 / speed).rounded())
    let terminal = format.terminal(
      width: page.width, height: page.height, font: page.font, delay: delay, isAnimated: frames.count > 1)
    add(
      "# Written by Parseval. Run in this folder: gnuplot SCRIPT",
      "set encoding utf8",
      "set terminal \(terminal)",
      "set output \(quoted(output))")
    for (number, frame) in frames.enumerated() {
      let place = frames.count > 1 ? layout(frame, height: page.height) : page
      let prefix = frames.count > 1 ? "frame-\(number + 1)-" : ""
      add("set multiplot")
      for (index, panel) in frame.panels.enumerated() {
        add("", "reset", "set minussign", "unset key", "set tics out nomirror", "set border 3 linewidth 0.7")
        if index == 0 {
          addTitle(figure.title, caption: frame.caption, page: place)
        }
        add(panel, in: place.boxes[index], of: place, dataName: "\(prefix)panel-\(index + 1)")
      }
      add("unset multiplot")
    }
    add("unset output")
  }

  mutating func add(_ lines: String...) {
    for line in lines { text += line + "\n" }
  }

  mutating func add(_ file: DataFile) { files.append(file) }

  /// Text in single quotes that is drawn as it stands.
  func literal(_ words: String, width: Int) -> String {
    let text = quoted(words, width: width)
    // libgd reads HTML entities.
    return format == .gif ? text.replacing("&", with: "&amp;") : text
  }

  /// Text that runs upwards, centred on a point in pixels.
  ///
  /// gnuplot's own labels of vertical axes are placed by a guess at the width of the tick labels.
  mutating func addRising(_ words: String, number: Int, x: Double, y: Double, room: Double, page: PanelLayout)
  {
    let width = Int((room / page.font + 3) / 0.6)
    add(
      "set label \(number) \(literal(words, width: width)) at screen \(fraction(x / Double(page.width))),"
        + "\(fraction(1 - y / Double(page.height))) rotate by 90 center noenhanced")
  }

  private mutating func addTitle(_ title: String, caption: String, page: PanelLayout) {
    let words = [title, caption].filter { !$0.isEmpty }.joined(separator: ",  ")
    guard !words.isEmpty else { return }
    let size = 1.2 * page.font
    let room = Int(Double(page.width) / (0.6 * size))
    let y = 1 - 1.5 * page.font / Double(page.height)
    add(
      "set label 1 \(literal(words, width: room)) at screen 0.5,\(fraction(y)) center noenhanced "
        + "font ',\(formatted(1.2 * format.points(page.font)))'")
  }
}

/// A fraction of the page, short enough to read.
func fraction(_ value: Double) -> String {
  String(format: "%.5g", value)
}

extension Figure {
  /// The frames of an animation, thinned to the limit.
  var drawnFrames: [Frame] {
    guard frames.count > Self.frameLimit else { return frames }
    return (0..<Self.frameLimit).map { frames[$0 * (frames.count - 1) / (Self.frameLimit - 1)] }
  }
}
