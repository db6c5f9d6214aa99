import Arrays
import CSuiteSparse
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// LU factors by UMFPACK.
///
/// UMFPACK has no way to fill old factors anew: `refactorize` frees them and takes new ones, with the old analysis.
/// Calls from several threads are taken one after the other.
public final class UmfpackFactorization: NumericFactorization, @unchecked Sendable {
  public let symbolic: UmfpackSymbolic
  private let lock = Mutex<Void>(())
  private var handle: UnsafeMutableRawPointer?
  private var estimate = 0.0
  private let integers: AlignedStorage<Int>
  private let numbers: AlignedStorage<Double>

  init(_ symbolic: UmfpackSymbolic, _ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    self.symbolic = symbolic
    integers = AlignedStorage(count: matrix.rowCount)
    numbers = AlignedStorage(count: matrix.rowCount)
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  deinit { umfpack_dl_free_numeric(&handle) }

  public var rowCount: Int { symbolic.pattern.rowCount }
  public var columnCount: Int { rowCount }
  /// UMFPACK's estimate: the ratio of the smallest to the largest pivot after the rows were scaled.
  public var reciprocalCondition: Double { lock.withLock { _ in estimate } }

  public var logDeterminant: (logarithm: Double, sign: Double)? {
    lock.withLock { _ in
      guard let handle else { return nil }
      var (mantissa, exponent) = (0.0, 0.0)
      var info = [Double](repeating: 0, count: Int(UMFPACK_INFO))
      guard umfpack_dl_get_determinant(&mantissa, &exponent, handle, &info) >= UMFPACK_OK else { return nil }
      return (log(abs(mantissa)) + exponent * log(10), mantissa < 0 ? -1 : 1)
    }
  }

  public func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  private func computeFactors(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    umfpack_dl_free_numeric(&handle)
    guard symbolic.pattern.isEqual(to: matrix.pattern) else { throw .changedPattern }
    try matrix.checkEntries()
    let pattern = symbolic.pattern
    var info = [Double](repeating: 0, count: Int(UMFPACK_INFO))
    let status = umfpack_dl_numeric(
      pattern.starts.baseAddress, pattern.indices.baseAddress, matrix.values.baseAddress, symbolic.handle,
      &handle, symbolic.control, &info)
    estimate = info[Int(UMFPACK_RCOND)]
    let isSingular = Int32(status) == UMFPACK_WARNING_singular_matrix
    guard status == UMFPACK_OK || isSingular else {
      umfpack_dl_free_numeric(&handle)
      throw Umfpack.failure("the factorisation", status)
    }
    // UMFPACK calls it success where the last pivot is rounding.
    let threshold = symbolic.options.singularThreshold(rowCount)
    if isSingular || estimate < threshold { try refuse(matrix, below: isSingular ? .infinity : threshold) }
  }

  /// Looks twice at a matrix whose pivots are far apart, which may be a matter of units, and throws if it is singular.
  private func refuse(_ matrix: SparseMatrix<Int>, below threshold: Double) throws(LinearSolverError) {
    var failure: LinearSolverError?
    if let row = StructuralRank.openRow(symbolic.pattern) {
      failure = .structurallySingular(row: row)
    } else if threshold == .infinity {
      failure = .singular(reciprocalCondition: 0)
    } else {
      var estimator = InverseNormEstimator(
        rowCount: rowCount, columnCount: rowCount,
        solve: { b, x throws(LinearSolverError) in try self.unguardedSolve(b, x, transposed: false) },
        solveTranspose: { b, x throws(LinearSolverError) in try self.unguardedSolve(b, x, transposed: true) })
      let condition = try estimator.equilibratedReciprocalCondition(of: matrix)
      if condition < threshold { failure = .singular(reciprocalCondition: condition) }
    }
    guard let failure else { return }
    umfpack_dl_free_numeric(&handle)
    throw failure
  }

  public func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try solve(rightHandSides, into: solutions, count: count, transposed: false)
  }

  public func solveTranspose(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try solve(rightHandSides, into: solutions, count: count, transposed: true)
  }

  private func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int,
    transposed: Bool
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      for column in 0..<count {
        try unguardedSolve(
          rightHandSides + column * rowCount, solutions + column * rowCount, transposed: transposed)
      }
    }
  }

  /// One solve, without taking the lock.
  private func unguardedSolve(
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, transposed: Bool
  ) throws(LinearSolverError) {
    guard let handle else {
      throw .unsupported("the last factorisation has failed: there are no factors to solve with")
    }
    let isStored = (symbolic.pattern.orientation == .columns) != transposed
    let status = umfpack_dl_wsolve(
      Int(isStored ? UMFPACK_A : UMFPACK_Aat), nil, nil, nil, x, b, handle, symbolic.control, nil,
      integers.baseAddress, numbers.baseAddress)
    guard status == UMFPACK_OK else { throw Umfpack.failure("the solve", status) }
  }
}
