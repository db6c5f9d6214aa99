public import Arrays

/// A function as coefficients in a tensor basis.
public struct SpectralCoefficients<Scalar: TransformScalar>: Sendable {
  public let basis: TensorBasis
  /// Of shape `basis.coefficientShape`.
  public var values: NDArray<Scalar>

  /// The zero function.
  public init(basis: TensorBasis) {
    self.basis = basis
    values = NDArray(shape: basis.coefficientShape)
  }

  public init(basis: TensorBasis, values: NDArray<Scalar>) {
    precondition(
      values.shape == basis.coefficientShape,
      "SpectralCoefficients: shape \(values.shape) must be \(basis.coefficientShape)")
    self.basis = basis
    self.values = values
  }

  /// The coefficients of the function with these values on the grid.
  ///
  /// Plans a transform; where many functions are transformed, keep a `TensorTransform`.
  public init(basis: TensorBasis, sampling values: NDArray<Scalar>) {
    self = TensorTransform(basis).forward(values)
  }

  /// The coefficients of the interpolant of `function`.
  public init(basis: TensorBasis, of function: ([Double]) throws -> Double) rethrows {
    let values = try basis.sample(function)
    self.init(basis: basis, sampling: NDArray(shape: basis.points, values.map { Scalar($0) }))
  }

  /// The values on the grid.
  public func gridValues() -> NDArray<Scalar> { TensorTransform(basis).inverse(self) }
}
