import Foundation

/// A string as gnuplot reads it literally.
///
/// In double quotes gnuplot runs commands in backticks; in single quotes nothing is special but the
/// quote itself. Doubling it, as the manual says, fails at the start of a string and after another
/// one, so quotes are joined on from strings of their own. Control and formatting characters, which could end the line or reorder it, become
/// spaces, and text that is wider than its place is cut.
///
/// - Parameter width: the place in characters of average width.
func quoted(_ text: String, width: Int = 200) -> String {
  "'" + shortened(text, width: width).replacing("'", with: #"'."'".'"#) + "'"
}

/// The text on one line, cut to at most `width` characters.
func shortened(_ text: String, width: Int) -> String {
  var line = String.UnicodeScalarView()
  // The limit is on scalars first: one character may carry any number of combining marks.
  for scalar in text.unicodeScalars.prefix(8 * max(width, 1)) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      line.append(" ")
    default: line.append(scalar)
    }
  }
  let characters = String(line)
  guard characters.count > width else { return characters }
  return String(characters.prefix(max(width - 1, 1))) + "…"
}

/// A number for people, with up to four significant digits.
func formatted(_ value: Double) -> String {
  String(format: "%.4g", value)
}

extension Quantity {
  /// `name = 0.5 unit`, for titles.
  func statement(_ value: Double) -> String {
    let text = "\(name) = \(formatted(value))"
    return unit.map { $0.isEmpty ? text : "\(text) \($0)" } ?? text
  }
}

/// `name (×10⁻³ unit)`, without what is absent.
func axisLabel(_ quantity: Quantity, exponent: Int = 0) -> String {
  var parts: [String] = []
  if exponent != 0 { parts.append("×10" + superscript(exponent)) }
  if let unit = quantity.unit, !unit.isEmpty { parts.append(unit) }
  return parts.isEmpty ? quantity.name : "\(quantity.name) (\(parts.joined(separator: " ")))"
}

/// An integer in Unicode superscripts, for text that gnuplot must not interpret.
func superscript(_ number: Int) -> String {
  let digits: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
    "9": "⁹",
  ]
  return String(String(number).map { digits[$0] ?? $0 })
}
