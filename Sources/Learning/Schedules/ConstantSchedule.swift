public import Arrays

/// The same rate at every step.
public struct ConstantScheduleKind: RateScheduleKind {
  public let name = "constant"
  public let summary = "the same rate at every step"
  public let source = "Robbins, Monro 1951, without the decay"
  public let parameters: [MethodParameter] = []

  public init() {}

  public func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule {
    _ = try values(settings)
    return ConstantSchedule(value: rate)
  }
}

/// See `ConstantScheduleKind`.
public struct ConstantSchedule: RateSchedule {
  public var name: String { "constant" }
  public let value: Double

  public init(value: Double) { self.value = value }

  public func rate(at step: Int) -> Double { value }
}
