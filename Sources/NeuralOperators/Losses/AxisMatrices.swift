import Arrays
import Differentiation
import Spectral

/// Square matrices that are applied along the axes of a sample, whose channels stand last.
enum AxisMatrices {
  /// The orthonormal basis of real trigonometric polynomials on n periodic points, a row each: 1, then cosine and sine of every
  /// frequency, and the cosine of n/2 for even n.
  static func fourier<Scalar: NetworkScalar>(_ n: Int) -> (matrix: AlignedStorage<Scalar>, frequencies: [Int])
  {
    let roots = RootTable(n)
    let matrix = AlignedStorage<Scalar>(count: n * n)
    var frequencies: [Int] = []
    for row in 0..<n {
      let k = (row + 1) / 2
      let isAlone = k == 0 || 2 * k == n
      let factor = ((isAlone ? 1 : 2) / Double(n)).squareRoot()
      for j in 0..<n {
        let root = roots[j * k]
        matrix.buffer[row * n + j] = Scalar(factor * (row % 2 == 1 || k == 0 ? root.cosine : root.sine))
      }
      frequencies.append(k)
    }
    return (matrix, frequencies)
  }

  /// The derivative of the trigonometric interpolant on n periodic points; the cosine of n/2 has none.
  static func derivative<Scalar: NetworkScalar>(_ n: Int, length: Double) -> AlignedStorage<Scalar> {
    let roots = RootTable(n)
    let matrix = AlignedStorage<Scalar>(count: n * n)
    let kernel = (0..<n).map { m in
      stride(from: 1, to: (n + 1) / 2, by: 1).reduce(0.0) {
        $0 - 4 * .pi * Double($1) / (length * Double(n)) * roots[m * $1].sine
      }
    }
    for i in 0..<n {
      for j in 0..<n { matrix.buffer[i * n + j] = Scalar(kernel[(i - j + n) % n]) }
    }
    return matrix
  }

  /// `result = M x` along one axis, or Mᵀ x, or adds it.
  static func multiply<Scalar: NetworkScalar>(
    _ matrix: AlignedStorage<Scalar>, transposed: Bool, _ shape: [Int], axis: Int, _ x: UnsafePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>, accumulates: Bool = false
  ) {
    let n = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    var products = MatrixProducts(
      rows: n, columns: inner,
      MatrixProduct(
        UnsafePointer(matrix.baseAddress), row: transposed ? 1 : n, column: transposed ? n : 1, times: x,
        rightRow: inner,
        rightBatch: n * inner, inner: n), into: result, row: inner)
    products.batch = shape[..<axis].reduce(1, *)
    products.resultBatch = n * inner
    products.accumulates = accumulates
    Scalar.networkKernels.multiply(products)
  }
}
