import Glibc

/// A weight that opens later times only when the residual of earlier ones is small.
///
/// A function of the share t of the interval of time that falls from one to zero around the shift β:
/// ```
/// tanh        (1 − tanh(α (t − β))) / 2
/// sigmoid     1 − 1 / (1 + exp(−α (t − β)))
/// relu-tanh   max(0, −tanh(α (t − β)))
/// ```
/// β moves on by `rate · min(exp(−ε mean (r g)²), clip)` at every step, a rule and not a gradient.
struct CausalGate {
  enum Form: Int, CaseIterable { case tanh, sigmoid, reluTanh }
  var form: Form
  /// α.
  var steepness: Double
  /// β.
  var shift: Double
  /// The largest step of β is `rate · clip`.
  var rate: Double
  var clip: Double
  /// ε.
  var tolerance: Double

  /// g at a share of the interval of time.
  func callAsFunction(_ share: Double) -> Double {
    let argument = steepness * (share - shift)
    switch form {
    case .tanh: return 0.5 * (1 - Glibc.tanh(argument))
    case .sigmoid: return 1 / (1 + exp(argument))
    case .reluTanh: return max(0, -Glibc.tanh(argument))
    }
  }

  /// Opens the gate a little, the more the smaller the gated residual is.
  mutating func move(meanSquare: Double) {
    let step = min(exp(-tolerance * meanSquare), clip)
    // A residual that is not a number opens nothing.
    if step.isFinite { shift += rate * step }
  }
}
