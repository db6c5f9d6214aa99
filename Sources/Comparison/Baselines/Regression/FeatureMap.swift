import Arrays

#if canImport(Glibc)
  import Glibc
#endif

/// What a regression is linear in.
enum FeatureMap: Sendable {
  /// The scaled values of the input themselves.
  case values(Int)
  /// Their inner product with every training sample, and a constant.
  ///
  /// Coefficients of targets about their mean sum to zero, so that the constant changes no prediction. But without it samples about
  /// their mean sum to zero too: one that is left out would be known from the others.
  case products(DenseMatrix, constant: Double)
  /// exp(−d² / 2ℓ²) for the distance d to every training sample.
  case gaussians(DenseMatrix, length: Double)

  /// The number of features.
  var count: Int {
    switch self {
    case .values(let count): count
    case .products(let samples, _), .gaussians(let samples, _): samples.rows
    }
  }

  /// The features of scaled inputs, a row for each.
  func features(of inputs: DenseMatrix) -> DenseMatrix {
    switch self {
    case .values: return inputs
    case .products(let samples, let constant):
      let result = DenseMatrix(inputs.rows, samples.rows)
      DenseMatrix.multiply(
        inputs.rows, samples.rows, inputs.columns, inputs.start, samples.start, rightTransposed: true,
        into: result.start)
      for index in 0..<result.rows * result.columns { result.start[index] += constant }
      return result
    case .gaussians(let samples, let length):
      let result = Self.squaredDistances(inputs, samples)
      Self.gaussians(result, length: length, into: result)
      return result
    }
  }

  /// The squared distances of rows from rows.
  static func squaredDistances(_ a: DenseMatrix, _ b: DenseMatrix) -> DenseMatrix {
    let result = FeatureMap.products(b, constant: 0).features(of: a)
    let lengths = (0..<b.rows).map { squaredLength(b.row($0), b.columns) }
    for i in 0..<a.rows {
      let row = result.row(i)
      let length = squaredLength(a.row(i), a.columns)
      for j in 0..<b.rows { row[j] = max(0, length + lengths[j] - 2 * row[j]) }
    }
    return result
  }

  static func gaussians(_ squaredDistances: DenseMatrix, length: Double, into result: DenseMatrix) {
    let factor = -1 / (2 * length * length)
    for index in 0..<result.rows * result.columns {
      result.start[index] = exp(factor * squaredDistances.start[index])
    }
  }
}
