public import Geometry

/// Where points of space–time may lie: a box, or a shape within it, times an interval of time.
public struct SamplingDomain: Sendable {
  /// The ends of every coordinate: those of space, then the time if there is one.
  public let bounds: [ClosedRange<Double>]
  /// The part of space; the whole box if `nil`.
  public let shape: Shape?
  /// Whether the last coordinate is the time.
  public let hasTime: Bool

  public init(bounds: [ClosedRange<Double>], shape: Shape? = nil, hasTime: Bool) {
    self.bounds = bounds
    self.shape = shape
    self.hasTime = hasTime
  }

  public init(_ domain: Domain) {
    let space = domain.axes.map { $0.lower...$0.upper }
    self.init(
      bounds: space + (domain.time.map { [$0] } ?? []), shape: domain.geometry, hasTime: domain.time != nil)
  }

  /// Numbers of a point.
  public var dimension: Int { bounds.count }
}
