/// One pair of axes in a figure.
///
/// Made by the factories `lines`, `spaceTime`, `map`, `slices` and `history`.
public struct Panel: Sendable {
  /// The line above the axes.
  public var title: String
  var content: Content

  enum Content: Sendable {
    case curves(CurvePlot)
    case image(ImagePlot)
  }
}

/// A curve through points.
public struct Curve: Sendable, Hashable {
  /// How a curve is drawn.
  public enum Style: String, Sendable, Hashable {
    case line = "lines"
    case points
    case linePoints = "linespoints"
  }
  /// The name in the legend.
  public var name: String
  /// Horizontal and vertical positions; values that are not finite leave gaps.
  public var x: [Double]
  public var y: [Double]
  public var style: Style

  /// A curve through the points `(x[i], y[i])`.
  public init(name: String, x: [Double], y: [Double], style: Style = .line) {
    precondition(x.count == y.count, "Curve \(name): \(x.count) positions for \(y.count) values")
    self.name = name
    self.x = x
    self.y = y
    self.style = style
  }
}

/// Curves in common axes.
struct CurvePlot: Sendable {
  var curves: [Curve]
  var horizontal: Quantity
  var vertical: Quantity
  /// The ends of the axes where they are not taken from the curves.
  var horizontalRange: ClosedRange<Double>?
  var verticalRange: ClosedRange<Double>?
  /// Whether the curves have an order, shown by their colours.
  var isOrdered = false
  /// The widest that a legend's text may be, in characters.
  static let legendWidth = 28
}

/// A field as colours over two axes.
struct ImagePlot: Sendable {
  /// What the pixels come from.
  enum Source: Sendable {
    case grid(Raster)
    /// Triangles become pixels when the size of the panel is known, so that their outline is sharp.
    case mesh(PlaneMesh, values: [Double])
  }
  var source: Source
  var horizontal: Quantity
  var vertical: Quantity
  var value: Quantity
  var colors: ColorScale
  var hasColorBar = true
  /// Whether the two axes are lengths of the same kind.
  var isSpatial: Bool

  /// Ends of the picture in the coordinates of the horizontal and the vertical axis.
  var ends: (horizontal: (lower: Double, upper: Double), vertical: (lower: Double, upper: Double)) {
    switch source {
    case .grid(let raster): (raster.horizontal, raster.vertical)
    case .mesh(let mesh, _): (mesh.horizontal, mesh.vertical)
    }
  }

  /// Height over width of the axes; equal lengths look equal where that gives a usable shape.
  var aspect: Double {
    let (x, y) = ends
    let ratio = (y.upper / 2 - y.lower / 2) / (x.upper / 2 - x.lower / 2)
    return isSpatial && ratio >= 0.25 && ratio <= 4 ? ratio : CurvePlot.aspect
  }
}

extension CurvePlot {
  /// Height over width of axes whose units cannot be compared.
  static let aspect = 0.75
}
