public import Arrays

/// A number that says how far predictions are from their targets.
///
/// Arrays are (sample, axes…, channels), row-major, both of the same shape, in the units of the problem. Where texts cite
/// Takamoto et al. 2022, the definitions are those of PDEBench (NeurIPS 2022 datasets and benchmarks, section 4.1 and
/// appendix B).
public struct Metric: Sendable {
  /// The name in tables and documents.
  public let name: String
  /// What it is, in a sentence.
  public let text: String
  private let compute: @Sendable (MetricInput) -> Double

  init(_ name: String, _ text: String, _ compute: @escaping @Sendable (MetricInput) -> Double) {
    self.name = name
    self.text = text
    self.compute = compute
  }

  /// The value for predictions and their targets.
  ///
  /// - Parameters:
  ///   - predicted: of shape (sample, axes…, channels).
  ///   - target: of the same shape.
  ///   - axes: which of the axes is time, if one is; all others between the sample's and the channels' are space.
  public func callAsFunction<Scalar: LearningScalar>(
    predicted: NDArray<Scalar>, target: NDArray<Scalar>, timeAxis: Int? = nil
  ) -> Double {
    compute(MetricInput(predicted: predicted, target: target, timeAxis: timeAxis))
  }
}

/// Predictions and targets, as doubles, with time in front of space.
struct MetricInput {
  let samples: Int
  let times: Int
  /// The lengths of the space axes.
  let space: [Int]
  let channels: Int
  /// Of shape (sample, time, space…, channel).
  let target: [Double]
  /// Predicted minus target.
  let error: [Double]

  init<Scalar: LearningScalar>(predicted: NDArray<Scalar>, target: NDArray<Scalar>, timeAxis: Int?) {
    precondition(
      predicted.shape == target.shape && target.shape.count >= 2,
      "Metric: predictions \(predicted.shape) and targets \(target.shape) must have one shape (sample, axes…, channels)"
    )
    let shape = target.shape
    let axes = Array(1..<shape.count - 1)
    precondition(
      timeAxis.map(axes.contains) ?? true, "Metric: time axis \(timeAxis ?? -1) is not among \(axes)")
    samples = shape[0]
    channels = shape[shape.count - 1]
    times = timeAxis.map { shape[$0] } ?? 1
    space = axes.filter { $0 != timeAxis }.map { shape[$0] }
    let truth = Self.doubles(target, timeAxis)
    self.target = truth
    error = zip(Self.doubles(predicted, timeAxis), truth).map { $0 - $1 }
  }

  /// With the time axis moved behind the samples.
  private static func doubles<Scalar: LearningScalar>(_ array: NDArray<Scalar>, _ timeAxis: Int?) -> [Double]
  {
    let values = array.withUnsafeBuffer { $0.map { Double($0) } }
    guard let timeAxis, timeAxis > 1 else { return values }
    let shape = array.shape
    let before = shape[1..<timeAxis].reduce(1, *)
    let after = shape[(timeAxis + 1)...].reduce(1, *)
    let (samples, times) = (shape[0], shape[timeAxis])
    var moved = values
    for sample in 0..<samples {
      for time in 0..<times {
        for k in 0..<before {
          let from = ((sample * before + k) * times + time) * after
          let to = ((sample * times + time) * before + k) * after
          for j in 0..<after { moved[to + j] = values[from + j] }
        }
      }
    }
    return moved
  }

  /// Points of space.
  var points: Int { space.reduce(1, *) }

  /// The mean over samples, times and channels of a number of each, as PDEBench takes it.
  func meanOfFields(_ value: (_ field: Int, _ channel: Int) -> Double) -> Double {
    var sum = 0.0
    for field in 0..<samples * times {
      for channel in 0..<channels { sum += value(field, channel) }
    }
    return sum / Double(max(samples * times * channels, 1))
  }

  /// Where a number of a field (sample, time) stands.
  func place(_ field: Int, _ point: Int, _ channel: Int) -> Int {
    (field * points + point) * channels + channel
  }
}
