/// Why a picture could not be made.
public enum PlotError: Error, Hashable, Sendable {
  /// The file's ending names no picture format.
  case unknownEnding(path: String)
  /// The size asked for is outside 200 to 10000 pixels.
  case unreasonableSize(pixels: Int)
  /// A field's shape, axes and times do not belong together, or cannot be read.
  case badField(name: String, reason: String)
  /// A field has more space dimensions than a picture can show.
  case tooManyDimensions(name: String, dimensions: Int)
  /// The figure has no panel.
  case nothingToDraw
  /// The figure has more panels than fit on a picture.
  case tooManyPanels(count: Int, limit: Int)
  /// No executable gnuplot was found.
  case gnuplotMissing(searched: String)
  /// This gnuplot was built without the terminal that the format needs.
  case terminalMissing(format: String)
  /// gnuplot did not make the picture; `message` is what it wrote to its standard error.
  case gnuplotFailed(message: String)
  /// gnuplot was stopped after this many seconds.
  case timedOut(seconds: Double)
  /// A file or folder could not be written.
  case unwritable(path: String, reason: String)
}

extension PlotError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownEnding(let path):
      "cannot tell the picture format of '\(path)': the name must end in .png, .svg, .pdf or .gif"
    case .unreasonableSize(let pixels):
      "a picture of \(pixels) pixels cannot be made: width and height must be from 200 to 10000"
    case .badField(let name, let reason):
      "cannot draw '\(name)': \(reason)"
    case .tooManyDimensions(let name, let dimensions):
      "cannot draw '\(name)': it has \(dimensions) space dimensions, pictures show at most 3"
    case .nothingToDraw:
      "there is nothing to draw"
    case .tooManyPanels(let count, let limit):
      "\(count) panels do not fit on one picture: draw at most \(limit), for instance fewer fields"
    case .gnuplotMissing(let searched):
      "gnuplot was not found (looked for \(searched)): install the Debian package gnuplot-nox"
    case .terminalMissing(let format):
      "this gnuplot cannot write \(format) files: choose another ending or install gnuplot-nox"
    case .gnuplotFailed(let message):
      "gnuplot could not make the picture: \(message)"
    case .timedOut(let seconds):
      "gnuplot was stopped because it took longer than \(formatted(seconds)) s"
    case .unwritable(let path, let reason):
      "cannot write '\(path)': \(reason)"
    }
  }
}
