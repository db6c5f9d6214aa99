public import Arrays

extension SpectralCoefficients {
  /// The values at any points, an array of shape (points, dimension) in the units of the axes.
  ///
  /// Cost O(points × modes): a matrix product over the last axis for every tile of points, sums over the
  /// others. Points outside a periodic axis wrap; outside a bounded one the functions are continued.
  public func evaluate(at points: NDArray<Double>) -> NDArray<Double> {
    precondition(
      points.shape.count == 2 && points.shape[1] == basis.dimension,
      "evaluate: points of shape \(points.shape) must be (count, \(basis.dimension))")
    let count = points.shape[0]
    var result = NDArray<Double>(shape: [count])
    guard count > 0 else { return result }
    let evaluator = PointEvaluator(basis)
    let doubles = values.withUnsafeBuffer { $0.map { Double($0) } }
    points.withUnsafeBuffer { points in
      result.withUnsafeMutableBuffer { result in
        for start in stride(from: 0, to: count, by: PointEvaluator.tile) {
          let end = min(start + PointEvaluator.tile, count)
          evaluator.evaluate(
            doubles, at: points[start * basis.dimension..<end * basis.dimension], count: end - start
          ) { result[start + $0] = $1 }
        }
      }
    }
    return result
  }

  /// The value at one point.
  public func evaluate(at point: [Double]) -> Double {
    evaluate(at: NDArray(shape: [1, point.count], point))[flat: 0]
  }
}

/// Contracts coefficients with the functions at a tile of points.
private struct PointEvaluator {
  static let tile = 32
  let basis: TensorBasis
  let modes: [Int]
  /// Numbers per coefficient: 2 if complex.
  let width: Int

  init(_ basis: TensorBasis) {
    self.basis = basis
    modes = basis.modeCounts
    width = basis.isComplex ? 2 : 1
  }

  func evaluate(
    _ coefficients: [Double], at points: Slice<UnsafeBufferPointer<Double>>, count: Int,
    _ store: (Int, Double) -> Void
  ) {
    let last = basis.dimension - 1
    func coordinate(_ point: Int, _ axis: Int) -> Double {
      points[points.startIndex + point * basis.dimension + axis]
    }
    let functions = (0..<count).flatMap { self.functions(at: coordinate($0, last), last) }
    let rest = coefficients.count / width / modes[last]
    let shape = GEMMShape(rows: count, columns: rest, inner: modes[last], isRightTransposed: true)
    var sums = [Double](repeating: 0, count: count * rest * width)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let target = sums.baseAddress else { return }
      if width == 2 {
        Double.transformEngine.multiplyComplex(shape, functions, coefficients, target)
      } else {
        Double.transformEngine.multiply(shape, 1, functions, coefficients, 0, target)
      }
    }
    for point in 0..<count {
      var partial = Array(sums[point * rest * width..<(point + 1) * rest * width])
      for axis in (0..<last).reversed() {
        partial = contracted(partial, self.functions(at: coordinate(point, axis), axis))
      }
      store(point, partial[0])
    }
  }

  /// The functions of an axis, as complex numbers if the coefficients are.
  private func functions(at x: Double, _ axis: Int) -> [Double] {
    let values = basis.axes[axis].functions(at: x, points: basis.points[axis], basis.order(axis))
    return width == 2 && !type(of: basis.axes[axis]).isComplex ? values.flatMap { [$0, 0] } : values
  }

  /// The sums over the last axis of an array of rows.
  private func contracted(_ rows: [Double], _ functions: [Double]) -> [Double] {
    let length = functions.count
    var result = [Double](repeating: 0, count: rows.count / length * width)
    for row in 0..<rows.count / length {
      let start = row * length
      if width == 1 {
        var sum = 0.0
        for k in 0..<length { sum += rows[start + k] * functions[k] }
        result[row] = sum
      } else {
        var (real, imaginary) = (0.0, 0.0)
        for k in stride(from: 0, to: length, by: 2) {
          let (a, b) = (rows[start + k], rows[start + k + 1])
          real += a * functions[k] - b * functions[k + 1]
          imaginary += a * functions[k + 1] + b * functions[k]
        }
        result[2 * row] = real
        result[2 * row + 1] = imaginary
      }
    }
    return result
  }
}
