#if canImport(Glibc)
  import Glibc
#endif

/// Where a run stands between two records, and which step it takes next.
///
/// Steps divide the time between two records by a power of two, so that they land on the record and only few
/// different step sizes occur: exponentials and factorisations are tabulated once for each. With a tolerance a
/// proportional–integral rule (Gustafsson, ACM TOMS 17, 1991) moves a desired step, which is any number; steps
/// grow to the next level when that is no larger than it and they end on its points.
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
  /// log₂ of the desired step over the current one.
  private var headroom = 0.0
  /// log₂ of the error over the tolerance that the desired step would have had; `nil` after a refusal.
  private var previousExcess: Double?
  private static let deepest = 40
  /// 1 for a doubling, and the logarithm of the usual safety factor of 0.9.
  private static let growthMargin = 1.15

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

  /// Whether the numbers can belong to a run; those of a forged checkpoint need not.
  package var isConsistent: Bool {
    (0...Self.deepest).contains(level) && position >= 0 && position <= divisions && headroom.isFinite
      && (previousExcess ?? 0).isFinite
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
    let power = Double(order + 1)
    guard error <= tolerance else {
      let factor = error.isFinite ? 0.9 * pow(tolerance / error, 1 / power) : 0.25
      var halvings = 1
      while halvings < 4 && pow(0.5, Double(halvings)) > factor { halvings += 1 }
      guard level + halvings <= Self.deepest else { return .giveUp }
      level += halvings
      position <<= halvings
      headroom = 0
      previousExcess = nil
      return .retry
    }
    // What the rule says of the step it desired, not of the smaller one that was taken: the gain of 0.3 would
    // never add up to a doubling otherwise.
    let excess = log2(max(error / tolerance, 1e-12)) + power * headroom
    headroom += (-0.3 * excess + 0.4 * ((previousExcess ?? excess) - excess)) / power
    headroom = min(max(headroom, -2), 4)
    previousExcess = excess
    position += 1
    if headroom >= Self.growthMargin, level > 0, position % 2 == 0 {
      level -= 1
      position /= 2
      headroom -= 1
    }
    return .accept
  }
}
