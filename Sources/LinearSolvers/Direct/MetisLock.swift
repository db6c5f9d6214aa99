import Synchronization

/// One call of METIS at a time.
///
/// METIS draws from the C library's global generator, which it seeds at the start of each call: two calls at once
/// would give orderings, and so bits, that depend on chance.
enum MetisLock {
  private static let lock = Mutex<Void>(())

  static func withLock<Result>(
    _ body: () throws(LinearSolverError) -> Result
  ) throws(LinearSolverError) -> Result {
    let found = try lock.withLock { _ throws(LinearSolverError) in Unchecked(value: try body()) }
    return found.value
  }

  /// What leaves the lock stays with the caller's thread.
  private struct Unchecked<Value>: @unchecked Sendable { let value: Value }
}

extension FactorForecast {
  /// Whether a slower search for an ordering is likely to pay, by CHOLMOD's rule: 500 operations to a nonzero
  /// of the factor, and five of these to one of the matrix.
  ///
  /// So it is in three dimensions, not in two.
  func hasMuchFill(matrixNonzeros: Int) -> Bool {
    operations >= 500 * nonzeros && nonzeros >= 5 * Double(matrixNonzeros)
  }
}
