#if canImport(Glibc)
  import Glibc
#endif

/// Where a run stands between two records, and which step it takes next.
///
/// Steps divide the time between two records by a power of two, so that they land on the record and only few
/// different step sizes occur: exponentials and factorisations are tabulated once for each. With a tolerance the
/// level follows a proportional–integral rule (Gustafsson, ACM TOMS 17, 1991); a step may grow when it would end
/// on the coarser level's points.
package struct StepController: Sendable, Codable, Equatable {
  package enum Mode: Sendable, Codable, Equatable {
    /// This many equal steps between two records.
    case fixed(Int)
    /// The relative error a step may make; the order of the estimate.
    case adaptive(tolerance: Double, order: Int)
  }

  package enum Decision: Sendable, Equatable {
    case accept
    case retry
    /// The step cannot be made smaller.
    case giveUp
  }

  package let mode: Mode
  /// Steps are interval / 2^level.
  package private(set) var level: Int
  /// How many steps of this level are done since the last record.
  package private(set) var position = 0
  private var previousError: Double?
  /// Accepted steps since the last refusal; growth waits for a few.
  private var quietSteps = 0
  private static let deepest = 40

  package init(mode: Mode, level: Int = 0) {
    self.mode = mode
    self.level = level
  }

  /// Steps per interval at the current level.
  private var divisions: Int {
    switch mode {
    case .fixed(let count): count
    case .adaptive: 1 << level
    }
  }

  /// Whether the interval is used up.
  package var isAtRecord: Bool { position == divisions }

  /// Begins the next interval.
  package mutating func startInterval() { position = 0 }

  /// The current step in an interval of some length.
  package func step(interval: Double) -> Double { interval / Double(divisions) }

  /// The time reached.
  package func time(start: Double, interval: Double) -> Double {
    start + interval * (Double(position) / Double(divisions))
  }

  /// Judges an attempted step by its error and moves on, or chooses a smaller one.
  package mutating func decide(error: Double) -> Decision {
    guard case .adaptive(let tolerance, let order) = mode else {
      position += 1
      return error.isFinite ? .accept : .giveUp
    }
    let exponent = 1 / Double(order + 1)
    guard error <= tolerance else {
      let factor = error.isFinite ? 0.9 * pow(tolerance / error, exponent) : 0.25
      var halvings = 1
      while halvings < 4 && pow(0.5, Double(halvings)) > factor { halvings += 1 }
      guard level + halvings <= Self.deepest else { return .giveUp }
      level += halvings
      position <<= halvings
      quietSteps = 0
      return .retry
    }
    let ratio = tolerance / max(error, tolerance * 1e-12)
    let previous = previousError ?? error
    let factor =
      0.9 * pow(ratio, 0.7 * exponent)
      * pow(max(previous, tolerance * 1e-12) / tolerance, 0.4 * exponent)
    previousError = error
    position += 1
    quietSteps += 1
    if factor >= 2 && level > 0 && position % 2 == 0 && quietSteps >= 2 {
      level -= 1
      position /= 2
      quietSteps = 0
    }
    return .accept
  }
}
