public import Arrays

/// The kinds of learning-rate schedules, by name.
///
/// A new kind is one file and a line here.
public enum RateScheduleRegistry {
  public static let all: [any RateScheduleKind] = [
    ConstantScheduleKind(),
    StepScheduleKind(),
    ExponentialScheduleKind(),
    CosineScheduleKind(),
    OneCycleScheduleKind(),
  ]

  /// What every kind reads besides its own parameters, through `schedule(named:)`.
  public static let shared = [
    MethodParameter("warmup", default: 0, "steps in which the rate rises linearly to its first value")
  ]

  /// - Throws: `LearningError.unknownMethod` with the names that exist.
  public static func kind(named name: String) throws(LearningError) -> any RateScheduleKind {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "schedule", known: all.map(\.name))
    }
    return found
  }

  /// A schedule of a kind, behind a linear rise where `warmup` is among the settings.
  ///
  /// The kind's own steps are those that are left behind the rise.
  public static func schedule(
    named name: String, rate: Double, steps: Int, stepsPerEpoch: Int = 1, settings: [String: Double] = [:]
  ) throws(LearningError) -> any RateSchedule {
    let kind = try kind(named: name)
    let own = settings.filter { $0.key != "warmup" }
    let warmup = try MethodValues(settings.filter { $0.key == "warmup" }, of: shared, method: name)
      .count("warmup", from: 0)
    let schedule = try kind.make(
      rate: rate, steps: max(1, steps - warmup), stepsPerEpoch: stepsPerEpoch, settings: own)
    return warmup == 0 ? schedule : WarmedUpSchedule(schedule, warmup: warmup)
  }
}
