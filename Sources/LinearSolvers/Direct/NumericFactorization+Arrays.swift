import Arrays

extension NumericFactorization {
  /// The solution of A x = b.
  ///
  /// - Throws: `LinearSolverError.wrongLength`.
  public func solve(_ rightHandSide: [Double]) throws(LinearSolverError) -> [Double] {
    try solve(columns: rightHandSide, count: 1)
  }

  /// The solution of Aᵀ x = b.
  ///
  /// - Throws: `LinearSolverError.wrongLength`.
  public func solveTranspose(_ rightHandSide: [Double]) throws(LinearSolverError) -> [Double] {
    try solveTranspose(columns: rightHandSide, count: 1)
  }

  /// The solutions of A X = B, `count` columns one after the other.
  ///
  /// - Throws: `LinearSolverError.wrongLength`.
  public func solve(columns: [Double], count: Int) throws(LinearSolverError) -> [Double] {
    try solved(columns, rows: rowCount, columns: columnCount, count) { b, x throws(LinearSolverError) in
      try solve(b, into: x, count: count)
    }
  }

  /// The solutions of Aᵀ X = B, `count` columns one after the other.
  ///
  /// - Throws: `LinearSolverError.wrongLength`.
  public func solveTranspose(columns: [Double], count: Int) throws(LinearSolverError) -> [Double] {
    try solved(columns, rows: columnCount, columns: rowCount, count) { b, x throws(LinearSolverError) in
      try solveTranspose(b, into: x, count: count)
    }
  }

  /// The solution of A x = b for a sparse b; entries that are zero are left out.
  ///
  /// - Throws: `LinearSolverError.wrongLength`.
  public func solve(_ rightHandSide: SparseVector) throws(LinearSolverError) -> SparseVector {
    let x = try solve(rightHandSide.dense)
    let nonzeros = x.indices.filter { x[$0] != 0 }
    return SparseVector(unchecked: columnCount, indices: nonzeros, values: nonzeros.map { x[$0] })
  }

  private func solved(
    _ rightHandSides: [Double], rows: Int, columns: Int, _ count: Int,
    _ body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws(LinearSolverError) -> Void
  ) throws(LinearSolverError) -> [Double] {
    precondition(count >= 0, "NumericFactorization: \(count) right-hand sides")
    guard rightHandSides.count == rows * count else {
      throw .wrongLength(
        what: count == 1 ? "the right-hand side" : "the right-hand sides", count: rightHandSides.count,
        expected: rows * count)
    }
    var failure: LinearSolverError?
    // Typed errors do not pass through the closures of the standard library.
    let solution = [Double](unsafeUninitializedCapacity: columns * count) { buffer, initialized in
      rightHandSides.withUnsafeBufferPointer { b in
        guard let b = b.baseAddress, let x = buffer.baseAddress else { return }
        x.initialize(repeating: 0, count: columns * count)
        initialized = columns * count
        do throws(LinearSolverError) { try body(b, x) } catch { failure = error }
      }
    }
    if let failure { throw failure }
    return solution
  }
}
