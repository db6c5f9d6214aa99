/// A set of points, put together from simple sets by union, intersection and difference.
///
/// A value: nothing is computed when it is made, and nothing is checked; `validate()` tells what is wrong.
/// Lengths have the units of the coordinates. Boxes and balls exist in any number of dimensions.
public struct Shape: Sendable, Hashable {
  /// What a shape is.
  public indirect enum Form: Sendable, Hashable {
    /// An axis-parallel box: an interval, a rectangle, a cuboid.
    case box(lower: [Double], upper: [Double])
    /// A disc, a sphere.
    case ball(center: [Double], radius: Double)
    /// An ellipse whose first semi-axis is turned by `angle` (radians) from the first coordinate axis.
    case ellipse(center: [Double], semiAxes: [Double], angle: Double)
    /// A simple polygon; the last vertex is joined to the first.
    case polygon([[Double]])
    /// A solid cylinder about the segment from `start` to `end`.
    case cylinder(start: [Double], end: [Double], radius: Double)
    case union([Shape])
    case intersection([Shape])
    /// The first shape without the others.
    case difference([Shape])
  }
  public var form: Form
  /// What the boundary of this shape is called.
  ///
  /// It names what this shape contributes to the boundary of the whole; shapes inside may have finer names.
  public var name: String?

  public init(_ form: Form, name: String? = nil) {
    self.form = form
    self.name = name
  }

  /// The axis-parallel box between two corners.
  public static func box(_ lower: [Double], _ upper: [Double], name: String? = nil) -> Shape {
    Shape(.box(lower: lower, upper: upper), name: name)
  }

  /// The points of the plane not farther than `radius` from `center`.
  public static func disc(center: [Double], radius: Double, name: String? = nil) -> Shape {
    Shape(.ball(center: center, radius: radius), name: name)
  }

  /// The points not farther than `radius` from `center`.
  public static func sphere(center: [Double], radius: Double, name: String? = nil) -> Shape {
    Shape(.ball(center: center, radius: radius), name: name)
  }

  /// An ellipse, its first semi-axis turned by `angle` from the first coordinate axis.
  public static func ellipse(
    center: [Double], semiAxes: [Double], angle: Double = 0, name: String? = nil
  ) -> Shape {
    Shape(.ellipse(center: center, semiAxes: semiAxes, angle: angle), name: name)
  }

  /// A simple polygon, either way round.
  public static func polygon(_ vertices: [[Double]], name: String? = nil) -> Shape {
    Shape(.polygon(vertices), name: name)
  }

  /// A solid cylinder with flat ends.
  public static func cylinder(
    from start: [Double], to end: [Double], radius: Double, name: String? = nil
  ) -> Shape {
    Shape(.cylinder(start: start, end: end, radius: radius), name: name)
  }

  public static func union(_ shapes: [Shape], name: String? = nil) -> Shape {
    Shape(.union(shapes), name: name)
  }

  public static func intersection(_ shapes: [Shape], name: String? = nil) -> Shape {
    Shape(.intersection(shapes), name: name)
  }

  /// The first shape without the others.
  public static func difference(_ shapes: [Shape], name: String? = nil) -> Shape {
    Shape(.difference(shapes), name: name)
  }

  /// The same shape under a name.
  public func named(_ name: String) -> Shape { Shape(form, name: name) }

  /// The operands of a combination; none for a primitive.
  public var operands: [Shape] {
    switch form {
    case .union(let shapes), .intersection(let shapes), .difference(let shapes): shapes
    default: []
    }
  }

  /// The number of dimensions; for an invalid shape that of the first thing that has one.
  public var dimension: Int {
    switch form {
    case .box(let lower, _): lower.count
    case .ball(let center, _): center.count
    case .ellipse, .polygon: 2
    case .cylinder: 3
    case .union(let shapes), .intersection(let shapes), .difference(let shapes): shapes.first?.dimension ?? 0
    }
  }
}

extension Shape: CustomStringConvertible {
  /// What a message calls this shape: its kind and its name.
  public var description: String {
    let kind =
      switch form {
      case .box: "box"
      case .ball(let center, _): center.count == 2 ? "disc" : "sphere"
      case .ellipse: "ellipse"
      case .polygon: "polygon"
      case .cylinder: "cylinder"
      case .union: "union"
      case .intersection: "intersection"
      case .difference: "difference"
      }
    return "the \(kind)" + (name.map { " '\($0)'" } ?? "")
  }
}
