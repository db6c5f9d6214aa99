import Arrays
import CSuiteSparse
import Synchronization

/// The analysis of a pattern by SuiteSparseQR.
///
/// SuiteSparseQR keeps analysis and factors in one object: the first factorisation takes the one that was analysed,
/// any further one analyses anew. Use `refactorize` to reuse the analysis.
public final class SpqrSymbolic: SymbolicFactorization, @unchecked Sendable {
  public let forecast: FactorForecast
  let pattern: SparsityPattern<Int>
  let options: DirectOptions
  private let spare: Mutex<SpqrFactors?>

  init(_ matrix: SparseMatrix<Int>, options: DirectOptions) throws(LinearSolverError) {
    guard matrix.rowCount > 0, matrix.columnCount > 0 else {
      throw .unsupported("the matrix is empty: \(matrix.rowCount) × \(matrix.columnCount)")
    }
    let factors = try SpqrFactors(matrix, options: options)
    pattern = matrix.pattern
    self.options = options
    forecast = factors.forecast
    spare = Mutex(factors)
    try MemoryBudget.check(forecast, options)
  }

  public func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
    guard pattern.isEqual(to: matrix.pattern) else { throw .changedPattern }
    let analyzed = spare.withLock { factors in
      defer { factors = nil }
      return factors
    }
    let factors = if let analyzed { analyzed } else { try SpqrFactors(matrix, options: options) }
    return try RefinedFactorization.wrapping(
      SpqrFactorization(self, factors, matrix), of: matrix, options: options)
  }
}

/// SuiteSparseQR's object and the workspace that it was made with.
final class SpqrFactors: @unchecked Sendable {
  let common = CholmodCommon()
  let forecast: FactorForecast
  private(set) var handle: UnsafeMutablePointer<SuiteSparseQR_C_factorization>?
  /// Whether Aᵀ is what was factorised; the factorised matrix has at least as many rows as columns.
  let isTransposed: Bool
  /// Whether the stored matrix is factorised as it is.
  ///
  /// A rectangular one in the other orientation is transposed by a copy, which lives as long as a factorisation takes.
  private let isDirect: Bool

  init(_ matrix: SparseMatrix<Int>, options: DirectOptions) throws(LinearSolverError) {
    let pattern = matrix.pattern
    isDirect = pattern.minorCount >= pattern.majorCount
    isTransposed = (pattern.orientation == .rows) == isDirect
    let ordering: Int32
    switch options.ordering {
    case nil: ordering = options.reusesPattern ? SPQR_ORDERING_BEST : SPQR_ORDERING_DEFAULT
    case .natural: ordering = SPQR_ORDERING_FIXED
    case .amd: ordering = SPQR_ORDERING_AMD
    case .colamd: ordering = SPQR_ORDERING_COLAMD
    case .metis: ordering = SPQR_ORDERING_METIS
    case .nestedDissection:
      ordering = SPQR_ORDERING_CHOLMOD
      try common.setOrdering(.nestedDissection)
    case .given: throw .unsupported("spqr computes its ordering from the pattern: none can be given")
    }
    let common = common
    let isDirect = isDirect
    // All but COLAMD and AMD may come to METIS.
    handle = try MetisLock.withLock { () throws(LinearSolverError) in
      try Self.withView(of: matrix, isDirect: isDirect, common) { view in
        SuiteSparseQR_C_symbolic(ordering, 1, view, common.pointer)
      }
    }
    let statistics = common.pointer.pointee
    let nonzeros = Double(statistics.SPQR_istat.0 + statistics.SPQR_istat.1)
    forecast = FactorForecast(
      nonzeros: nonzeros, operations: statistics.SPQR_flopcount_bound,
      bytes: 1.2 * 8 * nonzeros + 16 * Double(matrix.nonzeroCount),
      ordering: Self.name(Int32(statistics.SPQR_istat.7), options.ordering))
    guard handle != nil, common.status >= CHOLMOD_OK else {
      throw common.failure("the analysis", library: "spqr")
    }
  }

  deinit { SuiteSparseQR_C_free(&handle, common.pointer) }

  /// Whether the last factorisation found less than full rank.
  ///
  /// It leaves a map of the rows of R behind, which SuiteSparseQR would use for the next factors as well: these need an
  /// object of their own.
  private(set) var isDeficient = false

  /// Factorises in place; returns the rank.
  func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> Int {
    let (common, handle) = (common, handle)
    let isDone = try Self.withView(of: matrix, isDirect: isDirect, common) { view in
      SuiteSparseQR_C_numeric(Double(SPQR_DEFAULT_TOL), view, handle, common.pointer)
    }
    guard isDone != 0, common.status >= CHOLMOD_OK else {
      throw common.failure("the factorisation", library: "spqr")
    }
    let rank = common.pointer.pointee.SPQR_istat.4
    isDeficient = rank < min(matrix.rowCount, matrix.columnCount)
    return rank
  }

  private static func withView<Result>(
    of matrix: SparseMatrix<Int>, isDirect: Bool, _ common: CholmodCommon,
    _ body: (UnsafeMutablePointer<cholmod_sparse>) -> Result
  ) throws(LinearSolverError) -> Result {
    var view = cholmod_sparse(matrix)
    if isDirect { return withUnsafeMutablePointer(to: &view) { body($0) } }
    var copy = cholmod_l_transpose(&view, 1, common.pointer)
    defer { cholmod_l_free_sparse(&copy, common.pointer) }
    guard let copy else { throw common.failure("a transposed copy", library: "spqr") }
    return body(copy)
  }

  private static func name(_ used: Int32, _ asked: Ordering?) -> String {
    if let asked { return asked.description }
    switch used {
    case SPQR_ORDERING_FIXED, SPQR_ORDERING_NATURAL: return Ordering.natural.description
    case SPQR_ORDERING_COLAMD: return Ordering.colamd.description
    case SPQR_ORDERING_AMD: return Ordering.amd.description
    case SPQR_ORDERING_METIS: return Ordering.metis.description
    default: return "of its own"
    }
  }
}
