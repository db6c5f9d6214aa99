public import Arrays

extension TensorBasis {
  /// The integral over the box of a function with these values on the grid, by the grid's quadrature.
  public func integral(ofValues values: NDArray<Double>) -> Double {
    precondition(values.shape == points, "integral: shape \(values.shape) must be \(points)")
    return values.withUnsafeBuffer { buffer in
      weightedSum { buffer[$0] }
    }
  }

  /// `∫ u v` over the box, by the grid's quadrature.
  public func innerProduct(ofValues left: NDArray<Double>, _ right: NDArray<Double>) -> Double {
    precondition(
      left.shape == points && right.shape == points,
      "innerProduct: shapes \(left.shape) and \(right.shape) must be \(points)")
    return left.withUnsafeBuffer { left in
      right.withUnsafeBuffer { right in
        weightedSum { left[$0] * right[$0] }
      }
    }
  }

  /// `(∫ u²)^½` over the box, by the grid's quadrature.
  public func norm(ofValues values: NDArray<Double>) -> Double {
    innerProduct(ofValues: values, values).squareRoot()
  }

  /// Rows are summed one by one, so that the rounding grows with their number, not with that of the points.
  private func weightedSum(_ value: (Int) -> Double) -> Double {
    let tables = axes.indices.map(weights)
    let last = tables[dimension - 1]
    var sum = 0.0
    for row in 0..<pointCount / last.count {
      var (rest, factor) = (row, 1.0)
      for axis in (0..<dimension - 1).reversed() {
        factor *= tables[axis][rest % points[axis]]
        rest /= points[axis]
      }
      var rowSum = 0.0
      for index in last.indices { rowSum += last[index] * value(row * last.count + index) }
      sum += factor * rowSum
    }
    return sum
  }
}

extension SpectralCoefficients {
  /// The integral over the box, exact for the function that the coefficients are.
  public func integral() -> Double {
    var scaled = self
    scaled.scaleModes(
      basis.axes.indices.map { basis.axes[$0].integrals(basis.points[$0], basis.order($0)) })
    let step = basis.isComplex ? 2 : 1
    return scaled.values.withUnsafeBuffer { buffer in
      stride(from: 0, to: buffer.count, by: step).reduce(0.0) { $0 + Double(buffer[$1]) }
    }
  }

  /// The integral divided by the size of the box.
  public func mean() -> Double { integral() / basis.volume }

  /// `∫ u v` over the box, exact for the two functions, which must be in the same basis.
  public func innerProduct(_ other: SpectralCoefficients) -> Double {
    precondition(other.basis == basis, "innerProduct: bases differ: \(basis) and \(other.basis)")
    var weighted = other
    for axis in basis.axes.indices {
      let count = basis.modeCounts[axis]
      switch basis.axes[axis].mass(basis.points[axis], basis.order(axis)) {
      case .diagonal(let norms):
        var factors = basis.modeCounts.map { [Double](repeating: 1, count: $0) }
        factors[axis] = norms
        weighted.scaleModes(factors)
      case .dense(let products):
        var image = [Double](repeating: 0, count: count)
        weighted.applyLines(axis) { line in
          for row in 0..<count {
            var sum = 0.0
            for column in 0..<count { sum += products[row * count + column] * line[column] }
            image[row] = sum
          }
          for row in 0..<count { line[row] = image[row] }
        }
      }
    }
    return values.withUnsafeBuffer { left in
      weighted.values.withUnsafeBuffer { right in
        left.indices.reduce(0.0) { $0 + Double(left[$1]) * Double(right[$1]) }
      }
    }
  }
}
