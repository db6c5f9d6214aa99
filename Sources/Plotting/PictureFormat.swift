/// A picture's file format, told by the ending of its name.
public enum PictureFormat: String, Sendable, Hashable, CaseIterable {
  case png, svg, pdf, gif

  /// The format that a path's ending names, in any case.
  ///
  /// - Throws: `unknownEnding`.
  public init(path: String) throws(PlotError) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
      let format = PictureFormat(rawValue: name[name.index(after: dot)...].lowercased())
    else { throw .unknownEnding(path: path) }
    self = format
  }

  /// The width in pixels where none is asked for; a screen's worth for animations, which grow large.
  var defaultWidth: Int { self == .gif ? 800 : 1200 }

  /// The terminal's font size that gives letters of so many pixels.
  func points(_ pixels: Double) -> Double {
    switch self {
    case .png, .gif: 0.75 * pixels
    case .svg: pixels
    // A pixel is 0.72 pt, and the terminal draws letters at two thirds of the size it is given.
    case .pdf: 1.08 * pixels
    }
  }

  /// gnuplot's terminal for a picture of the given size, with letters of `font` pixels.
  func terminal(width: Int, height: Int, font: Double, delay: Int, isAnimated: Bool) -> String {
    let face = "font 'DejaVu Sans,\(formatted(points(font)))' background '#ffffff'"
    switch self {
    case .png: return "pngcairo noenhanced size \(width),\(height) \(face) linewidth 1.5"
    case .svg:
      return "svg noenhanced size \(width),\(height) \(face) linewidth 1.5"
    case .pdf:
      // A hundred pixels to the inch: 1200 pixels fill a landscape page.
      let size = "\(formatted(Double(width) / 100))in,\(formatted(Double(height) / 100))in"
      return "pdfcairo noenhanced size \(size) \(face) linewidth 1.5"
    case .gif:
      // Several palettes do not fit in 256 colours while drawing; libgd reduces the finished frame.
      let frames = isAnimated ? "animate delay \(delay) loop 0 " : ""
      return "gif noenhanced truecolor \(frames)size \(width),\(height) \(face) linewidth 1"
    }
  }

  /// Whether a file's bytes begin and end as a complete picture does.
  package func isComplete(_ bytes: [UInt8]) -> Bool {
    func contains(_ text: String, in part: ArraySlice<UInt8>) -> Bool {
      part.firstRange(of: Array(text.utf8)) != nil
    }
    let (head, tail) = (bytes.prefix(512), bytes.suffix(64))
    return switch self {
    case .png: head.starts(with: [0x89, 0x50, 0x4E, 0x47]) && contains("IEND", in: tail)
    case .svg: contains("<svg", in: head) && contains("</svg>", in: tail)
    case .pdf: head.starts(with: Array("%PDF".utf8)) && contains("%%EOF", in: tail)
    case .gif: head.starts(with: Array("GIF8".utf8)) && tail.last == 0x3B
    }
  }
}
