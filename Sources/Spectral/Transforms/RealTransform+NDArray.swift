public import Arrays

extension RealTransform {
  /// The smallest number of points the transform exists for.
  public var minimumPoints: Int { self == .dct1 ? 2 : 1 }

  /// The transform of every line of `array` along `axis`, in FFTW's unnormalised definition.
  public func applied<Scalar: TransformScalar>(
    to array: NDArray<Scalar>, axis: Int, mode: PlanningMode = .estimate
  ) -> NDArray<Scalar> {
    precondition(
      array.shape.indices.contains(axis), "RealTransform: axis \(axis) is not one of \(array.shape.count)")
    let points = array.shape[axis]
    precondition(
      points >= minimumPoints, "RealTransform: \(rawValue) needs \(minimumPoints) points, not \(points)")
    guard array.count > 0 else { return array }
    let pass = RealAxisPass<Scalar>(shape: array.shape, axis: axis, kind: kind, mode: mode)
    let scratch = AlignedStorage<Scalar>(count: pass.scratchCount)
    var result = array
    result.withUnsafeMutableBuffer { buffer in
      guard let data = buffer.baseAddress else { return }
      pass.execute(data, scratch: scratch.baseAddress)
    }
    return result
  }
}
