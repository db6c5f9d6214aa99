import Foundation

/// The range of values on an axis or colour bar, in units of a power of ten.
///
/// gnuplot overflows near the ends of the floating-point range and its tick labels grow long for very
/// large and very small numbers, so values are divided by a power of ten that the label states.
struct AxisScale: Equatable {
  /// Values are drawn divided by ten to this power.
  var exponent: Int
  /// The ends of the axis, after the division.
  var lower: Double
  var upper: Double

  /// The scale for values from `lower` to `upper`; both finite, `lower ≤ upper`.
  ///
  /// A range of no length is widened about its middle; `margin` is added at both ends as a fraction
  /// of the length.
  init(_ lower: Double, _ upper: Double, margin: Double = 0) {
    let size = max(abs(lower), abs(upper))
    var exponent = 0
    if size > 0, size < 1e-3 || size >= 1e5 { exponent = Int((log10(size) / 3).rounded(.down)) * 3 }
    self.exponent = exponent
    var low = Self.scaled(lower, by: exponent)
    var high = Self.scaled(upper, by: exponent)
    let scaledSize = max(abs(low), abs(high))
    // Below this, differences are rounding errors of the values themselves.
    if high - low <= 1e-12 * scaledSize {
      let middle = 0.5 * (low + high)
      let half = scaledSize > 0 ? 0.1 * scaledSize : 1
      (low, high) = (middle - half, middle + half)
    } else {
      (low, high) = (low - margin * (high - low), high + margin * (high - low))
    }
    self.lower = low
    self.upper = high
  }

  /// The scale for the finite ones of some values, from −1 to 1 if there are none.
  init(_ values: some Sequence<Double>, margin: Double = 0) {
    let (low, high) = Self.extremes(values) ?? (-1, 1)
    self.init(low, high, margin: margin)
  }

  /// The least and the greatest finite value; `nil` if there is none.
  static func extremes(_ values: some Sequence<Double>) -> (Double, Double)? {
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? (low, high) : nil
  }

  /// A value as it is drawn; NaN for what is not finite.
  func drawn(_ value: Double) -> Double {
    value.isFinite ? Self.scaled(value, by: exponent) : .nan
  }

  /// A printf format with enough digits to tell neighbouring ticks apart.
  var tickFormat: String {
    let digits = log10(max(abs(lower), abs(upper)) / (upper - lower)).rounded(.up) + 3
    return "%.\(Int(min(max(digits, 6), 15)))g"
  }

  /// Divides in two steps, because ten to the whole exponent may not be a normal number.
  private static func scaled(_ value: Double, by exponent: Int) -> Double {
    guard exponent != 0 else { return value }
    let half = exponent / 2
    return value / pow(10, Double(half)) / pow(10, Double(exponent - half))
  }
}
