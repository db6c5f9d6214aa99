/// Targets about their mean, in few coordinates, for the choice of parameters.
///
/// All that a regression predicts lies in the space that the training targets span. So where a target has more numbers than there
/// are samples, errors are computed in the principal coordinates of that space; what lies outside of it is the same for all
/// parameters. Directions that carry less than the rounding of squares are among what lies outside.
struct TargetCoordinates: Sendable {
  /// A row for each training target.
  let training: DenseMatrix
  /// A row for each other target.
  let others: DenseMatrix?
  /// For each other target its squared distance from the space.
  let remainders: [Double]

  private static let smallestShare = 1e-14

  /// - Parameters:
  ///   - targets: those of the training about their mean, a row each.
  ///   - others: others about the same mean.
  init(_ targets: DenseMatrix, others: DenseMatrix?) {
    let n = targets.rows
    guard targets.columns > n else {
      training = targets
      self.others = others
      remainders = Array(repeating: 0, count: others?.rows ?? 0)
      return
    }
    let (values, vectors) = targets.products(with: targets).eigenvectors()
    let largest = values.last ?? 0
    let kept = values.indices.filter { values[$0] > Self.smallestShare * largest }
    let training = DenseMatrix(n, max(kept.count, 1))
    for sample in 0..<n {
      for (column, k) in kept.enumerated() {
        training.row(sample)[column] = vectors.row(k)[sample] * values[k].squareRoot()
      }
    }
    self.training = training
    guard let others else {
      (self.others, remainders) = (nil, [])
      return
    }
    let products = others.products(with: targets)
    let coordinates = DenseMatrix(others.rows, training.columns)
    for (column, k) in kept.enumerated() {
      for sample in 0..<others.rows {
        var sum = 0.0
        for index in 0..<n { sum += products.row(sample)[index] * vectors.row(k)[index] }
        coordinates.row(sample)[column] = sum / values[k].squareRoot()
      }
    }
    self.others = coordinates
    remainders = (0..<others.rows).map { sample in
      max(
        0,
        squaredLength(others.row(sample), others.columns)
          - squaredLength(coordinates.row(sample), coordinates.columns))
    }
  }
}

/// The sum of the squares of some numbers.
func squaredLength(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
  var sum = 0.0
  for index in 0..<count { sum += values[index] * values[index] }
  return sum
}
