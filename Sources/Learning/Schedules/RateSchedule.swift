public import Arrays

/// A learning rate as a function of the step.
///
/// Kinds are files of their own with a line in `RateScheduleRegistry`.
public protocol RateSchedule: Sendable {
  /// The name of its kind.
  var name: String { get }
  /// The learning rate of a step, from 0 on.
  func rate(at step: Int) -> Double
}

/// A kind of schedule.
public protocol RateScheduleKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where it comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// Sets the schedule up.
  ///
  /// - Parameters:
  ///   - rate: the rate that is scheduled: the first one, or the largest for schedules that rise.
  ///   - steps: of the whole training, at least 1.
  ///   - stepsPerEpoch: for parameters that count epochs.
  ///   - settings: numbers by name; the defaults hold for those that are not given.
  /// - Throws: `LearningError` for a parameter that the kind does not have, or that is out of its range.
  func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule
}

extension RateScheduleKind {
  func values(_ settings: [String: Double]) throws(LearningError) -> MethodValues {
    try MethodValues(settings, of: parameters, method: name)
  }
}

/// A rate that rises linearly to the first one of another schedule, which begins behind it.
///
/// Step s of n has the share (s + 1) / n of the first rate (Goyal et al., arXiv:1706.02677, section 2.2).
public struct WarmedUpSchedule: RateSchedule {
  public var name: String { schedule.name }
  public let schedule: any RateSchedule
  /// Steps of the rise; none for 0.
  public let warmup: Int

  public init(_ schedule: any RateSchedule, warmup: Int) {
    precondition(warmup >= 0, "WarmedUpSchedule: warmup \(warmup) must not be negative")
    self.schedule = schedule
    self.warmup = warmup
  }

  public func rate(at step: Int) -> Double {
    step < warmup
      ? schedule.rate(at: 0) * Double(step + 1) / Double(warmup) : schedule.rate(at: step - warmup)
  }
}
