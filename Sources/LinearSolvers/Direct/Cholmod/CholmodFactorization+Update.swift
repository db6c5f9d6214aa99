import Arrays
import CSuiteSparse
import Synchronization

extension CholmodFactorization: UpdatableFactorization {
  /// Makes the factors those of A + C Cᵀ; blocks are taken apart into columns the first time.
  ///
  /// The method: Davis and Hager, *SIAM J. Matrix Anal. Appl.* 22(4), 2001, eight columns at a time.
  public func update(_ columns: SparseMatrix<Int>) throws(LinearSolverError) {
    try change(by: columns, isUpdate: true)
  }

  public func downdate(_ columns: SparseMatrix<Int>) throws(LinearSolverError) {
    try change(by: columns, isUpdate: false)
  }

  private func change(by columns: SparseMatrix<Int>, isUpdate: Bool) throws(LinearSolverError) {
    guard columns.rowCount == rowCount else {
      throw .wrongLength(what: "a column of the update", count: columns.rowCount, expected: rowCount)
    }
    try columns.checkEntries()
    try changing { factor throws(LinearSolverError) in
      var view = cholmod_sparse(columns)
      var transposed =
        columns.pattern.orientation == .rows ? cholmod_l_transpose(&view, 1, common.pointer) : nil
      defer { cholmod_l_free_sparse(&transposed, common.pointer) }
      var permuted = withUnsafeMutablePointer(to: &view) { view in
        cholmod_l_submatrix(
          transposed ?? view, factor.pointee.permutation, rowCount, nil, -1, 1, 1, common.pointer)
      }
      defer { cholmod_l_free_sparse(&permuted, common.pointer) }
      guard let permuted else { throw common.failure("the update") }
      isValid = false
      guard cholmod_l_updown(isUpdate ? 1 : 0, permuted, factor, common.pointer) != 0 else {
        throw common.failure(isUpdate ? "the update" : "the downdate")
      }
    }
  }

  public func deleteRow(_ row: Int) throws(LinearSolverError) {
    try check(row)
    try changing { factor throws(LinearSolverError) in
      isValid = false
      guard cholmod_l_rowdel(position(of: row, in: factor), nil, factor, common.pointer) != 0 else {
        throw common.failure("the deletion of a row")
      }
      deletedRows.insert(row)
    }
  }

  public func addRow(_ row: Int, _ entries: SparseVector) throws(LinearSolverError) {
    try check(row)
    guard entries.count == rowCount else {
      throw .wrongLength(what: "the row", count: entries.count, expected: rowCount)
    }
    try changing { factor throws(LinearSolverError) in
      guard deletedRows.contains(row) else {
        throw .unsupported("row \(row) is in the factors: delete it before adding another")
      }
      let order = inverseOrder(of: factor)
      var starts = [0, entries.indices.count]
      var numbers = entries.indices.map { order[$0] }
      var values = entries.values
      isValid = false
      let isDone = starts.withUnsafeMutableBytes { starts in
        numbers.withUnsafeMutableBytes { numbers in
          values.withUnsafeMutableBytes { values in
            var column = cholmod_sparse()
            (column.nrow, column.ncol, column.nzmax) = (rowCount, 1, entries.indices.count)
            (column.p, column.i, column.x) = (starts.baseAddress, numbers.baseAddress, values.baseAddress)
            (column.itype, column.xtype, column.packed) = (CHOLMOD_LONG, CHOLMOD_REAL, 1)
            return cholmod_l_rowadd(order[row], &column, factor, common.pointer)
          }
        }
      }
      guard isDone != 0 else { throw common.failure("the addition of a row") }
      deletedRows.remove(row)
    }
  }

  /// Runs a change of the factors in columns, and looks at the pivots that it leaves.
  ///
  /// What is refused before anything has changed leaves the factors as they are.
  private func changing(
    _ body: (UnsafeMutablePointer<cholmod_factor>) throws(LinearSolverError) -> Void
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      _ = try validFactor()
      try separateFromAnalysis()
      try body(validFactor())
      try inspectChanged()
    }
  }

  private func check(_ row: Int) throws(LinearSolverError) {
    guard (0..<rowCount).contains(row) else {
      throw .invalidEntry(row: row, column: row, reason: "is outside the matrix of \(rowCount) rows")
    }
  }

  private func position(of row: Int, in factor: UnsafeMutablePointer<cholmod_factor>) -> Int {
    let order = factor.pointee.permutation
    return (0..<rowCount).first { order[$0] == row } ?? row
  }

  /// Old number → new position.
  private func inverseOrder(of factor: UnsafeMutablePointer<cholmod_factor>) -> [Int] {
    let order = factor.pointee.permutation
    var inverse = [Int](repeating: 0, count: rowCount)
    for position in 0..<rowCount { inverse[order[position]] = position }
    return inverse
  }
}
