import Arrays
import Differentiation
import Foundation

/// `‖e‖² = Σ_k (α + |2πk/L|²)^s |ê(k)|²` over the Fourier coefficients of a periodic sample, summed over its channels.
///
/// ê divides by the number of points, so that the norm does not depend on the grid. Since weights are the same for k and −k along
/// every axis, an orthonormal basis of products of cosines and sines serves as well as complex exponentials.
final class FourierNorm<Scalar: NetworkScalar>: QuadraticNorm {
  private let shape: [Int]
  private let bases: [AlignedStorage<Scalar>]
  /// Of every point in the order of the coefficients, over the number of points.
  private let weights: [Scalar]
  let scratchCount: Int

  init(shape: [Int], lengths: [Double], order: Double, alpha: Double) {
    self.shape = shape
    let axes = shape.dropLast()
    var bases: [AlignedStorage<Scalar>] = []
    var squares = [0.0]
    for (n, length) in zip(axes, lengths) {
      let (matrix, frequencies) = AxisMatrices.fourier(n) as (AlignedStorage<Scalar>, [Int])
      bases.append(matrix)
      squares = squares.flatMap { square in
        frequencies.map { square + (2 * .pi * Double($0) / length) * (2 * .pi * Double($0) / length) }
      }
    }
    self.bases = bases
    weights = squares.map { Scalar(pow(alpha + $0, order) / Double(squares.count)) }
    scratchCount = shape.reduce(1, *)
  }

  /// Coefficients, or values from them; the result is where the pointer that is returned says.
  private func transform(
    _ e: UnsafeMutablePointer<Scalar>, inverse: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) -> UnsafeMutablePointer<Scalar> {
    var (source, target) = (e, scratch)
    for axis in bases.indices {
      AxisMatrices.multiply(bases[axis], transposed: inverse, shape, axis: axis, source, into: target)
      swap(&source, &target)
    }
    return source
  }

  func square(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) -> Double {
    let c = transform(e, inverse: false, scratch: scratch)
    return weights.withUnsafeBufferPointer {
      weightedSquares(c, weights: $0.baseAddress!, points: weights.count, channels: shape[shape.count - 1])
    }
  }

  func apply(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) {
    let c = transform(e, inverse: false, scratch: scratch)
    weights.withUnsafeBufferPointer {
      weigh(c, weights: $0.baseAddress!, points: weights.count, channels: shape[shape.count - 1])
    }
    let result = transform(c, inverse: true, scratch: c == e ? scratch : e)
    if result != e { e.update(from: result, count: scratchCount) }
  }
}

/// Σ weight·c², with a weight per point.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func weightedSquares<Scalar: NetworkScalar>(
  _ c: UnsafePointer<Scalar>, weights: UnsafePointer<Scalar>, points: Int, channels: Int
) -> Double {
  var total = 0.0
  for point in 0..<points {
    var sum = 0.0
    for channel in 0..<channels {
      let value = Double(c[point * channels + channel])
      sum += value * value
    }
    total += Double(weights[point]) * sum
  }
  return total
}

/// `c *= weight`, with a weight per point.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func weigh<Scalar: NetworkScalar>(
  _ c: UnsafeMutablePointer<Scalar>, weights: UnsafePointer<Scalar>, points: Int, channels: Int
) {
  for point in 0..<points {
    for channel in 0..<channels { c[point * channels + channel] *= weights[point] }
  }
}
