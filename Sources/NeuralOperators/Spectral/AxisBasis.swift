/// The functions that a spectral layer expands an axis in.
public enum AxisBasis: String, Sendable, Hashable, Codable, CaseIterable {
  /// Complex exponentials of whole waves: periodic axes.
  case fourier
  /// Cosines of 0, 1, … half waves, for a slope that vanishes at both ends; points at (j + ½)/n.
  case cosineCells
  /// The same with points at j/(n − 1), both ends among them.
  case cosineNodes
  /// Sines of 1, 2, … half waves, for values that vanish at both ends; points at (j + ½)/n.
  case sineCells
  /// The same with points at j/(n − 1), both ends among them.
  case sineNodes

  /// Whether coefficients are real.
  public var isReal: Bool { self != .fourier }
  var isSine: Bool { self == .sineCells || self == .sineNodes }
  var hasNodes: Bool { self == .cosineNodes || self == .sineNodes }

  /// How many functions n points tell apart, without the one that they cannot tell from its mirror image; at least 1.
  ///
  /// For `fourier` whole waves 0 … count − 1.
  func reach(points n: Int) -> Int {
    switch self {
    case .fourier: max((n + 1) / 2, 1)
    case .cosineCells: n
    case .cosineNodes, .sineCells: max(n - 1, 1)
    case .sineNodes: max(n - 2, 1)
    }
  }

  /// The half waves of function number `index`.
  func halfWaves(_ index: Int) -> Int { isSine ? index + 1 : index }
}
