public import Arrays

/// A rate that is multiplied by a factor after every so many epochs.
///
/// PyTorch's `StepLR`: rate · factor^⌊epoch / every⌋. The original FNO halves it every 100 of 500 epochs.
public struct StepScheduleKind: RateScheduleKind {
  public let name = "step"
  public let summary = "multiplied by a factor after every so many epochs"
  public let source =
    "PyTorch 2, torch.optim.lr_scheduler.StepLR; Li et al., Fourier neural operator, ICLR 2021"
  public let parameters = [
    MethodParameter("every", default: 100, "epochs between two falls"),
    MethodParameter("factor", default: 0.5, "what the rate is multiplied by at each"),
  ]

  public init() {}

  public func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule {
    let values = try values(settings)
    return StepSchedule(
      first: rate, every: try values.count("every") * max(1, stepsPerEpoch),
      factor: try values("factor", "positive and at most 1") { $0 > 0 && $0 <= 1 })
  }
}

/// See `StepScheduleKind`.
public struct StepSchedule: RateSchedule {
  public var name: String { "step" }
  public let first: Double
  /// Steps between two falls.
  public let every: Int
  public let factor: Double

  public func rate(at step: Int) -> Double { first * wholePower(factor, step / every) }
}
