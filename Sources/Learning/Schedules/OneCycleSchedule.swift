public import Arrays

/// One cycle: a rise to the largest rate along half a cosine, then a fall to nearly nothing along another.
///
/// PyTorch's `OneCycleLR` with cosine annealing and two phases: the first rate is largest / divisor, the last one first /
/// finalDivisor; the largest comes at step share · steps − 1, and the last one at steps − 1.
public struct OneCycleScheduleKind: RateScheduleKind {
  public let name = "oneCycle"
  public let summary = "rises to the rate and falls to nearly nothing, along cosines"
  public let source =
    "Smith, Topin, Super-convergence, arXiv:1708.07120; PyTorch 2, torch.optim.lr_scheduler.OneCycleLR"
  public let parameters = [
    MethodParameter("share", default: 0.3, "share of the steps in which the rate rises"),
    MethodParameter("divisor", default: 25, "the largest rate over the first one"),
    MethodParameter("finalDivisor", default: 1e4, "the first rate over the last one"),
  ]

  public init() {}

  public func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule {
    let values = try values(settings)
    let divisor = try values("divisor", "at least 1") { $0 >= 1 }
    let finalDivisor = try values("finalDivisor", "at least 1") { $0 >= 1 }
    return OneCycleSchedule(
      largest: rate, first: rate / divisor, last: rate / divisor / finalDivisor, steps: max(1, steps),
      share: try values("share", "above 0 and below 1") { $0 > 0 && $0 < 1 })
  }
}

/// See `OneCycleScheduleKind`.
public struct OneCycleSchedule: RateSchedule {
  public var name: String { "oneCycle" }
  public let largest: Double
  public let first: Double
  public let last: Double
  public let steps: Int
  public let share: Double

  public func rate(at step: Int) -> Double {
    let (top, end) = (share * Double(steps) - 1, Double(steps - 1))
    let place = Double(min(step, steps - 1))
    if place <= top { return top > 0 ? cosineBetween(first, largest, place / top) : largest }
    return end > top ? cosineBetween(largest, last, (place - top) / (end - top)) : last
  }
}
