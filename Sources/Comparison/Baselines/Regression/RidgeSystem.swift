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

  /// The coefficients for a strength, feature × coordinate; `nil` where rounding leaves no solution.
  func coefficients(_ strength: Double) -> DenseMatrix? {
    guard factorize(strength) else { return nil }
    let solution = DenseMatrix(rightSide.rows, rightSide.columns)
    rightSide.copy(to: solution)
    work.solve(solution)
    return solution
  }

  /// The mean relative L2 error of other samples for a strength.
  func error(_ strength: Double, features judged: DenseMatrix, _ judges: RegressionSamples.Judges) -> Double {
    guard factorize(strength) else { return .infinity }
    let (n, m, r) = (judged.rows, judged.columns, targets.columns)
    let predictions = DenseMatrix(n, r)
    if n < r {
      // Fewer samples than coordinates: solve for what each sample takes of every right side.
      let weights = DenseMatrix(m, n)
      for sample in 0..<n { for index in 0..<m { weights.row(index)[sample] = judged.row(sample)[index] } }
      work.solve(weights)
      DenseMatrix.multiply(
        n, r, m, weights.start, leftTransposed: true, rightSide.start, into: predictions.start)
    } else {
      let solution = DenseMatrix(m, r)
      rightSide.copy(to: solution)
      work.solve(solution)
      DenseMatrix.multiply(n, r, m, judged.start, solution.start, into: predictions.start)
    }
    var sum = 0.0
    for sample in 0..<n {
      var distance = judges.remainders[sample]
      for index in 0..<r {
        let difference = predictions.row(sample)[index] - judges.coordinates.row(sample)[index]
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
      let half = DenseMatrix(m, n)
      for sample in 0..<n { for index in 0..<m { half.row(index)[sample] = features.row(sample)[index] } }
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
