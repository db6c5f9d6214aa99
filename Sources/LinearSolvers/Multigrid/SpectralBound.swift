import Arrays

/// Estimates of the largest eigenvalue of D⁻¹A for a symmetric matrix.
enum SpectralBound {
  /// The row bound Σⱼ|aᵢⱼ|/aᵢᵢ on finest levels without positive neighbours, where it is nearly attained on grids;
  /// elsewhere the smaller of it and a few steps of Lanczos, which then pay.
  static func estimate(
    _ A: SparseMatrix<Int32>, _ split: SplitMatrix, isFinest: Bool, workers: Workers?
  ) -> Double {
    if isFinest, split.hasOnlyNegativeNeighbours, split.rowBound <= 2.5 { return split.rowBound }
    return min(split.rowBound, lanczos(A, split, steps: 8, workers: workers))
  }

  /// The largest Ritz value of D^−½ A D^−½ from a vector of random signs, and a fiftieth on top of it.
  private static func lanczos(
    _ A: SparseMatrix<Int32>, _ split: SplitMatrix, steps: Int, workers: Workers?
  ) -> Double {
    let count = A.rowCount
    let product = MatrixOperator(A, workers: workers)
    let (v, old, scaled, w) = (
      AlignedStorage<Double>(count: count), AlignedStorage<Double>(count: count),
      AlignedStorage<Double>(count: count), AlignedStorage<Double>(count: count)
    )
    let root = AlignedStorage<Double>(uninitialized: count)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for i in 0..<count {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      root.baseAddress[i] = 1 / split.diagonal.baseAddress[i].squareRoot()
      v.baseAddress[i] = (state & 1 == 0 ? 1 : -1) / Double(count).squareRoot()
    }
    var diagonal: [Double] = []
    var beside: [Double] = []
    var beta = 0.0
    for _ in 0..<min(steps, count) {
      for i in 0..<count { scaled.baseAddress[i] = root.baseAddress[i] * v.baseAddress[i] }
      product.apply(scaled.baseAddress, into: w.baseAddress)
      var alpha = 0.0
      for i in 0..<count {
        let value = root.baseAddress[i] * w.baseAddress[i] - beta * old.baseAddress[i]
        w.baseAddress[i] = value
        alpha += value * v.baseAddress[i]
      }
      var square = 0.0
      for i in 0..<count {
        let value = w.baseAddress[i] - alpha * v.baseAddress[i]
        w.baseAddress[i] = value
        square += value * value
      }
      diagonal.append(alpha)
      beta = square.squareRoot()
      guard beta > 1e-10 else { break }
      beside.append(beta)
      for i in 0..<count {
        old.baseAddress[i] = v.baseAddress[i]
        v.baseAddress[i] = w.baseAddress[i] / beta
      }
    }
    return 1.02 * largestEigenvalue(diagonal, beside)
  }

  /// The largest eigenvalue of a symmetric tridiagonal matrix by bisection with Sturm counts.
  private static func largestEigenvalue(_ diagonal: [Double], _ beside: [Double]) -> Double {
    var lower = diagonal.max() ?? 0
    var upper = lower
    for k in diagonal.indices {
      let left = k > 0 ? beside[k - 1] : 0
      let right = k + 1 < diagonal.count ? beside[k] : 0
      upper = max(upper, diagonal[k] + abs(left) + abs(right))
    }
    for _ in 0..<50 {
      let middle = (lower + upper) / 2
      var pivot = 1.0
      var above = false
      for k in diagonal.indices {
        let square = k > 0 ? beside[k - 1] * beside[k - 1] : 0
        pivot = diagonal[k] - middle - (k > 0 ? square / pivot : 0)
        if pivot > 0 { above = true }
        if pivot == 0 { pivot = 1e-300 }
      }
      if above { lower = middle } else { upper = middle }
    }
    return upper
  }
}
