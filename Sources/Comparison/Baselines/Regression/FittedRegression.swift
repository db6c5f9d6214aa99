import Arrays

/// A linear regression in some features.
struct FittedRegression: FittedBaseline {
  let scaling: InputScaling
  let map: FeatureMap
  /// Feature × coordinate.
  let coefficients: DenseMatrix
  let span: TargetSpan
  let inputWidth: Int
  let remark: String

  func predict(_ inputs: UnsafePointer<Double>, count: Int, into targets: UnsafeMutablePointer<Double>) {
    let scaled = DenseMatrix(count, inputWidth)
    scaling.scale(inputs, count: count, into: scaled.start)
    let features = map.features(of: scaled)
    let coordinates = DenseMatrix(count, coefficients.columns)
    DenseMatrix.multiply(
      count, coefficients.columns, map.count, features.start, coefficients.start, into: coordinates.start)
    span.expand(coordinates, into: targets)
  }
}
