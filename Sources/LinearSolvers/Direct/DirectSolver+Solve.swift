import Arrays

extension DirectSolver {
  /// Analyses, factorises and solves A x = b once, and says what the answer is worth.
  ///
  /// - Throws: `LinearSolverError` as `analyze` and `factorize` do; a residual above the tolerance is an outcome.
  public func solve(
    _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double], options: DirectOptions = DirectOptions()
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    guard rightHandSide.count == matrix.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: matrix.rowCount)
    }
    let start = ContinuousClock.now
    let symbolic = try analyze(matrix, options: options)
    let factors = try symbolic.factorize(matrix)
    let setup = start.secondsToNow
    return try factors.reportedSolve(
      matrix, rightHandSide, method: name, options: options, setupSeconds: setup,
      remarks: [symbolic.forecast.remark])
  }
}

extension NumericFactorization {
  /// Solves A x = b with factors of A, and says what the answer is worth.
  ///
  /// - Parameters:
  ///   - matrix: A, for the residual.
  ///   - method: the name for the report.
  ///   - setupSeconds: what the factors have cost, for the report.
  ///   - remarks: what else is to be in the report.
  /// - Throws: `LinearSolverError.wrongLength`.
  public func reportedSolve(
    _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double], method: String,
    options: DirectOptions = DirectOptions(), setupSeconds: Double = 0, remarks: [String] = []
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    let start = ContinuousClock.now
    let x = try solve(rightHandSide)
    var report = SolveReport(
      outcome: .converged, method: method, trueResidual: 0, operatorApplications: 1,
      setupSeconds: setupSeconds, solveSeconds: start.secondsToNow, remarks: remarks)
    report.judge(x, of: matrix, rightHandSide, options.tolerance)
    if matrix.isSquare, reciprocalCondition < 1e-12 {
      report.remarks.append(
        "The reciprocal condition is about \(reciprocalCondition.brief): few digits of the answer are certain."
      )
    }
    if let rank = (self as? SpqrFactorization)?.rank, rank < min(rowCount, columnCount) {
      report.remarks.append("The rank is \(rank): the solution is one of many.")
    }
    return (x, report)
  }
}

extension SolveReport {
  /// Sets outcome and residual from the answer.
  ///
  /// Least squares are judged by the residual of the normal equations, ‖Aᵀ r‖ / (‖A‖₁ ‖r‖).
  mutating func judge(
    _ x: [Double], of matrix: SparseMatrix<Int>, _ rightHandSide: [Double], _ tolerance: Tolerance
  ) {
    let residual = AlignedStorage<Double>(count: matrix.rowCount)
    let (r, count) = (residual.baseAddress, matrix.rowCount)
    Residual.compute(matrix, transposed: false, x, rightHandSide, into: r)
    let (left, size) = (Residual.norm(r, count: count), Residual.norm(rightHandSide, count: count))
    trueResidual = left / (size > 0 ? size : 1)
    guard trueResidual.isFinite else {
      outcome = .notFinite
      return
    }
    let isSmall = left <= max(tolerance.relative * size, tolerance.absolute)
    outcome = isSmall ? .converged : .stagnated
    guard !isSmall, matrix.rowCount > matrix.columnCount else { return }
    let zero = AlignedStorage<Double>(count: matrix.columnCount)
    let product = AlignedStorage<Double>(count: matrix.columnCount)
    Residual.compute(matrix, transposed: true, r, zero.baseAddress, into: product.baseAddress)
    let normal = Residual.norm(product.baseAddress, count: matrix.columnCount)
    let relative = normal / (matrix.largestColumnSum * left)
    outcome = relative <= max(tolerance.relative, 1e-12) ? .converged : .stagnated
    remarks.append(
      "Least squares: the residual is not zero, and orthogonal to the columns to \(relative.brief).")
  }
}

extension FactorForecast {
  /// The forecast as a sentence.
  var remark: String {
    "Ordering \(ordering): \(nonzeros.brief) nonzeros in the factors, \(operations.brief) operations, "
      + "\((bytes / 1e6).brief) MB."
  }
}

extension Double {
  /// Three digits, for sentences.
  var brief: String {
    guard isFinite, self != 0 else { return "\(self)" }
    if abs(self) >= 0.01, abs(self) < 1000 {
      return "\((self * 100).rounded() / 100)"
    }
    var (mantissa, exponent) = (abs(self), 0)
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.9995 {
      mantissa *= 10
      exponent -= 1
    }
    return "\(self < 0 ? "−" : "")\((mantissa * 100).rounded() / 100)e\(exponent)"
  }
}

extension ContinuousClock.Instant {
  var secondsToNow: Double { duration(to: .now) / .seconds(1) }
}
