import CSuiteSparse
import Synchronization

extension CholmodFactorization {
  /// Entries of the solution of A x = b: those on the paths of the elimination tree from the nonzeros of b to the
  /// root, at the cost of their columns of the factor.
  ///
  /// Factors in blocks are solved with as for a dense b, and the entries where b has nonzeros are given.
  public func partialSolution(_ rightHandSide: SparseVector) throws(LinearSolverError) -> SparseVector {
    guard rightHandSide.count == rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: rowCount)
    }
    guard !isSupernodal else {
      let x = try solve(rightHandSide.dense)
      let indices = rightHandSide.indices
      return SparseVector(unchecked: rowCount, indices: indices, values: indices.map { x[$0] })
    }
    return try lock.withLock { _ throws(LinearSolverError) in
      try solveAlongTree(rightHandSide, validFactor())
    }
  }

  private func solveAlongTree(
    _ rightHandSide: SparseVector, _ factor: UnsafeMutablePointer<cholmod_factor>
  ) throws(LinearSolverError) -> SparseVector {
    var b = scratch.values(count: rowCount)
    let numbers = b.x.assumingMemoryBound(to: Double.self)
    // What stands elsewhere in b is not read.
    for (index, value) in zip(rightHandSide.indices, rightHandSide.values) { numbers[index] = value }
    var starts = [0, rightHandSide.indices.count]
    var indices = rightHandSide.indices
    let isDone = starts.withUnsafeMutableBytes { starts in
      indices.withUnsafeMutableBytes { indices in
        var nonzeros = cholmod_sparse()
        (nonzeros.nrow, nonzeros.ncol, nonzeros.nzmax) = (rowCount, 1, rightHandSide.indices.count)
        (nonzeros.p, nonzeros.i) = (starts.baseAddress, indices.baseAddress)
        (nonzeros.itype, nonzeros.xtype, nonzeros.packed) = (CHOLMOD_LONG, CHOLMOD_PATTERN, 1)
        return cholmod_l_solve2(
          CHOLMOD_A, factor, &b, &nonzeros, &scratch.sparseSolution, &scratch.sparseNonzeros,
          &scratch.sparsePermuted, &scratch.extra, common.pointer)
      }
    }
    guard isDone != 0, let solution = scratch.sparseSolution?.pointee,
      let nonzeros = scratch.sparseNonzeros?.pointee
    else { throw common.failure("the sparse solve") }
    let found = nonzeros.i.assumingMemoryBound(to: Int.self)
    let values = solution.x.assumingMemoryBound(to: Double.self)
    let reached = (0..<nonzeros.p.assumingMemoryBound(to: Int.self)[1]).map { found[$0] }
    return SparseVector(unchecked: rowCount, indices: reached, values: reached.map { values[$0] })
  }
}
