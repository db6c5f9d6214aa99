/// One coordinate axis of a field to be drawn.
public struct PlotAxis: Sendable, Hashable {
  /// The name beside the axis.
  public var name: String
  /// The unit in brackets after the name; `nil` for none.
  public var unit: String?
  /// Where the field's values are, in any order and at any distances.
  public var coordinates: [Double]
  /// The ends to be shown; `nil` shows from the first to the last coordinate.
  ///
  /// Between the outermost coordinates and the ends the field is drawn constant, or, on a periodic
  /// axis, joined to its first value again.
  public var interval: ClosedRange<Double>?
  /// Whether the two ends of `interval` are the same point.
  public var isPeriodic: Bool

  /// An axis through the given coordinates.
  public init(
    name: String, unit: String? = nil, coordinates: [Double], interval: ClosedRange<Double>? = nil,
    isPeriodic: Bool = false
  ) {
    self.name = name
    self.unit = unit
    self.coordinates = coordinates
    self.interval = interval
    self.isPeriodic = isPeriodic
  }
}

/// What a curve's axis measures.
public struct Quantity: Sendable, Hashable {
  /// The name beside the axis.
  public var name: String
  /// The unit in brackets after the name; `nil` for none.
  public var unit: String?
  /// Whether the axis is logarithmic; values that are not positive are then left out.
  public var isLogarithmic: Bool

  /// A quantity on a linear or logarithmic axis.
  public init(_ name: String, unit: String? = nil, isLogarithmic: Bool = false) {
    self.name = name
    self.unit = unit
    self.isLogarithmic = isLogarithmic
  }
}
