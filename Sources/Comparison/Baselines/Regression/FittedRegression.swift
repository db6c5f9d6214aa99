/// A linear regression in some features.
struct FittedRegression: FittedBaseline {
  let samples: RegressionSamples
  let map: FeatureMap
  let solution: RegressionSolution
  let remark: String

  func predict(_ inputs: UnsafePointer<Double>, count: Int, into targets: UnsafeMutablePointer<Double>) {
    let scaled = DenseMatrix(count, samples.inputs.columns)
    samples.scaling.scale(inputs, count: count, into: scaled.start)
    let mean = samples.targetMean
    solution.predict(map.features(of: scaled), into: targets)
    for sample in 0..<count {
      for index in mean.indices { targets[sample * mean.count + index] += mean[index] }
    }
  }
}

/// What solves the equations of a regression for one ridge parameter.
struct RegressionSolution: Sendable {
  /// The factor of the matrix where every prediction solves for its weights; `nil` where coefficients are known.
  let factor: DenseMatrix?
  /// Coefficients, feature × target number; with a factor the right side that they solve for.
  let matrix: DenseMatrix

  /// Targets about their mean for rows of features.
  func predict(_ features: DenseMatrix, into targets: UnsafeMutablePointer<Double>) {
    let (n, m, width) = (features.rows, features.columns, matrix.columns)
    guard let factor else {
      return DenseMatrix.multiply(n, width, m, features.start, matrix.start, into: targets)
    }
    let weights = features.transposed()
    factor.solve(weights)
    DenseMatrix.multiply(n, width, m, weights.start, leftTransposed: true, matrix.start, into: targets)
  }
}
