public import Arrays
import Glibc

/// A rate that falls by the same factor at every epoch, smoothly in between.
///
/// PyTorch's `ExponentialLR` at the ends of epochs: rate · factor^(step / stepsPerEpoch).
public struct ExponentialScheduleKind: RateScheduleKind {
  public let name = "exponential"
  public let summary = "falls by the same factor at every epoch"
  public let source = "PyTorch 2, torch.optim.lr_scheduler.ExponentialLR"
  public let parameters = [
    MethodParameter("factor", default: 0.99, "what the rate is multiplied by in an epoch")
  ]

  public init() {}

  public func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule {
    let values = try values(settings)
    return ExponentialSchedule(
      first: rate, factor: try values("factor", "positive and at most 1") { $0 > 0 && $0 <= 1 },
      stepsPerEpoch: max(1, stepsPerEpoch))
  }
}

/// See `ExponentialScheduleKind`.
public struct ExponentialSchedule: RateSchedule {
  public var name: String { "exponential" }
  public let first: Double
  public let factor: Double
  public let stepsPerEpoch: Int

  public func rate(at step: Int) -> Double {
    let (epochs, rest) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    return first * wholePower(factor, epochs) * pow(factor, Double(rest) / Double(stepsPerEpoch))
  }
}
