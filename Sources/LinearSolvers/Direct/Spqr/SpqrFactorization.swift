import Arrays
import CSuiteSparse
import Synchronization

/// QR factors by SuiteSparseQR.
///
/// For more rows than columns `solve` gives the least-squares solution and `solveTranspose` that of least norm; the
/// other way round for fewer. Calls from several threads are taken one after the other.
public final class SpqrFactorization: NumericFactorization, @unchecked Sendable {
  public let symbolic: SpqrSymbolic
  private var factors: SpqrFactors
  private let lock = Mutex<Void>(())
  private var isValid = false
  private var numericalRank = 0
  /// What the matrix was multiplied by before it was factorised; nil for ones.
  private var scales: Equilibration?
  private var matrixNorm = 0.0
  private var estimate: Double?

  init(
    _ symbolic: SpqrSymbolic, _ factors: SpqrFactors, _ matrix: SparseMatrix<Int>
  ) throws(LinearSolverError) {
    self.symbolic = symbolic
    self.factors = factors
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  public var rowCount: Int { symbolic.pattern.rowCount }
  public var columnCount: Int { symbolic.pattern.columnCount }
  /// The numerical rank: columns that are not, to rounding, combinations of earlier ones.
  ///
  /// A rectangular matrix of less than full rank is factorised all the same; its solutions are basic ones, with
  /// zeros for the dependent columns.
  public var rank: Int { lock.withLock { _ in numericalRank } }
  /// The determinant's sign is not kept by SuiteSparseQR.
  public var logDeterminant: (logarithm: Double, sign: Double)? { nil }

  /// By Hager's and Higham's estimator, at the first call after a factorisation; zero for less than full rank.
  public var reciprocalCondition: Double {
    let known: Double? = lock.withLock { _ in
      numericalRank < min(rowCount, columnCount) || !isValid ? 0 : estimate
    }
    if let known { return known }
    let inverseNorm = (try? inverseNormEstimator.estimate()) ?? .infinity
    return lock.withLock { _ in
      let value = 1 / (matrixNorm * inverseNorm)
      estimate = value
      return value
    }
  }

  public func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  private func computeFactors(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    isValid = false
    estimate = nil
    guard symbolic.pattern.isEqual(to: matrix.pattern) else { throw .changedPattern }
    try matrix.checkEntries()
    matrixNorm = matrix.largestColumnSum
    scales = nil
    try factorize(matrix)
    if matrix.isSquare, numericalRank < rowCount {
      if let row = StructuralRank.openRow(symbolic.pattern) { throw .structurallySingular(row: row) }
      // Columns that are small beside others may be a matter of units.
      scales = Equilibration(matrix)
      if let scales { try factorize(scales.scaled(matrix)) }
      guard numericalRank == rowCount else { throw .singular(reciprocalCondition: 0) }
    }
    isValid = true
  }

  private func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    if factors.isDeficient { factors = try SpqrFactors(matrix, options: symbolic.options) }
    numericalRank = try factors.factorize(matrix)
  }

  public func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try solve(rightHandSides, into: solutions, count: count, ofTranspose: factors.isTransposed)
  }

  public func solveTranspose(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try solve(rightHandSides, into: solutions, count: count, ofTranspose: !factors.isTransposed)
  }

  /// With T E = Q R, T the matrix or its transpose: x = E R⁻¹ Qᵀ b for T x = b, and x = Q R⁻ᵀ Eᵀ b for Tᵀ x = b.
  private func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int,
    ofTranspose isTransposed: Bool
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      guard isValid else {
        throw .unsupported("the last factorisation has failed: there are no factors to solve with")
      }
      let common = factors.common.pointer
      let (tall, narrow) = (max(rowCount, columnCount), min(rowCount, columnCount))
      // R A C y = R b with x = C y, and C Aᵀ R y = C b with x = R y.
      let isOfMatrix = isTransposed == factors.isTransposed
      let scaled = AlignedStorage<Double>(count: scales == nil ? 0 : rowCount * count)
      if let scales {
        scaled.baseAddress.update(from: rightHandSides, count: rowCount * count)
        for column in 0..<count {
          scales.multiply(scaled.baseAddress + column * rowCount, by: isOfMatrix ? .rows : .columns)
        }
      }
      var b = cholmod_dense(
        scales == nil ? rightHandSides : UnsafePointer(scaled.baseAddress),
        rows: isTransposed ? narrow : tall,
        count: count)
      var middle =
        isTransposed
        ? SuiteSparseQR_C_solve(SPQR_RTX_EQUALS_ETB, factors.handle, &b, common)
        : SuiteSparseQR_C_qmult(SPQR_QTX, factors.handle, &b, common)
      defer { cholmod_l_free_dense(&middle, common) }
      guard let middle else { throw factors.common.failure("the solve", library: "spqr") }
      var answer =
        isTransposed
        ? SuiteSparseQR_C_qmult(SPQR_QX, factors.handle, middle, common)
        : SuiteSparseQR_C_solve(SPQR_RETX_EQUALS_B, factors.handle, middle, common)
      defer { cholmod_l_free_dense(&answer, common) }
      guard let found = answer?.pointee else { throw factors.common.failure("the solve", library: "spqr") }
      let rows = isTransposed ? tall : narrow
      let values = found.x.assumingMemoryBound(to: Double.self)
      for column in 0..<count {
        (solutions + column * rows).update(from: values + column * found.d, count: rows)
        scales?.multiply(solutions + column * rows, by: isOfMatrix ? .columns : .rows)
      }
    }
  }
}
