extension Metric {
  /// The root mean square error over space, per sample, time and channel, then the mean.
  public static let rmse = Metric(
    "rmse",
    "root of the mean square error over space, then the mean over samples, times and channels (Takamoto et al. 2022)"
  ) { input in
    input.meanOfFields { field, channel in rootMeanSquare(input.error, input, field, channel) }
  }

  /// The root mean square error over the root mean square of the target.
  public static let normalizedRMSE = Metric(
    "normalizedRMSE",
    "rmse of each field over the root mean square of its target, then the mean (Takamoto et al. 2022)"
  ) { input in
    input.meanOfFields { field, channel in
      let error = rootMeanSquare(input.error, input, field, channel)
      return error == 0 ? 0 : error / rootMeanSquare(input.target, input, field, channel)
    }
  }

  /// The largest error anywhere; PDEBench's is the mean over times and channels of the largest of each.
  public static let maximumError = Metric(
    "maximumError", "largest absolute error of any sample, time, point and channel"
  ) { input in
    // NaN must not be lost in a comparison.
    input.error.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, abs($1)) }
  }

  /// The error of the mean over space.
  ///
  /// PDEBench's cRMSE: root over samples of the mean square of |Σ_x (p − t)| / N, then the mean over times and channels.
  public static let conservedRMSE = Metric(
    "conservedRMSE",
    "root mean square over samples of the error of the mean over space, then the mean over times and channels "
      + "(Takamoto et al. 2022)"
  ) { input in
    overSamples(input) { field, channel in
      var sum = 0.0
      for point in 0..<input.points { sum += input.error[input.place(field, point, channel)] }
      return sum / Double(input.points)
    }
  }

  /// The root over samples of the mean square of a number per field, then the mean over times and channels.
  static func overSamples(_ input: MetricInput, _ value: (_ field: Int, _ channel: Int) -> Double) -> Double {
    var total = 0.0
    for time in 0..<input.times {
      for channel in 0..<input.channels {
        var sum = 0.0
        for sample in 0..<input.samples {
          let number = value(sample * input.times + time, channel)
          sum += number * number
        }
        total += (sum / Double(max(input.samples, 1))).squareRoot()
      }
    }
    return total / Double(max(input.times * input.channels, 1))
  }

  private static func rootMeanSquare(
    _ values: [Double], _ input: MetricInput, _ field: Int, _ channel: Int
  ) -> Double {
    var sum = 0.0
    for point in 0..<input.points {
      let value = values[input.place(field, point, channel)]
      sum += value * value
    }
    return (sum / Double(max(input.points, 1))).squareRoot()
  }
}
