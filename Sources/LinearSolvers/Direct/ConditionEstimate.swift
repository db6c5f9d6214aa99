import Arrays

extension NumericFactorization {
  /// An estimate of ‖A‖₁ ‖A⁻¹‖₁ of the matrix that was factorised, hardly ever off by more than a factor of three,
  /// and never above the truth; of the pseudo-inverse for a rectangular matrix.
  ///
  /// Costs five to eleven solves: Hager's method with Higham's safeguard (ACM TOMS 14(4), 1988).
  public func estimatedCondition(of matrix: SparseMatrix<Int>) throws(LinearSolverError) -> Double {
    precondition(
      matrix.rowCount == rowCount && matrix.columnCount == columnCount,
      "estimatedCondition: \(matrix) does not belong to factors of \(rowCount) × \(columnCount)")
    return try matrix.largestColumnSum * estimatedInverseNorm()
  }

  /// An estimate of ‖A⁻¹‖₁ from below.
  func estimatedInverseNorm() throws(LinearSolverError) -> Double {
    let x = AlignedStorage<Double>(count: rowCount)
    let y = AlignedStorage<Double>(count: columnCount)
    let z = AlignedStorage<Double>(count: rowCount)
    x.baseAddress.update(repeating: 1 / Double(rowCount), count: rowCount)
    var estimate = 0.0
    var column: Int?
    for _ in 0..<5 {
      try solve(x.baseAddress, into: y.baseAddress, count: 1)
      let size = y.buffer.reduce(0) { $0 + abs($1) }
      guard size > estimate else { break }
      estimate = size
      for index in 0..<columnCount { y.baseAddress[index] = y.baseAddress[index] < 0 ? -1 : 1 }
      try solveTranspose(y.baseAddress, into: z.baseAddress, count: 1)
      var (best, product) = (0, 0.0)
      for index in 0..<rowCount {
        product += z.baseAddress[index] * x.baseAddress[index]
        if abs(z.baseAddress[index]) > abs(z.baseAddress[best]) { best = index }
      }
      guard abs(z.baseAddress[best]) > product, best != column else { break }
      column = best
      x.baseAddress.update(repeating: 0, count: rowCount)
      x.baseAddress[best] = 1
    }
    // A vector that exposes cancellation in the first ones.
    for index in 0..<rowCount {
      let size = 1 + Double(index) / Double(max(rowCount - 1, 1))
      x.baseAddress[index] = index % 2 == 0 ? size : -size
    }
    try solve(x.baseAddress, into: y.baseAddress, count: 1)
    let size = y.buffer.reduce(0) { $0 + abs($1) }
    return max(estimate, 2 * size / (3 * Double(rowCount)))
  }
}

extension SparseMatrix where Index == Int {
  /// ‖A‖₁.
  var largestColumnSum: Double {
    var sums = [Double](repeating: 0, count: columnCount)
    forEachEntry { _, column, value in sums[column] += abs(value) }
    return sums.max() ?? 0
  }
}
