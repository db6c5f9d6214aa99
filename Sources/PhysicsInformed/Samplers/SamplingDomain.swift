public import Geometry

/// Where points of space–time may lie: a box, or a shape within it, times an interval of time.
public struct SamplingDomain: Sendable {
  /// The ends of every coordinate: those of space, then the time if there is one.
  public let bounds: [ClosedRange<Double>]
  /// The part of space; the whole box if `nil`.
  public let shape: Shape?
  /// Whether the last coordinate is the time.
  public let hasTime: Bool

  /// - Precondition: finite ends, and a valid shape of as many dimensions as space has.
  public init(bounds: [ClosedRange<Double>], shape: Shape? = nil, hasTime: Bool) {
    precondition(
      bounds.count > (hasTime ? 1 : 0)
        && bounds.allSatisfy { $0.lowerBound.isFinite && $0.upperBound.isFinite },
      "SamplingDomain: \(bounds) are no ends of coordinates")
    precondition(
      shape.map { $0.mistakes.isEmpty && $0.dimension == bounds.count - (hasTime ? 1 : 0) } ?? true,
      "SamplingDomain: \(shape?.description ?? "") is not one of \(bounds.count - (hasTime ? 1 : 0)) dimensions"
    )
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
  /// Those of them that are of space.
  public var spaceDimension: Int { bounds.count - (hasTime ? 1 : 0) }
  /// The first and the last time.
  public var time: ClosedRange<Double>? { hasTime ? bounds.last : nil }
}
