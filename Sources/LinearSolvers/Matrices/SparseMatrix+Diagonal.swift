package import Arrays

extension SparseMatrix {
  /// The reciprocals of the diagonal.
  ///
  /// - Throws: `LinearSolverError.notSquare`, and `.invalidEntry` for a diagonal entry that is zero, not stored or not
  ///   finite.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  package func reciprocalDiagonal() throws(LinearSolverError) -> AlignedStorage<Double> {
    guard isSquare else { throw .notSquare(rows: rowCount, columns: columnCount) }
    let reciprocals = AlignedStorage<Double>(count: rowCount)
    for row in 0..<rowCount {
      let entry = self[row, row]
      guard entry != 0, entry.isFinite else {
        let reason = entry == 0 ? "is zero, and the method divides by it" : "is \(entry)"
        throw .invalidEntry(row: row, column: row, reason: reason)
      }
      reciprocals.baseAddress[row] = 1 / entry
    }
    return reciprocals
  }
}
