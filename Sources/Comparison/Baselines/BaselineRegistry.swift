public import Arrays
public import Learning

/// The baselines, by name.
///
/// A new one is one file and a line here.
public enum BaselineRegistry {
  public static let all: [any Baseline] = [
    MeanBaseline(), PersistenceBaseline(), RidgeBaseline(), KernelRidgeBaseline(),
  ]

  /// The baseline of this name, if there is one.
  public static func baseline(named name: String) -> (any Baseline)? { all.first { $0.name == name } }

  /// All of them, judged by a test: those that do not apply say why.
  ///
  /// - Throws: what reading throws; `LearningError.noSamples` for an empty split, `LearningError.notFinite`.
  public static func reports(on test: any TrainingData, learning task: BaselineTask, workers: Workers) throws
    -> [BaselineReport]
  {
    try all.map { try $0.report(on: test, learning: task, workers: workers) }
  }
}
