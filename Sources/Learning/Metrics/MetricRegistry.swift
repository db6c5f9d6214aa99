/// The metrics, by name.
///
/// A new metric is one file and a line here.
public enum MetricRegistry {
  public static let all: [Metric] = [
    .relativeL2,
    .relativeL2PerTime,
    .rmse,
    .normalizedRMSE,
    .maximumError,
    .conservedRMSE,
    .boundaryRMSE,
    .lowFrequencyRMSE,
    .middleFrequencyRMSE,
    .highFrequencyRMSE,
  ]

  /// - Throws: `LearningError.unknownMethod` with the names that exist.
  public static func metric(named name: String) throws(LearningError) -> Metric {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "metric", known: all.map(\.name))
    }
    return found
  }
}
