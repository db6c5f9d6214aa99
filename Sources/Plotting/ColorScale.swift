/// The colours of a field and the values that they stand for.
struct ColorScale: Equatable {
  /// Which table the colours come from.
  enum Palette: Equatable {
    /// Dark violet to yellow, even steps in perceived brightness: for values of one sign.
    case sequential
    /// Blue through white to red: for values of both signs, white at zero.
    case diverging
  }
  var palette: Palette
  var scale: AxisScale

  /// Colours for values from `lower` to `upper`.
  ///
  /// Diverging where both signs matter: a field that is positive up to a slight undershoot would lose
  /// half of its colours.
  init(_ lower: Double, _ upper: Double) {
    let size = max(abs(lower), abs(upper))
    // Products of tiny numbers would underflow, ratios do not.
    if lower < 0, upper > 0, min(-lower, upper) / size > 0.05 {
      palette = .diverging
      scale = AxisScale(-size, size)
    } else {
      palette = .sequential
      scale = AxisScale(lower, upper)
    }
  }

  /// Colours for the finite ones of the values.
  init(_ values: some Sequence<Double>) {
    let (low, high) = AxisScale.extremes(values) ?? (0, 1)
    self.init(low, high)
  }

  /// gnuplot's command for the table.
  var command: String {
    let table = palette == .sequential ? Self.viridis : Self.blueWhiteRed
    let entries = table.enumerated().map { "\($0.offset) '\($0.element)'" }
    return "set palette defined (" + entries.joined(separator: ", ") + ")"
  }

  /// Eleven equidistant colours of viridis, by Smith and van der Walt (matplotlib, CC0).
  static let viridis = [
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151",
    "#bddf26", "#fde725",
  ]

  /// Equal steps of lightness on both sides of white.
  static let blueWhiteRed = [
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#ffffff", "#fddbc7", "#f4a582", "#d6604d",
    "#b2182b", "#67001f",
  ]

  /// A colour between the first and, at 1, nearly the last of viridis, whose yellow is lost on white.
  static func ordered(_ fraction: Double) -> String {
    let place = 0.87 * min(max(fraction, 0), 1) * Double(viridis.count - 1)
    let index = min(Int(place), viridis.count - 2)
    let weight = place - Double(index)
    func channel(_ color: String, _ start: Int) -> Double {
      Double(Int(color.dropFirst(start).prefix(2), radix: 16) ?? 0)
    }
    return "#"
      + [1, 3, 5].map { start in
        let mixed =
          channel(viridis[index], start) * (1 - weight) + channel(viridis[index + 1], start) * weight
        let digits = String(Int(mixed.rounded()), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// Colours that people with any colour vision tell apart, after Okabe and Ito (2008).
  static let distinct = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b0a000",
  ]
}
