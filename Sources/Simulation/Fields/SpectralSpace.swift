public import Arrays
public import Spectral

/// The span of a tensor basis.
public struct SpectralSpace: FunctionSpace {
  public let basis: TensorBasis

  public init(_ basis: TensorBasis) { self.basis = basis }

  public var dimension: Int { basis.dimension }

  public var nodes: NDArray<Double> {
    let axes = (0..<dimension).map { basis.nodes($0) }
    var strides = Array(repeating: 1, count: dimension)
    for axis in (0..<(dimension - 1)).reversed() {
      strides[axis] = strides[axis + 1] * basis.points[axis + 1]
    }
    return NDArray(shape: [basis.pointCount, dimension]) { flat in
      let (point, axis) = (flat / dimension, flat % dimension)
      return axes[axis][point / strides[axis] % basis.points[axis]]
    }
  }

  /// Values of shape `basis.points`, or as many in a row.
  public func interpolant(of values: NDArray<Double>) -> SpectralCoefficients<Double> {
    SpectralCoefficients(basis: basis, sampling: values.reshaped(basis.points))
  }

  public func values(of coefficients: SpectralCoefficients<Double>, at points: NDArray<Double>) -> NDArray<
    Double
  > {
    coefficients.evaluate(at: points)
  }

  public func derivative(of coefficients: SpectralCoefficients<Double>, orders: [Int]) -> Field<SpectralSpace>
  {
    let derivative = coefficients.derivative(orders)
    return Field(space: SpectralSpace(derivative.basis), coefficients: derivative)
  }

  public func integral(of coefficients: SpectralCoefficients<Double>) -> Double { coefficients.integral() }

  public func innerProduct(
    _ left: SpectralCoefficients<Double>, _ right: SpectralCoefficients<Double>
  ) -> Double { left.innerProduct(right) }
}

extension Field<SpectralSpace> {
  /// The values on a tensor grid of any coordinates, one list per axis.
  public func values(onTensorGrid coordinates: [[Double]]) -> NDArray<Double> {
    coefficients.evaluate(onTensorGrid: coordinates)
  }
}
