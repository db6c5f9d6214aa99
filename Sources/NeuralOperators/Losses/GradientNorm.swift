import Arrays
import Differentiation
import Learning

/// `‖e‖² = mean of e² + Σ_axes mean of (∂e/∂x)²` over the points of a sample, summed over its channels.
///
/// Derivatives along periodic axes are those of the trigonometric interpolant; along others central differences of the grid, at the
/// ends one-sided ones of second order.
final class GradientNorm<Scalar: NetworkScalar>: QuadraticNorm {
  private enum Derivative {
    case matrix(AlignedStorage<Scalar>)
    /// 1/(2h).
    case differences(Scalar)
  }
  private let shape: [Int]
  private let derivatives: [Derivative]
  private var count: Int { shape.reduce(1, *) }
  private var points: Int { shape.dropLast().reduce(1, *) }
  var scratchCount: Int { 2 * count }

  init(shape: [Int], axes: [GridAxis]) {
    self.shape = shape
    derivatives = zip(shape, axes).map { n, axis in
      switch axis.placement {
      case .periodic: .matrix(AxisMatrices.derivative(n, length: axis.length))
      case .cells: .differences(Scalar(Double(n) / (2 * axis.length)))
      case .nodes: .differences(Scalar(Double(n - 1) / (2 * axis.length)))
      }
    }
  }

  private func differentiate(
    _ axis: Int, _ e: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    switch derivatives[axis] {
    case .matrix(let matrix):
      AxisMatrices.multiply(matrix, transposed: false, shape, axis: axis, e, into: target)
    case .differences(let factor):
      let inner = shape[(axis + 1)...].reduce(1, *)
      for block in 0..<shape[..<axis].reduce(1, *) {
        let start = block * shape[axis] * inner
        takeDifferences(e + start, into: target + start, points: shape[axis], inner: inner, factor)
      }
    }
  }

  /// Adds the adjoint of `differentiate`.
  private func addAdjoint(
    _ axis: Int, _ d: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    switch derivatives[axis] {
    case .matrix(let matrix):
      AxisMatrices.multiply(matrix, transposed: true, shape, axis: axis, d, into: target, accumulates: true)
    case .differences(let factor):
      let inner = shape[(axis + 1)...].reduce(1, *)
      for block in 0..<shape[..<axis].reduce(1, *) {
        let start = block * shape[axis] * inner
        addDifferencesAdjoint(d + start, into: target + start, points: shape[axis], inner: inner, factor)
      }
    }
  }

  func square(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) -> Double {
    var total = squaredNorms(e, e, count).size
    for axis in derivatives.indices {
      differentiate(axis, e, into: scratch)
      total += squaredNorms(scratch, scratch, count).size
    }
    return total / Double(points)
  }

  func apply(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) {
    let (slope, sum) = (scratch, scratch + count)
    sum.update(from: e, count: count)
    for axis in derivatives.indices {
      differentiate(axis, e, into: slope)
      addAdjoint(axis, slope, into: sum)
    }
    divide(sum, by: Scalar(points), into: e, count: count)
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func divide<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, by divisor: Scalar, into target: UnsafeMutablePointer<Scalar>, count: Int
) {
  for index in 0..<count { target[index] = x[index] / divisor }
}

/// Central differences of rows of `inner` numbers, at the ends (−3, 4, −1) and its mirror image.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func takeDifferences<Scalar: NetworkScalar>(
  _ e: UnsafePointer<Scalar>, into d: UnsafeMutablePointer<Scalar>, points n: Int, inner: Int,
  _ factor: Scalar
) {
  for j in 1..<n - 1 {
    for i in 0..<inner { d[j * inner + i] = factor * (e[(j + 1) * inner + i] - e[(j - 1) * inner + i]) }
  }
  for i in 0..<inner {
    d[i] = factor * (4 * e[inner + i] - 3 * e[i] - e[2 * inner + i])
    let end = e + (n - 1) * inner + i
    d[(n - 1) * inner + i] = factor * (3 * end[0] - 4 * end[-inner] + end[-2 * inner])
  }
}

/// Adds the transpose of `takeDifferences`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addDifferencesAdjoint<Scalar: NetworkScalar>(
  _ d: UnsafePointer<Scalar>, into e: UnsafeMutablePointer<Scalar>, points n: Int, inner: Int,
  _ factor: Scalar
) {
  for j in 1..<n - 1 {
    for i in 0..<inner {
      let value = factor * d[j * inner + i]
      e[(j + 1) * inner + i] += value
      e[(j - 1) * inner + i] -= value
    }
  }
  for i in 0..<inner {
    let (first, last) = (factor * d[i], factor * d[(n - 1) * inner + i])
    e[i] -= 3 * first
    e[inner + i] += 4 * first
    e[2 * inner + i] -= first
    let end = e + (n - 1) * inner + i
    end[0] += 3 * last
    end[-inner] -= 4 * last
    end[-2 * inner] += last
  }
}
