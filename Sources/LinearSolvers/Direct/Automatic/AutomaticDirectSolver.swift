import Arrays

/// Chooses a direct method from the symmetry of the matrix, the sign of its diagonal, its shape and the forecast of
/// the factors, says why, and goes over to LU where Cholesky fails.
public struct AutomaticDirectSolver: Sendable {
  /// Operations above which an iterative method is advised: some ten seconds of a core.
  public var operationLimit = 2e11
  /// The same for one matrix that may be positive definite, which multigrid solves in some tenths of a second where its
  /// factors take a second.
  public var definiteOperationLimit = 5e9
  /// Operations to a nonzero of the factors below which columns beat dense blocks.
  public var blockThreshold = 40.0

  public init() {}

  /// The choice, with the analysis that it rests on.
  ///
  /// - Throws: `LinearSolverError` for a matrix that no method can take: `.invalidEntry`, `.structurallySingular`.
  public func choose(
    for matrix: SparseMatrix<Int>, options: DirectOptions = DirectOptions()
  ) throws(LinearSolverError) -> (choice: DirectSolverChoice, symbolic: (any SymbolicFactorization)?) {
    try matrix.checkEntries()
    var choice = DirectSolverChoice(
      method: .iterative, reasons: [], isSymmetric: false, hasPositiveDiagonal: matrix.hasPositiveDiagonal)
    guard matrix.isSquare else {
      let purpose = matrix.rowCount > matrix.columnCount ? "least squares" : "the solution of least norm"
      choice.reasons = ["The matrix is \(matrix.rowCount) × \(matrix.columnCount): QR for \(purpose)."]
      return try analyze(SpqrSolver(), matrix, options, &choice)
    }
    do throws(LinearSolverError) {
      try matrix.checkSymmetry(tolerance: options.symmetryTolerance ?? 1e-10)
      choice.isSymmetric = true
    } catch .notSymmetric(let row, let column) {
      choice.reasons.append(
        "Not symmetric: entries (\(row.inWords), \(column.inWords)) and (\(column.inWords), \(row.inWords)) differ."
      )
    }
    guard choice.isSymmetric, choice.hasPositiveDiagonal else {
      if choice.isSymmetric {
        choice.reasons.append("Symmetric, but not positive definite: the diagonal is not positive.")
      }
      return try chooseLU(matrix, options, &choice)
    }
    choice.reasons.append("Symmetric with a positive diagonal: Cholesky.")
    return try analyze(CholmodSolver(), matrix, options, &choice)
  }

  /// KLU where its factors are very sparse, UMFPACK elsewhere.
  private func chooseLU(
    _ matrix: SparseMatrix<Int>, _ options: DirectOptions, _ choice: inout DirectSolverChoice
  ) throws(LinearSolverError) -> (DirectSolverChoice, (any SymbolicFactorization)?) {
    var quick = options
    quick.ordering = options.ordering ?? .amd
    quick.memoryLimit = .max
    let columns = try KluSymbolic(matrix, options: quick)
    let density = columns.forecast.operations / columns.forecast.nonzeros
    if density < blockThreshold {
      choice.reasons.append(
        "\(density.brief) operations to a nonzero of the factors, in \(columns.blockCount) diagonal blocks: "
          + "LU by columns.")
      return try analyze(KluSolver(), matrix, options, &choice)
    }
    choice.reasons.append("\(density.brief) operations to a nonzero of the factors: LU by dense fronts.")
    return try analyze(UmfpackSolver(), matrix, options, &choice)
  }

  /// Analyses with the method chosen, and compares the forecast with the limits.
  private func analyze(
    _ solver: some DirectSolver, _ matrix: SparseMatrix<Int>, _ options: DirectOptions,
    _ choice: inout DirectSolverChoice
  ) throws(LinearSolverError) -> (DirectSolverChoice, (any SymbolicFactorization)?) {
    do throws(LinearSolverError) {
      let symbolic = try solver.analyze(matrix, options: options)
      choice.forecast = symbolic.forecast
      choice.reasons.append(symbolic.forecast.remark)
      let isDefinite = choice.isSymmetric && choice.hasPositiveDiagonal && !options.reusesPattern
      let limit = isDefinite ? min(definiteOperationLimit, operationLimit) : operationLimit
      if symbolic.forecast.operations > limit, matrix.isSquare {
        choice.reasons.append(
          "More than \(limit.brief) operations: an iterative method is likely to be faster.")
      } else {
        choice.method = .direct(solver.name)
      }
      return (choice, symbolic)
    } catch .tooLarge(let needed, let allowed) {
      choice.refusal = .tooLarge(neededBytes: needed, allowedBytes: allowed)
      choice.reasons.append(
        "The factors would take \((Double(needed) / 1e6).brief) MB, \((Double(allowed) / 1e6).brief) MB are "
          + "allowed: an iterative method.")
      return (choice, nil)
    }
  }

  /// Factors by the method chosen, or by LU if a pivot of Cholesky's is not positive.
  ///
  /// Where an iterative method is advised for its speed only, the factors are computed all the same.
  ///
  /// - Throws: `LinearSolverError`; `.tooLarge` where the factors do not fit.
  public func factorize(
    _ matrix: SparseMatrix<Int>, options: DirectOptions = DirectOptions()
  ) throws(LinearSolverError) -> AutomaticFactors {
    let start = ContinuousClock.now
    let (choice, symbolic) = try choose(for: matrix, options: options)
    guard let symbolic else {
      throw choice.refusal ?? .unsupported(choice.reasons.joined(separator: " "))
    }
    let method = solver(for: choice).name
    do throws(LinearSolverError) {
      let factors = try symbolic.factorize(matrix)
      return AutomaticFactors(
        factors: factors, method: method, remarks: choice.reasons, setupSeconds: start.secondsToNow)
    } catch .notPositiveDefinite(let column) {
      let factors = try UmfpackSolver().analyze(matrix, options: options).factorize(matrix)
      let remark = "Cholesky met a pivot that is not positive in column \(column.inWords): LU instead."
      return AutomaticFactors(
        factors: factors, method: UmfpackSolver().name, remarks: choice.reasons + [remark],
        setupSeconds: start.secondsToNow)
    }
  }

  /// The solver that was chosen, or would have been but for its cost.
  private func solver(for choice: DirectSolverChoice) -> any DirectSolver {
    if case .direct(let name) = choice.method, let found = try? DirectSolverRegistry.solver(named: name) {
      return found
    }
    return choice.isSymmetric && choice.hasPositiveDiagonal ? CholmodSolver() : UmfpackSolver()
  }

  /// Solves A x = b once; the report's remarks say which method was chosen and why.
  ///
  /// - Parameter nullSpace: what a singular matrix and its transpose map to zero; see `SingularFactorization`.
  /// - Throws: `LinearSolverError` as `factorize`, `.inconsistent`.
  public func solve(
    _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double], nullSpace: NullSpace? = nil,
    options: DirectOptions = DirectOptions()
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    guard rightHandSide.count == matrix.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: matrix.rowCount)
    }
    if let nullSpace, !nullSpace.basis.isEmpty {
      let choice = try choose(for: matrix, options: options).choice
      if let refusal = choice.refusal { throw refusal }
      var result = try SingularFactorization(
        matrix, nullSpace: nullSpace, solver: solver(for: choice), options: options
      ).solve(rightHandSide)
      result.report.remarks = choice.reasons + result.report.remarks
      return result
    }
    let found = try factorize(matrix, options: options)
    return try found.factors.reportedSolve(
      matrix, rightHandSide, method: found.method, options: options, setupSeconds: found.setupSeconds,
      remarks: found.remarks)
  }
}

/// Factors by a method that was chosen.
public struct AutomaticFactors: Sendable {
  public let factors: any NumericFactorization
  /// The direct solver that they are of.
  public let method: String
  /// Why this method, in sentences.
  public let remarks: [String]
  public let setupSeconds: Double
}

extension SparseMatrix where Index == Int {
  /// Whether every entry of the diagonal is stored and positive.
  var hasPositiveDiagonal: Bool {
    (0..<min(rowCount, columnCount)).allSatisfy { self[$0, $0] > 0 }
  }
}
