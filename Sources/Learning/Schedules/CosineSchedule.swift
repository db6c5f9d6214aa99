public import Arrays
import Glibc

/// A rate that falls to its end along half a cosine.
///
/// ```
/// rate · (final + (1 − final) · (1 + cos(π step / steps)) / 2)
/// ```
/// Step `steps` would have the final rate, as in PyTorch's `CosineAnnealingLR` with T_max = steps.
public struct CosineScheduleKind: RateScheduleKind {
  public let name = "cosine"
  public let summary = "falls along half a cosine"
  public let source =
    "Loshchilov, Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017, eq. 5"
  public let parameters = [
    MethodParameter("final", default: 0, "share of the first rate at the end")
  ]

  public init() {}

  public func make(
    rate: Double, steps: Int, stepsPerEpoch: Int, settings: [String: Double]
  ) throws(LearningError) -> any RateSchedule {
    let values = try values(settings)
    return CosineSchedule(
      first: rate, final: rate * (try values("final", "from 0 to 1") { $0 >= 0 && $0 <= 1 }),
      steps: max(1, steps))
  }
}

/// See `CosineScheduleKind`.
public struct CosineSchedule: RateSchedule {
  public var name: String { "cosine" }
  public let first: Double
  public let final: Double
  public let steps: Int

  public func rate(at step: Int) -> Double {
    cosineBetween(first, final, Double(min(step, steps)) / Double(steps))
  }
}

/// From `start` to `end` along half a cosine; `share` goes from 0 to 1.
func cosineBetween(_ start: Double, _ end: Double, _ share: Double) -> Double {
  end + (start - end) / 2 * (1 + cos(.pi * share))
}
