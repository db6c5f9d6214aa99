import Foundation

/// The whole decades that a logarithmic axis shows.
struct LogAxis: Equatable {
  var lower: Int
  var upper: Int

  /// The decades around the positive ones of the values, 10⁰ to 10¹ if there are none.
  init(_ values: some Sequence<Double>) {
    guard let (low, high) = AxisScale.extremes(values.lazy.map { $0 > 0 ? $0 : .nan }) else {
      (lower, upper) = (0, 1)
      return
    }
    // Away from the ends of the floating-point range, where gnuplot's arithmetic overflows.
    lower = max(Int((log10(low) + 1e-9).rounded(.down)), -300)
    upper = min(Int((log10(high) - 1e-9).rounded(.up)), 300)
    if upper <= lower { (lower, upper) = upper < 300 ? (lower, lower + 1) : (upper - 1, upper) }
  }

  /// A value as it is drawn; NaN for what is outside.
  func drawn(_ value: Double) -> Double {
    value.isFinite && value >= 1e-300 && value <= 1e300 ? value : .nan
  }

  /// Tick marks with labels in superscripts: at most about eight.
  var ticks: String {
    let step = [1, 2, 5, 10, 20, 50].first { upper - lower <= 8 * $0 } ?? 100
    let first = Int((Double(lower) / Double(step)).rounded(.up)) * step
    var marks: [String] = []
    for decade in stride(from: first, through: upper, by: step) {
      marks.append("'10\(superscript(decade))' 1e\(decade)")
      guard upper - lower <= 2, decade < upper else { continue }
      for digit in [2, 5] { marks.append("'\(digit)×10\(superscript(decade))' \(digit)e\(decade)") }
    }
    return "(" + marks.joined(separator: ", ") + ")"
  }
}
