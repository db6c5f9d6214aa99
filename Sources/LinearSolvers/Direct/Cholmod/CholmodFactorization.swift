import Arrays
import CSuiteSparse
import Synchronization

/// Cholesky factors by CHOLMOD, in place of which those of other matrices can be put.
///
/// Calls from several threads are taken one after the other: CHOLMOD's workspace is this object's.
public final class CholmodFactorization: NumericFactorization, @unchecked Sendable {
  public let symbolic: CholmodSymbolic
  let common = CholmodCommon()
  let lock = Mutex<Void>(())
  /// Shares its ordering and supernodes with the analysis until an update changes them.
  var factor: UnsafeMutablePointer<cholmod_factor>?
  var sharesAnalysis = false
  /// Whether the factors are those of a matrix; not so after a failure.
  var isValid = false
  /// Rows that an update has replaced by the identity's.
  var deletedRows: Set<Int> = []
  private(set) var pivots = CholmodPivots()
  let scratch = CholmodScratch()

  init(_ symbolic: CholmodSymbolic, _ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    self.symbolic = symbolic
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  deinit {
    scratch.free(common)
    releaseFactor()
  }

  public var rowCount: Int { symbolic.pattern.rowCount }
  public var columnCount: Int { rowCount }
  /// Whether the factor is stored by dense blocks.
  public var isSupernodal: Bool { lock.withLock { _ in factor?.pointee.is_super == 1 } }
  /// CHOLMOD's estimate: the ratio of the smallest to the largest pivot.
  public var reciprocalCondition: Double { lock.withLock { _ in pivots.smallest / pivots.largest } }
  public var logDeterminant: (logarithm: Double, sign: Double)? {
    lock.withLock { _ in isValid ? factor.map { ($0.pointee.logDeterminant, 1) } : nil }
  }
  /// The most bytes that CHOLMOD has held for this factorisation at a time.
  package var peakBytes: Int { lock.withLock { _ in common.peakBytes } }

  public func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  /// Factorises in place, without taking the lock.
  private func computeFactors(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    isValid = false
    deletedRows = []
    try symbolic.check(matrix)
    // An update leaves LDLᵀ in columns behind, whose bits would differ from those of the blocks that were analysed.
    if !sharesAnalysis { releaseFactor() }
    let factor = try currentFactor()
    var view = cholmod_sparse(matrix, .upper)
    let isDone = OneOpenMPThread.during { cholmod_l_factorize(&view, factor, common.pointer) }
    guard isDone != 0, common.status >= CHOLMOD_OK else { throw common.failure("the factorisation") }
    let order = factor.pointee.permutation
    guard common.status == CHOLMOD_OK, factor.pointee.minor == factor.pointee.n else {
      throw .notPositiveDefinite(column: order[min(factor.pointee.minor, rowCount - 1)])
    }
    try inspect(factor, relativeTo: matrix)
    isValid = true
  }

  /// Looks at the pivots: CHOLMOD goes on over negative ones in LDLᵀ, and over those that are rounding alone.
  private func inspect(
    _ factor: UnsafeMutablePointer<cholmod_factor>, relativeTo matrix: SparseMatrix<Int>?
  ) throws(LinearSolverError) {
    pivots = CholmodPivots(factor.pointee, of: matrix)
    if let column = pivots.firstNotPositive { throw .notPositiveDefinite(column: column) }
    guard pivots.cancellation >= symbolic.options.singularThreshold(rowCount) else {
      throw .singular(reciprocalCondition: pivots.cancellation)
    }
  }

  /// Looks at the pivots after a change of the factors whose matrix is not known.
  func inspectChanged() throws(LinearSolverError) {
    guard let factor else { return }
    isValid = false
    let order = factor.pointee.permutation
    guard common.status == CHOLMOD_OK, factor.pointee.minor == factor.pointee.n else {
      throw .notPositiveDefinite(column: order[min(factor.pointee.minor, rowCount - 1)])
    }
    try inspect(factor, relativeTo: nil)
    isValid = true
  }

  public func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      let factor = try validFactor()
      let rows = rowCount
      // Blocks of right-hand sides bound the workspace; by columns CHOLMOD itself takes four at a time.
      let block = factor.pointee.is_super != 0 ? 64 : 4
      var first = 0
      while first < count {
        let columns = min(count - first, block)
        var b = cholmod_dense(rightHandSides + first * rows, rows: rows, count: columns)
        var x = cholmod_dense(solutions + first * rows, rows: rows, count: columns)
        let isDone = withUnsafeMutablePointer(to: &x) { pointer in
          // Large enough as it is, so that CHOLMOD writes into it.
          var handle: UnsafeMutablePointer<cholmod_dense>? = pointer
          return cholmod_l_solve2(
            CHOLMOD_A, factor, &b, nil, &handle, nil, &scratch.permuted, &scratch.extra, common.pointer)
        }
        guard isDone != 0 else { throw common.failure("the solve") }
        if factor.pointee.is_super == 0 { scratch.restoreShape() }
        first += columns
      }
    }
  }

  public func solveTranspose(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try solve(rightHandSides, into: solutions, count: count)
  }

  /// The factors, if they may be used; without taking the lock.
  func validFactor() throws(LinearSolverError) -> UnsafeMutablePointer<cholmod_factor> {
    guard isValid, let factor else {
      throw .unsupported("the last factorisation has failed: there are no factors to solve with")
    }
    return factor
  }
}
