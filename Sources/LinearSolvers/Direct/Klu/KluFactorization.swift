import Arrays
import CSuiteSparse
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// LU factors by KLU.
///
/// Calls from several threads are taken one after the other: KLU's workspace is part of the factors.
public final class KluFactorization: NumericFactorization, @unchecked Sendable {
  public let symbolic: KluSymbolic
  private let lock = Mutex<Void>(())
  private var common: klu_l_common
  private var handle: UnsafeMutablePointer<klu_l_numeric>?
  private var isValid = false
  /// Whether the last factorisation from nothing kept every pivot on the diagonal of its block.
  private var hasDiagonalPivots = false

  init(_ symbolic: KluSymbolic, _ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    self.symbolic = symbolic
    common = symbolic.settings
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  deinit { klu_l_free_numeric(&handle, &common) }

  public var rowCount: Int { symbolic.pattern.rowCount }
  public var columnCount: Int { rowCount }
  /// KLU's estimate: the ratio of the smallest to the largest pivot after the rows were scaled.
  public var reciprocalCondition: Double { lock.withLock { _ in common.rcond } }

  public var logDeterminant: (logarithm: Double, sign: Double)? {
    lock.withLock { _ in
      guard isValid, let numeric = handle?.pointee else { return nil }
      let pivots = numeric.Udiag.assumingMemoryBound(to: Double.self)
      var (logarithm, sign) = (0.0, 1.0)
      for column in 0..<rowCount {
        logarithm += log(abs(pivots[column]))
        if let scale = numeric.Rs { logarithm += log(scale[column]) }
        if pivots[column] < 0 { sign = -sign }
      }
      sign *= Self.parity(numeric.Pnum, rowCount) * Self.parity(symbolic.handle.pointee.Q, rowCount)
      return (logarithm, sign)
    }
  }

  public func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in try computeFactors(matrix) }
  }

  private func computeFactors(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    isValid = false
    guard symbolic.pattern.isEqual(to: matrix.pattern) else { throw .changedPattern }
    try matrix.checkEntries()
    let pattern = symbolic.pattern
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    if !refill(matrix) {
      klu_l_free_numeric(&handle, &common)
      handle = klu_l_factor(starts, indices, matrix.values.baseAddress, symbolic.handle, &common)
      hasDiagonalPivots = handle != nil && common.noffdiag == 0
    }
    if Int32(common.status) == KLU_SINGULAR { throw .singular(reciprocalCondition: 0) }
    guard let handle, Int32(common.status) == KLU_OK else {
      throw Klu.failure("the factorisation", common.status)
    }
    klu_l_rcond(symbolic.handle, handle, &common)
    isValid = true
    let threshold = symbolic.options.singularThreshold(rowCount)
    guard common.rcond < threshold else { return }
    // Pivots that are far apart may be a matter of units.
    var estimator = InverseNormEstimator(
      rowCount: rowCount, columnCount: rowCount,
      solve: { b, x throws(LinearSolverError) in try self.unguardedSolve(b, x, 1, transposed: false) },
      solveTranspose: { b, x throws(LinearSolverError) in try self.unguardedSolve(b, x, 1, transposed: true) }
    )
    let condition = try estimator.equilibratedReciprocalCondition(of: matrix)
    guard condition < threshold else { return }
    isValid = false
    throw .singular(reciprocalCondition: condition)
  }

  /// Puts new numbers into the old factors without looking for pivots, where looking would find the same ones.
  ///
  /// That is so where all pivots are on the diagonal, which KLU prefers, and none is smaller than its tolerance times
  /// the largest entry below it; then the bits are those of a factorisation from nothing.
  private func refill(_ matrix: SparseMatrix<Int>) -> Bool {
    guard let handle, hasDiagonalPivots else { return false }
    let pattern = symbolic.pattern
    let isDone = klu_l_refactor(
      pattern.starts.baseAddress, pattern.indices.baseAddress, matrix.values.baseAddress, symbolic.handle,
      handle, &common)
    guard isDone != 0, Int32(common.status) == KLU_OK else { return false }
    // A margin for the rounding of the quotients.
    return parseval_klu_largest_multiplier(symbolic.handle, handle) < (1 - 1e-12) / common.tol
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
      try unguardedSolve(rightHandSides, solutions, count, transposed: transposed)
    }
  }

  /// Solves without taking the lock.
  private func unguardedSolve(
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, _ count: Int, transposed: Bool
  ) throws(LinearSolverError) {
    guard isValid, let handle else {
      throw .unsupported("the last factorisation has failed: there are no factors to solve with")
    }
    if b != UnsafePointer(x) { x.update(from: b, count: rowCount * count) }
    let isStored = (symbolic.pattern.orientation == .columns) != transposed
    let isDone =
      isStored
      ? klu_l_solve(symbolic.handle, handle, rowCount, count, x, &common)
      : klu_l_tsolve(symbolic.handle, handle, rowCount, count, x, &common)
    guard isDone != 0 else { throw Klu.failure("the solve", common.status) }
  }

  /// The sign of a permutation: + for an even number of exchanges.
  private static func parity(_ permutation: UnsafeMutablePointer<Int>, _ count: Int) -> Double {
    var isSeen = [Bool](repeating: false, count: count)
    var sign = 1.0
    for first in 0..<count where !isSeen[first] {
      var position = first
      while !isSeen[position] {
        isSeen[position] = true
        position = permutation[position]
        // A cycle of k numbers is k − 1 exchanges.
        if position != first { sign = -sign }
      }
    }
    return sign
  }
}
