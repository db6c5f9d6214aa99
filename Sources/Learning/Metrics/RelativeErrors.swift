extension Metric {
  /// ‖p − t‖ / ‖t‖ per sample over all space, time and channels, then the mean over samples.
  public static let relativeL2 = Metric(
    "relativeL2", "‖p − t‖ / ‖t‖ per sample over space, time and channels, then the mean over samples"
  ) { input in relative(input, parts: input.samples) }

  /// The same per sample and time, then the mean over both.
  public static let relativeL2PerTime = Metric(
    "relativeL2PerTime", "‖p − t‖ / ‖t‖ per sample and time over space and channels, then the mean over both"
  ) { input in relative(input, parts: input.samples * input.times) }

  /// A part whose target is zero counts as 0 where it is met, and as infinity where it is not.
  private static func relative(_ input: MetricInput, parts: Int) -> Double {
    let size = input.target.count / max(parts, 1)
    var sum = 0.0
    for part in 0..<parts {
      let range = part * size..<(part + 1) * size
      let error = input.error[range].reduce(0) { $0 + $1 * $1 }
      let scale = input.target[range].reduce(0) { $0 + $1 * $1 }
      if error != 0 { sum += (error / scale).squareRoot() }
    }
    return sum / Double(max(parts, 1))
  }
}
