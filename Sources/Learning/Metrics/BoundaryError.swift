extension Metric {
  /// The root mean square error over the first and last points of every space axis.
  ///
  /// PDEBench's bRMSE: the root per sample, time and channel, then the mean; a corner counts once per axis. Zero without space
  /// axes.
  public static let boundaryRMSE = Metric(
    "boundaryRMSE",
    "root of the mean square error over the ends of the space axes, then the mean over samples, times and "
      + "channels (Takamoto et al. 2022)"
  ) { input in
    input.meanOfFields { field, channel in
      var (sum, count) = (0.0, 0)
      for (axis, length) in input.space.enumerated() where length > 0 {
        let before = input.space[..<axis].reduce(1, *)
        let after = input.space[(axis + 1)...].reduce(1, *)
        for end in [0, length - 1] {
          for k in 0..<before {
            for j in 0..<after {
              let error = input.error[input.place(field, (k * length + end) * after + j, channel)]
              sum += error * error
              count += 1
            }
          }
        }
      }
      return count == 0 ? 0 : (sum / Double(count)).squareRoot()
    }
  }
}
