/// How a picture is written.
public struct PictureOptions: Sendable, Hashable {
  /// The width in pixels, from 200 to 10000; `nil` is 1200, for animations 800.
  public var width: Int?
  /// The height in pixels; `nil` follows from the shapes of the panels.
  public var height: Int?
  /// Whether the script and its data are kept, in the folder `FILE.gnuplot` beside the picture.
  public var keepScript: Bool
  /// The speed of animations, from 0.1 to 50.
  public var framesPerSecond: Double
  /// The seconds after which gnuplot is stopped.
  public var timeLimit: Double
  /// The gnuplot to be run; `nil` searches the folders in the environment's `PATH`.
  public var gnuplot: String?

  public init(
    width: Int? = nil, height: Int? = nil, keepScript: Bool = false, framesPerSecond: Double = 10,
    timeLimit: Double = 120, gnuplot: String? = nil
  ) {
    self.width = width
    self.height = height
    self.keepScript = keepScript
    self.framesPerSecond = framesPerSecond
    self.timeLimit = timeLimit
    self.gnuplot = gnuplot
  }
}
