import Arrays
import CSuiteSparse

/// The analysis of a square pattern by KLU.
public final class KluSymbolic: SymbolicFactorization, @unchecked Sendable {
  public let forecast: FactorForecast
  /// Blocks of the block triangular form.
  public var blockCount: Int { handle.pointee.nblocks }
  let pattern: SparsityPattern<Int>
  let options: DirectOptions
  /// The parameters; factorisations copy them.
  let settings: klu_l_common
  /// Never written to after the analysis.
  let handle: UnsafeMutablePointer<klu_l_symbolic>

  /// - Throws: `.structurallySingular` among others: KLU matches rows and columns first.
  init(_ matrix: SparseMatrix<Int>, options: DirectOptions) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard matrix.rowCount > 0 else { throw .unsupported("the matrix has no rows") }
    pattern = matrix.pattern
    self.options = options
    var common = klu_l_common()
    klu_l_defaults(&common)
    var analysis = try Self.analysis(of: pattern, options.ordering ?? .amd, &common)
    if options.ordering == nil,
      options.reusesPattern || analysis.forecast.hasMuchFill(matrixNonzeros: matrix.nonzeroCount),
      let other = try? Self.analysis(of: pattern, .metis, &common)
    {
      let isBetter = other.forecast.nonzeros < analysis.forecast.nonzeros
      var dropped: UnsafeMutablePointer<klu_l_symbolic>? = isBetter ? analysis.handle : other.handle
      klu_l_free_symbolic(&dropped, &common)
      if isBetter { analysis = other }
    }
    handle = analysis.handle
    forecast = analysis.forecast
    settings = common
    try MemoryBudget.check(forecast, options)
  }

  deinit {
    var handle: UnsafeMutablePointer<klu_l_symbolic>? = handle
    var common = settings
    klu_l_free_symbolic(&handle, &common)
  }

  public func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
    try RefinedFactorization.wrapping(KluFactorization(self, matrix), of: matrix, options: options)
  }

  /// The analysis in one ordering.
  private static func analysis(
    of pattern: SparsityPattern<Int>, _ ordering: Ordering, _ common: inout klu_l_common
  ) throws(LinearSolverError) -> (handle: UnsafeMutablePointer<klu_l_symbolic>, forecast: FactorForecast) {
    let (count, starts, indices) = (pattern.rowCount, pattern.starts.baseAddress, pattern.indices.baseAddress)
    common.ordering = ordering == .colamd ? 1 : 0
    var analyzed: UnsafeMutablePointer<klu_l_symbolic>?
    switch ordering {
    case .amd, .colamd: analyzed = klu_l_analyze(count, starts, indices, &common)
    case .natural: analyzed = klu_l_analyze_given(count, starts, indices, nil, nil, &common)
    case .metis, .nestedDissection, .given:
      var order = try order(pattern, ordering)
      var columns = order
      analyzed = klu_l_analyze_given(count, starts, indices, &order, &columns, &common)
    }
    if common.structural_rank >= 0, common.structural_rank < count {
      klu_l_free_symbolic(&analyzed, &common)
      throw .structurallySingular(row: StructuralRank.openRow(pattern) ?? 0)
    }
    guard let analyzed else { throw Klu.failure("the analysis", common.status) }
    do throws(LinearSolverError) {
      return (analyzed, try analyzed.pointee.forecast(pattern, ordering))
    } catch {
      var dropped: UnsafeMutablePointer<klu_l_symbolic>? = analyzed
      klu_l_free_symbolic(&dropped, &common)
      throw error
    }
  }

  private static func order(
    _ pattern: SparsityPattern<Int>, _ ordering: Ordering
  ) throws(LinearSolverError) -> [Int] {
    guard case .given(let order) = ordering else {
      return try SymmetrizedOrdering.permutation(of: pattern, ordering)
    }
    try Ordering.checkPermutation(order, count: pattern.rowCount)
    return order
  }
}

/// What KLU's calls share.
enum Klu {
  static func failure(_ task: String, _ status: Int) -> LinearSolverError {
    switch Int32(status) {
    case KLU_OUT_OF_MEMORY, KLU_TOO_LARGE: .unsupported("klu: there is not enough memory for \(task)")
    default: .unsupported("klu: \(task) failed with status \(status)")
    }
  }
}

extension klu_l_symbolic {
  /// KLU's own forecast where AMD made it; otherwise counted on the blocks as they were permuted.
  ///
  /// Both take pivots to stay on the diagonal.
  fileprivate func forecast(
    _ pattern: SparsityPattern<Int>, _ ordering: Ordering
  ) throws(LinearSolverError) -> FactorForecast {
    let isCounted = lnz >= 0 && unz >= 0 && est_flops >= 0
    let (entries, operations) =
      isCounted ? (lnz + unz, est_flops) : try SymmetrizedOrdering.factorCounts(of: self, pattern)
    let nonzeros = entries + Double(nzoff)
    // An index and a number to a nonzero, room to grow by a fifth, and some vectors.
    return FactorForecast(
      nonzeros: nonzeros, operations: operations, bytes: 1.2 * 16 * nonzeros + 8 * 20 * Double(n),
      ordering: ordering.description)
  }
}
