import Arrays

extension NumericFactorization {
  /// An estimate of ‖A‖₁ ‖A⁻¹‖₁ of the matrix that was factorised, from below and hardly ever off by more than a
  /// factor of three; of the pseudo-inverse for a rectangular matrix.
  ///
  /// Costs five to eleven solves: Hager's method with Higham's safeguard (ACM TOMS 14(4), 1988).
  public func estimatedCondition(of matrix: SparseMatrix<Int>) throws(LinearSolverError) -> Double {
    precondition(
      matrix.rowCount == rowCount && matrix.columnCount == columnCount,
      "estimatedCondition: \(matrix) does not belong to factors of \(rowCount) × \(columnCount)")
    return try matrix.largestColumnSum * inverseNormEstimator.estimate()
  }

  var inverseNormEstimator: InverseNormEstimator {
    InverseNormEstimator(
      rowCount: rowCount, columnCount: columnCount,
      solve: { b, x throws(LinearSolverError) in try self.solve(b, into: x, count: 1) },
      solveTranspose: { b, x throws(LinearSolverError) in try self.solveTranspose(b, into: x, count: 1) })
  }
}

/// Estimates ‖(R A C)⁻¹‖₁ from below with a few solves, R and C diagonal.
struct InverseNormEstimator {
  typealias Solve = (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws(LinearSolverError) -> Void
  let rowCount: Int
  let columnCount: Int
  let solve: Solve
  let solveTranspose: Solve
  /// R and C; ones unless given.
  var scales: Equilibration?

  func estimate() throws(LinearSolverError) -> Double {
    let x = AlignedStorage<Double>(count: rowCount)
    let y = AlignedStorage<Double>(count: columnCount)
    let z = AlignedStorage<Double>(count: rowCount)
    x.baseAddress.update(repeating: 1 / Double(rowCount), count: rowCount)
    var estimate = 0.0
    var column: Int?
    for _ in 0..<5 {
      try forward(x, into: y)
      let size = y.buffer.reduce(0) { $0 + abs($1) }
      guard size > estimate else { break }
      estimate = size
      for index in 0..<columnCount { y.baseAddress[index] = y.baseAddress[index] < 0 ? -1 : 1 }
      try backward(y, into: z)
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
    try forward(x, into: y)
    let size = y.buffer.reduce(0) { $0 + abs($1) }
    return size.isFinite ? max(estimate, 2 * size / (3 * Double(rowCount))) : .infinity
  }

  /// y = C⁻¹ A⁻¹ R⁻¹ x.
  private func forward(
    _ x: AlignedStorage<Double>, into y: AlignedStorage<Double>
  ) throws(LinearSolverError) {
    guard let scales else { return try solve(x.baseAddress, y.baseAddress) }
    let scaled = AlignedStorage<Double>(count: rowCount)
    scaled.baseAddress.update(from: x.baseAddress, count: rowCount)
    scales.divide(scaled.baseAddress, by: .rows)
    try solve(scaled.baseAddress, y.baseAddress)
    scales.divide(y.baseAddress, by: .columns)
  }

  /// z = R⁻¹ A⁻ᵀ C⁻¹ y; writes to y.
  private func backward(
    _ y: AlignedStorage<Double>, into z: AlignedStorage<Double>
  ) throws(LinearSolverError) {
    scales?.divide(y.baseAddress, by: .columns)
    try solveTranspose(y.baseAddress, z.baseAddress)
    scales?.divide(z.baseAddress, by: .rows)
  }
}

extension InverseNormEstimator {
  /// The estimated reciprocal condition of the matrix after its equilibration: the units of equations and unknowns do not
  /// make it small.
  mutating func equilibratedReciprocalCondition(of matrix: SparseMatrix<Int>) throws(LinearSolverError)
    -> Double
  {
    guard let equilibration = Equilibration(matrix) else { return 0 }
    var sums = [Double](repeating: 0, count: columnCount)
    matrix.forEachEntry { row, column, value in
      sums[column] += abs(equilibration.scaled(value, row: row, column: column))
    }
    scales = equilibration
    return try 1 / ((sums.max() ?? 0) * estimate())
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
