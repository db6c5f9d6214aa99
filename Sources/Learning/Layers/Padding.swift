/// What a convolution reads beyond the ends of an axis of n points.
public enum Padding: String, Sendable, Hashable, Codable, CaseIterable {
  /// Zero.
  case zeros
  /// The other end: point −1 is n − 1.
  case circular
  /// The mirror image about the end point: −1 is 1. It must not reach further than the axis does.
  case reflect
  /// The end point: −1 is 0.
  case replicate
  /// Nothing: results stand only where the whole window fits.
  case none
}
