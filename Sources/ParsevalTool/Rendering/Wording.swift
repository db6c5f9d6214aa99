import Foundation

/// A number with a few digits: `3.2e-10`, `0.0125`, `1500`.
func brief(_ value: Double, digits: Int = 3) -> String {
  let text = String(format: "%.\(digits)g", value)
  // Large round numbers read better without an exponent.
  if abs(value) < 1e6, value == value.rounded(), text.contains("e") { return String(format: "%.0f", value) }
  return text
}

/// A time for people: `820 µs`, `3.1 s`, `4 min 10 s`, `2 h 5 min`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "unknown" }
  if seconds < 1e-3 { return "\(brief(seconds * 1e6)) µs" }
  if seconds < 1 { return "\(brief(seconds * 1e3)) ms" }
  if seconds < 60 { return "\(brief(seconds)) s" }
  let whole = Int(seconds)
  if seconds < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// A number of bytes for people: `12.5 MB`.
func byteCount(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["bytes", "kB", "MB", "GB", "TB", "PB"] {
    if value < 1000 { return "\(brief(value)) \(unit)" }
    value /= 1000
  }
  return "\(brief(value)) EB"
}

/// `1 step`, `2 steps`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
