import Arrays

extension SpectralCoefficients {
  /// The same function on another number of points per axis: more modes are zero, fewer are cut off.
  ///
  /// Up-sampling an even Fourier axis splits the Nyquist mode between +n/2 and −n/2, so that the interpolant
  /// goes through the data; down-sampling to an even number drops it.
  public func resampled(to points: [Int]) -> SpectralCoefficients {
    precondition(
      points.count == basis.dimension, "resampled: \(points) must have \(basis.dimension) numbers of points")
    return points.indices.reduce(self) { $0.resampled(axis: $1, to: points[$1]) }
  }

  private func resampled(axis: Int, to count: Int) -> SpectralCoefficients {
    let before = basis.points[axis]
    guard count != before else { return self }
    var points = basis.points
    points[axis] = count
    var result = SpectralCoefficients(basis: basis.resized(points))
    let source = AxisExtents(basis.coefficientShape, axis)
    let target = AxisExtents(result.basis.coefficientShape, axis)
    let copies = Self.copies(
      isFourier: type(of: basis.axes[axis]).isComplex, basis.order(axis), from: before, to: count)
    values.withUnsafeBuffer { from in
      result.values.withUnsafeMutableBuffer { to in
        for outer in 0..<source.outer {
          for copy in copies {
            let first = (outer * source.count + copy.source) * source.inner
            let second = (outer * target.count + copy.target) * target.inner
            for inner in 0..<source.inner { to[second + inner] = Scalar(copy.factor) * from[first + inner] }
          }
        }
      }
    }
    return result
  }

  private struct Copy {
    var source: Int
    var target: Int
    var factor = 1.0
  }

  private static func copies(isFourier: Bool, _ order: ModeOrder, from: Int, to: Int) -> [Copy] {
    guard isFourier else { return (0..<min(from, to)).map { Copy(source: $0, target: $0) } }
    let common = (min(from, to) - 1) / 2
    var copies = (0...common).map { Copy(source: $0, target: $0) }
    if order == .full && common > 0 {
      copies += (1...common).map { Copy(source: from - $0, target: to - $0) }
    }
    if from % 2 == 0 && from < to {
      copies.append(Copy(source: from / 2, target: from / 2, factor: 0.5))
      if order == .full { copies.append(Copy(source: from / 2, target: to - from / 2, factor: 0.5)) }
    }
    return copies
  }
}
