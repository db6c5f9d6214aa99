import Arrays
import CSuiteSparse

/// Orderings of the graph of A + Aᵀ and what they come to, for methods that have none of their own.
enum SymmetrizedOrdering {
  /// New position → old number, by METIS or nested dissection.
  static func permutation(
    of pattern: SparsityPattern<Int>, _ ordering: Ordering
  ) throws(LinearSolverError) -> [Int] {
    let common = CholmodCommon()
    var sum = try symmetrized(pattern, isSorted: true, common)
    defer { cholmod_l_free_sparse(&sum, common.pointer) }
    var order = [Int](repeating: 0, count: pattern.rowCount)
    let isDone = try MetisLock.withLock { () throws(LinearSolverError) in
      guard ordering == .nestedDissection else {
        return cholmod_l_metis(sum, nil, 0, 1, &order, common.pointer) != 0
      }
      var parents = order
      var members = order
      return cholmod_l_nested_dissection(sum, nil, 0, &order, &parents, &members, common.pointer) >= 0
    }
    guard isDone else { throw common.failure("the ordering") }
    return order
  }

  /// Nonzeros of L and U and operations of KLU's factors, were all pivots on the diagonal: the Cholesky counts of
  /// B + Bᵀ, where B are the diagonal blocks as they were permuted.
  static func factorCounts(
    of symbolic: klu_l_symbolic, _ pattern: SparsityPattern<Int>
  ) throws(LinearSolverError) -> (nonzeros: Double, operations: Double) {
    let count = symbolic.n
    let rows = AlignedStorage<Int>(count: count)
    for position in 0..<count { rows.baseAddress[symbolic.P[position]] = position }
    let starts = AlignedStorage<Int>(count: count + 1)
    let indices = AlignedStorage<Int>(count: pattern.nonzeroCount)
    var kept = 0
    for block in 0..<symbolic.nblocks {
      let range = symbolic.R[block]..<symbolic.R[block + 1]
      for column in range {
        for entry in pattern.positions(symbolic.Q[column]) {
          let row = rows.baseAddress[pattern.indices.baseAddress[entry]]
          guard range.contains(row) else { continue }
          indices.baseAddress[kept] = row
          kept += 1
        }
        starts.baseAddress[column + 1] = kept
      }
    }
    let blocks = SparsityPattern(
      unchecked: .columns, rowCount: count, columnCount: count, starts: starts, indices: indices)
    let counts = try factorCounts(of: blocks, isSorted: false, order: Array(0..<count))
    return (counts.nonzeros, counts.operations)
  }

  /// Nonzeros of L and U, operations, and the longest column, were A + Aᵀ factorised in an order with pivots on the
  /// diagonal.
  static func factorCounts(
    of pattern: SparsityPattern<Int>, isSorted: Bool = true, order: [Int]
  ) throws(LinearSolverError) -> (nonzeros: Double, operations: Double, longestColumn: Double) {
    let common = CholmodCommon()
    common.pointer.pointee.supernodal = Int32(CHOLMOD_SIMPLICIAL)
    try common.setOrdering(.given(order))
    var sum = try symmetrized(pattern, isSorted: isSorted, common)
    defer { cholmod_l_free_sparse(&sum, common.pointer) }
    var order = order
    var factor = cholmod_l_analyze_p(sum, &order, nil, 0, common.pointer)
    defer { cholmod_l_free_factor(&factor, common.pointer) }
    guard let factor else { throw common.failure("the count of nonzeros") }
    let columns = UnsafeBufferPointer(
      start: factor.pointee.ColCount.assumingMemoryBound(to: Int.self), count: pattern.rowCount)
    let counts = common.pointer.pointee
    return (2 * counts.lnz, 2 * counts.fl, Double(columns.max() ?? 0))
  }

  /// The pattern of A + Aᵀ, its upper half to be read.
  private static func symmetrized(
    _ pattern: SparsityPattern<Int>, isSorted: Bool, _ common: CholmodCommon
  ) throws(LinearSolverError) -> UnsafeMutablePointer<cholmod_sparse>? {
    var view = cholmod_sparse(pattern)
    view.sorted = isSorted ? 1 : 0
    var transpose = cholmod_l_transpose(&view, 0, common.pointer)
    defer { cholmod_l_free_sparse(&transpose, common.pointer) }
    // Complex numbers to CHOLMOD; only the pattern of the sum is formed.
    var (one, other) = ([1.0, 0.0], [1.0, 0.0])
    guard let sum = transpose.flatMap({ cholmod_l_add(&view, $0, &one, &other, 0, 1, common.pointer) }) else {
      throw common.failure("the pattern of A + Aᵀ")
    }
    sum.pointee.stype = CholmodTriangle.upper.rawValue
    return sum
  }
}
