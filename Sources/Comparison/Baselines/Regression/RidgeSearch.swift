import Arrays

/// Errors by which a ridge parameter is chosen.
struct RidgeSearch {
  private let system: RidgeSystem
  private let judged: (features: DenseMatrix, judges: ChoiceSamples.Judges)?
  private let lengths: [Double]

  /// With features that are computed here.
  init(_ choice: ChoiceSamples, map: FeatureMap, isDual: Bool) {
    self.init(
      choice, features: map.features(of: choice.samples.inputs),
      judged: choice.judges.map { map.features(of: $0.inputs) }, isDual: isDual,
      unit: choice.samples.meanSquaredLength)
  }

  /// - Parameter unit: that of ridge parameters.
  init(
    _ choice: ChoiceSamples, features: DenseMatrix, judged: DenseMatrix?, isDual: Bool, unit: Double
  ) {
    system = RidgeSystem(features: features, targets: choice.targets, isDual: isDual, unit: unit)
    self.judged = judged.flatMap { features in choice.judges.map { (features, $0) } }
    lengths = choice.samples.lengths
  }

  /// The mean relative L2 error on the validation split, or leaving one out; infinite where there is no fit.
  func error(_ strength: Double) -> Double {
    if let judged { return system.error(strength, features: judged.features, judged.judges) }
    return system.errorLeavingOneOut(strength, lengths: lengths)
  }
}
