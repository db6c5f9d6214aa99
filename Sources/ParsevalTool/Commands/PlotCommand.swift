import ArgumentParser
import Parseval

/// `parseval plot`: a picture of an output file.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw the fields of an output file.",
    discussion: """
      The figure follows the dimension: lines and a space-time map, maps at several times, slices of three \
      dimensions, curves of recorded quantities. A .gif moves.
      """)

  @Argument(help: "A NetCDF file.")
  var file: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A field or a recorded quantity; may be repeated. (default: all fields)", valueName: "name"))
  var field: [String] = []

  @Option(help: ArgumentHelp("Only the record nearest to this time.", valueName: "t"))
  var time: Double?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture: .png, .svg, .pdf or .gif. (default: FILE.png)", valueName: "picture"))
  var output: String?

  @Option(help: ArgumentHelp("The width in pixels.", valueName: "pixels"))
  var width: Int?

  @Flag(help: "Keep the gnuplot script and its data beside the picture.")
  var keepScript = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let picture = output ?? (file.hasSuffix(".nc") ? String(file.dropLast(3)) : file) + ".png"
    let format = try PictureFormat(path: picture)
    let solution = try SolutionFile(path: file, isolation: .ownExecutable)
    let figure = try solution.figure(of: field, at: time, animated: format == .gif)
    try figure.write(to: picture, options: PictureOptions(width: width, keepScript: keepScript))
    options.console.say("wrote \(picture)")
    options.console.document(.object([("file", .text(file)), ("picture", .text(picture))]))
  }
}
