import Arrays

extension SpectralCoefficients {
  /// The derivative of `orders[axis]` along each axis, exact for the function that the coefficients are.
  ///
  /// Odd derivatives of a sine are cosines and the reverse, so the result has a basis of its own. The Nyquist
  /// mode of an even number of points is zero in odd Fourier derivatives.
  public func derivative(_ orders: [Int]) -> SpectralCoefficients {
    precondition(
      orders.count == basis.dimension && orders.allSatisfy { $0 >= 0 },
      "derivative: orders \(orders) must be \(basis.dimension) numbers of at least 0")
    let axes = basis.axes.indices.map { basis.axes[$0].basis(ofDerivative: orders[$0]) }
    var result = SpectralCoefficients(basis: TensorBasis(axes, points: basis.points), values: values)
    var factors = basis.modeCounts.map { [Double](repeating: 1, count: $0) }
    var quarterTurns = 0
    for axis in axes.indices where orders[axis] > 0 {
      let action = basis.axes[axis].derivative(
        order: orders[axis], points: basis.points[axis], basis.order(axis))
      switch action {
      case .scaling(let scaling): factors[axis] = scaling
      case .imaginaryScaling(let scaling):
        factors[axis] = scaling
        quarterTurns += 1
      case .recurrence(let recurrence): result.applyLines(axis, recurrence)
      }
    }
    result.scaleModes(factors)
    result.multiplyByImaginaryUnit(quarterTurns)
    return result
  }

  /// The sum of the second derivatives.
  public func laplacian() -> SpectralCoefficients {
    var sum = SpectralCoefficients(basis: basis)
    for axis in 0..<basis.dimension {
      var orders = [Int](repeating: 0, count: basis.dimension)
      orders[axis] = 2
      sum.add(derivative(orders))
    }
    return sum
  }

  /// Adds a function in the same basis.
  public mutating func add(_ other: SpectralCoefficients, scaledBy factor: Scalar = 1) {
    precondition(other.basis == basis, "add: bases differ: \(basis) and \(other.basis)")
    values.withUnsafeMutableBuffer { target in
      other.values.withUnsafeBuffer { source in
        for index in target.indices { target[index] += factor * source[index] }
      }
    }
  }

  /// Multiplies every mode by the product of one factor per axis.
  mutating func scaleModes(_ factors: [[Double]]) {
    var factors = factors.map { $0.map { Scalar($0) } }
    var shape = basis.modeCounts
    if basis.isComplex {
      shape[shape.count - 1] *= 2
      factors[factors.count - 1] = factors[factors.count - 1].flatMap { [$0, $0] }
    }
    values.withUnsafeMutableBuffer { buffer in
      guard let data = buffer.baseAddress else { return }
      scaleProduct(data, shape: shape, factors: factors)
    }
  }

  private mutating func multiplyByImaginaryUnit(_ times: Int) {
    guard times % 4 != 0 else { return }
    values.withUnsafeMutableBuffer { buffer in
      for index in stride(from: 0, to: buffer.count, by: 2) {
        let (real, imaginary) = (buffer[index], buffer[index + 1])
        switch times % 4 {
        case 1: (buffer[index], buffer[index + 1]) = (-imaginary, real)
        case 2: (buffer[index], buffer[index + 1]) = (-real, -imaginary)
        default: (buffer[index], buffer[index + 1]) = (imaginary, -real)
        }
      }
    }
  }

  /// Applies a map to every line of coefficients along an axis.
  mutating func applyLines(_ axis: Int, _ map: (UnsafeMutableBufferPointer<Double>) -> Void) {
    let extents = AxisExtents(basis.coefficientShape, axis)
    var line = [Double](repeating: 0, count: extents.count)
    values.withUnsafeMutableBuffer { buffer in
      for outer in 0..<extents.outer {
        for inner in 0..<extents.inner {
          let start = outer * extents.count * extents.inner + inner
          for index in 0..<extents.count { line[index] = Double(buffer[start + index * extents.inner]) }
          line.withUnsafeMutableBufferPointer { map($0) }
          for index in 0..<extents.count { buffer[start + index * extents.inner] = Scalar(line[index]) }
        }
      }
    }
  }
}
