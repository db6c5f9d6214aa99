import Arrays

/// Factors of a singular square matrix whose null space is known, such as that of a pure Neumann problem.
///
/// As many unknowns as the null space has dimensions are held: A + Σ α eⱼ eⱼᵀ is regular, keeps the pattern (and is
/// positive definite where A is semidefinite), and for a right-hand side in the range of A its solution has xⱼ = 0
/// and solves A x = b. Of all solutions the one orthogonal to the null space is given.
public final class SingularFactorization: Sendable {
  public let nullSpace: NullSpace
  /// What Aᵀ maps to zero: right-hand sides must be orthogonal to it.
  public let leftNullSpace: NullSpace
  /// The unknowns that are held.
  public let held: [Int]
  /// Factors of the changed matrix.
  public let factors: any NumericFactorization
  private let matrix: SparseMatrix<Int>
  private let method: String
  private let options: DirectOptions
  private let setupSeconds: Double
  private let remarks: [String]

  /// Factorises a singular matrix.
  ///
  /// Copies its values once, and keeps the matrix for residuals.
  ///
  /// - Parameters:
  ///   - matrix: square, with nonzeros stored on the diagonal.
  ///   - nullSpace: all that the matrix maps to zero.
  ///   - leftNullSpace: the same for the transpose; `nullSpace` unless given, as for a symmetric matrix.
  /// - Throws: `LinearSolverError`: `.unsupported` if a vector is not mapped to zero, `.singular` or
  ///   `.notPositiveDefinite` if more than the null space named is mapped to zero.
  public init(
    _ matrix: SparseMatrix<Int>, nullSpace: NullSpace, leftNullSpace: NullSpace? = nil,
    solver: any DirectSolver = CholmodSolver(), options: DirectOptions = DirectOptions()
  ) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    let start = ContinuousClock.now
    let left = leftNullSpace ?? nullSpace
    guard left.basis.count == nullSpace.basis.count else {
      throw .unsupported(
        "the null spaces of a square matrix and its transpose are equally large, "
          + "not \(nullSpace.basis.count) and \(left.basis.count)")
    }
    try nullSpace.check(matrix, transposed: false)
    try left.check(matrix, transposed: true)
    held = try Self.unknownsToHold(matrix, nullSpace, left)
    var changed = matrix
    let positions = held.compactMap { matrix.pattern.position(row: $0, column: $0) }
    changed.withUnsafeMutableValues { values in
      for position in positions { values[position] += abs(values[position]) }
    }
    let symbolic = try solver.analyze(changed, options: options)
    factors = try symbolic.factorize(changed)
    self.matrix = matrix
    self.nullSpace = nullSpace
    self.leftNullSpace = left
    self.options = options
    method = solver.name
    setupSeconds = start.secondsToNow
    let unknowns = held.map { String($0.inWords) }.joined(separator: ", ")
    remarks = [
      symbolic.forecast.remark,
      "Singular with a null space of dimension \(held.count): unknown \(unknowns) was held, and the solution "
        + "orthogonal to the null space is given.",
    ]
  }

  /// The solution of A x = b that is orthogonal to the null space.
  ///
  /// - Parameter consistency: the share of the right-hand side outside the range of A that is taken for rounding and
  ///   removed.
  /// - Throws: `LinearSolverError.inconsistent` above that share, `.wrongLength`.
  public func solve(
    _ rightHandSide: [Double], consistency: Double = 1e-10
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    guard rightHandSide.count == matrix.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: matrix.rowCount)
    }
    let defect = leftNullSpace.share(of: rightHandSide)
    guard !(defect > consistency) else { throw .inconsistent(defect: defect) }
    let start = ContinuousClock.now
    var b = rightHandSide
    leftNullSpace.project(&b)
    var x = try factors.solve(b)
    nullSpace.project(&x)
    var report = SolveReport(
      outcome: .converged, method: method, trueResidual: 0, operatorApplications: 1,
      setupSeconds: setupSeconds, solveSeconds: start.secondsToNow, remarks: remarks)
    report.judge(x, of: matrix, rightHandSide, options.tolerance)
    return (x, report)
  }

  /// Unknowns in which the null space is far from zero and its vectors from each other: Gaussian elimination of the
  /// basis with complete pivoting, among unknowns with an entry on the diagonal.
  private static func unknownsToHold(
    _ matrix: SparseMatrix<Int>, _ nullSpace: NullSpace, _ left: NullSpace
  ) throws(LinearSolverError) -> [Int] {
    var vectors = nullSpace.basis
    let weights = (0..<matrix.rowCount).map { row in
      matrix[row, row] == 0 ? 0 : left.basis.reduce(0) { $0 + $1[row] * $1[row] }.squareRoot()
    }
    var held: [Int] = []
    while !vectors.isEmpty {
      var (best, vector, unknown) = (0.0, 0, 0)
      for candidate in vectors.indices {
        for row in weights.indices where abs(vectors[candidate][row]) * weights[row] > best {
          (best, vector, unknown) = (abs(vectors[candidate][row]) * weights[row], candidate, row)
        }
      }
      guard best > 0 else { throw .unsupported("no unknown with a diagonal entry moves with the null space") }
      held.append(unknown)
      let pivot = vectors.remove(at: vector)
      for other in vectors.indices {
        let factor = vectors[other][unknown] / pivot[unknown]
        for row in pivot.indices { vectors[other][row] -= factor * pivot[row] }
        vectors[other][unknown] = 0
      }
    }
    return held
  }
}

extension NullSpace {
  /// Refuses vectors that a matrix (or its transpose) does not map to zero, to rounding.
  fileprivate func check(_ matrix: SparseMatrix<Int>, transposed: Bool) throws(LinearSolverError) {
    let count = matrix.rowCount
    let product = AlignedStorage<Double>(count: count)
    let zero = AlignedStorage<Double>(count: count)
    let size = matrix.largestColumnSum
    for (number, vector) in basis.enumerated() {
      guard vector.count == count else {
        throw .wrongLength(what: "a vector of the null space", count: vector.count, expected: count)
      }
      Residual.compute(matrix, transposed: transposed, vector, zero.baseAddress, into: product.baseAddress)
      let left = Residual.norm(product.baseAddress, count: count)
      guard left <= Self.tolerance * size else {
        throw Self.refusal(of: number, share: left / size, transposed: transposed)
      }
    }
  }
}
