/// One coordinate axis of a box.
public struct Axis: Sendable, Hashable {
  /// The name of the coordinate, as equations use it.
  public var name: String
  /// Where the axis begins.
  public var lower: Double
  /// Where the axis ends; for a periodic axis this point is the first one again.
  public var upper: Double
  /// Whether the two ends are the same point.
  public var isPeriodic: Bool

  /// An axis from `lower` to `upper`.
  public init(name: String, lower: Double, upper: Double, isPeriodic: Bool) {
    precondition(lower < upper, "Axis \(name): lower end \(lower) must be below upper end \(upper)")
    self.name = name
    self.lower = lower
    self.upper = upper
    self.isPeriodic = isPeriodic
  }

  /// `upper − lower`.
  public var length: Double { upper - lower }
}

/// The two ends of an axis.
public enum Side: String, Sendable, Hashable, CaseIterable {
  case lower, upper
}

/// A face of a box: one end of one axis.
public struct Face: Sendable, Hashable {
  /// The number of the axis in its domain.
  public var axis: Int
  public var side: Side

  public init(axis: Int, side: Side) {
    self.axis = axis
    self.side = side
  }
}

/// Where a problem is posed: a box of named axes and, for evolution problems, a time interval.
public struct Domain: Sendable, Hashable {
  public var axes: [Axis]
  /// First and last time; `nil` for steady problems.
  public var time: ClosedRange<Double>?
  /// The shape of a domain that is not the box of its axes, which are its bounding box then.
  public var geometry: Shape?
  /// A mesh made by others that the domain is given by.
  public var meshFile: String?

  /// Whether the domain is the box of its axes.
  public var isBox: Bool { geometry == nil && meshFile == nil }

  public init(axes: [Axis], time: ClosedRange<Double>? = nil) {
    self.axes = axes
    self.time = time
  }

  /// The number of space dimensions.
  public var dimension: Int { axes.count }

  /// The product of the axes' lengths.
  public var volume: Double { axes.reduce(1) { $0 * $1.length } }

  /// The number of the axis called `name`.
  public func axisIndex(_ name: String) -> Int? { axes.firstIndex { $0.name == name } }
}
