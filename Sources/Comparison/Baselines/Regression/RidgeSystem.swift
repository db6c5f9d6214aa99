import Arrays

/// A linear regression in some features, for any ridge parameter.
///
/// Primal, with features Φ (sample × feature) and targets T: (ΦᵀΦ + λI) C = ΦᵀT. Dual, where Φ is itself a symmetric matrix K of
/// kernel values between samples: (K + λI) C = T. In both a prediction is φ C. λ is `strength` times a unit.
struct RidgeSystem {
  let features: DenseMatrix
  let targets: DenseMatrix
  let isDual: Bool
  private let matrix: DenseMatrix
  private let rightSide: DenseMatrix
  private let unit: Double
  /// Room for a factorisation.
  private let work: DenseMatrix

  init(features: DenseMatrix, targets: DenseMatrix, isDual: Bool, unit: Double) {
    self.features = features
    self.targets = targets
    self.isDual = isDual
    let m = features.columns
    if isDual {
      (matrix, rightSide) = (features, targets)
    } else {
      matrix = DenseMatrix(m, m)
      rightSide = DenseMatrix(m, targets.columns)
      DenseMatrix.multiply(
        m, m, features.rows, features.start, leftTransposed: true, features.start, into: matrix.start)
      DenseMatrix.multiply(
        m, targets.columns, features.rows, features.start, leftTransposed: true, targets.start,
        into: rightSide.start)
    }
    self.unit = unit
    work = DenseMatrix(m, m)
  }

  /// Factorises for a strength, into the room; `false` where rounding leaves nothing to factorise.
  private func factorize(_ strength: Double) -> Bool {
    matrix.copy(to: work)
    for index in 0..<work.rows { work.row(index)[index] += strength * unit }
    return work.factorize()
  }

  /// What predicts for a strength; `nil` where rounding leaves no solution.
  ///
  /// Coefficients, or where they would be many for few predictions the factor that gives each prediction its weights; this
  /// object's own, so that nothing else is to be asked of it then.
  func solution(_ strength: Double, predictions: Int = .max) -> RegressionSolution? {
    guard factorize(strength) else { return nil }
    if min(predictions, isDual ? matrix.rows : .max) < rightSide.columns {
      return RegressionSolution(factor: work, matrix: rightSide)
    }
    let coefficients = DenseMatrix(rightSide.rows, rightSide.columns)
    rightSide.copy(to: coefficients)
    work.solve(coefficients)
    return RegressionSolution(factor: nil, matrix: coefficients)
  }

  /// The mean relative L2 error of other samples for a strength.
  func error(_ strength: Double, features judged: DenseMatrix, _ judges: ChoiceSamples.Judges) -> Double {
    let n = judged.rows
    guard let solution = solution(strength, predictions: n) else { return .infinity }
    let predictions = DenseMatrix(n, targets.columns)
    solution.predict(judged, into: predictions.start)
    var sum = 0.0
    for sample in 0..<n {
      var distance = judges.remainders[sample]
      for index in 0..<targets.columns {
        let difference = predictions.row(sample)[index] - judges.targets.row(sample)[index]
        distance += difference * difference
      }
      sum += Self.relative(distance, judges.lengths[sample])
    }
    return sum / Double(n)
  }

  /// The mean relative L2 error of the training samples for a strength, each left out of the fit in turn.
  ///
  /// In the primal form the means of inputs and targets are left out with it; in the dual one they stay. Sources: Allen, Technometrics 16, 1974 (the primal form);
  /// Sundararajan, Keerthi, Neural Computation 13, 2001, equation 15 (the dual one).
  func errorLeavingOneOut(_ strength: Double, lengths: [Double]) -> Double {
    guard factorize(strength) else { return .infinity }
    let (n, m, r) = (features.rows, features.columns, targets.columns)
    let residuals = DenseMatrix(n, r)
    let solution = DenseMatrix(m, r)
    rightSide.copy(to: solution)
    var shares = [Double](repeating: 1 - 1 / Double(n), count: n)
    if isDual {
      work.solve(solution)
      solution.copy(to: residuals)
      work.invertFactorized()
      for sample in 0..<n { shares[sample] = work.row(sample)[sample] }
    } else {
      let half = features.transposed()
      work.solveHalf(half)
      for index in 0..<m {
        for sample in 0..<n { shares[sample] -= half.row(index)[sample] * half.row(index)[sample] }
      }
      work.solve(solution)
      DenseMatrix.multiply(n, r, m, features.start, solution.start, into: residuals.start)
      for index in 0..<n * r { residuals.start[index] = targets.start[index] - residuals.start[index] }
    }
    var sum = 0.0
    for sample in 0..<n {
      // Where a sample alone decides about its prediction nothing can be said of others.
      guard shares[sample] > 1e-14 else { return .infinity }
      let distance = squaredLength(residuals.row(sample), r) / (shares[sample] * shares[sample])
      sum += Self.relative(distance, lengths[sample])
    }
    return sum / Double(n)
  }

  private static func relative(_ distance: Double, _ length: Double) -> Double {
    distance == 0 ? 0 : (distance / length).squareRoot()
  }
}
