import Arrays

/// Errors by which a ridge parameter is chosen.
struct RidgeSearch {
  private let system: RidgeSystem
  private let judged: (features: DenseMatrix, judges: RegressionSamples.Judges)?
  private let lengths: [Double]

  /// With features that are computed here.
  init(_ samples: RegressionSamples, map: FeatureMap, isDual: Bool) {
    self.init(
      samples, features: map.features(of: samples.inputs),
      judged: samples.judges.map { map.features(of: $0.inputs) }, isDual: isDual,
      unit: samples.meanSquaredLength)
  }

  /// - Parameter unit: that of ridge parameters.
  init(
    _ samples: RegressionSamples, features: DenseMatrix, judged: DenseMatrix?, isDual: Bool, unit: Double
  ) {
    system = RidgeSystem(features: features, targets: samples.span.coordinates, isDual: isDual, unit: unit)
    self.judged = judged.flatMap { features in samples.judges.map { (features, $0) } }
    lengths = samples.lengths
  }

  /// The mean relative L2 error on the validation split, or leaving one out; infinite where there is no fit.
  func error(_ strength: Double) -> Double {
    if let judged { return system.error(strength, features: judged.features, judged.judges) }
    return system.errorLeavingOneOut(strength, lengths: lengths)
  }
}
