import Arrays
import CSuiteSparse

/// The analysis of a square pattern by UMFPACK.
public final class UmfpackSymbolic: SymbolicFactorization, @unchecked Sendable {
  public let forecast: FactorForecast
  let pattern: SparsityPattern<Int>
  let options: DirectOptions
  let control: [Double]
  /// Never written to after the analysis.
  let handle: UnsafeMutableRawPointer

  init(_ matrix: SparseMatrix<Int>, options: DirectOptions) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard matrix.rowCount > 0 else { throw .unsupported("the matrix has no rows") }
    OneBLASThread.ensure()
    pattern = matrix.pattern
    self.options = options
    var control = [Double](repeating: 0, count: Int(UMFPACK_CONTROL))
    umfpack_dl_defaults(&control)
    // Refinement is ours, with the residual that the report states.
    control[Int(UMFPACK_IRSTEP)] = 0
    let order = try Self.order(pattern, options, &control)
    self.control = control
    var info = [Double](repeating: 0, count: Int(UMFPACK_INFO))
    var handle: UnsafeMutableRawPointer?
    let count = matrix.rowCount
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    // Without values, so that the same pattern always gives the same analysis.
    let status =
      if let order {
        umfpack_dl_qsymbolic(count, count, starts, indices, nil, order, &handle, control, &info)
      } else {
        umfpack_dl_symbolic(count, count, starts, indices, nil, &handle, control, &info)
      }
    guard status == UMFPACK_OK, let handle else {
      umfpack_dl_free_symbolic(&handle)
      throw Umfpack.failure("the analysis", status, pattern)
    }
    self.handle = handle
    forecast = Self.forecast(info, ordering: options.ordering)
    try MemoryBudget.check(forecast, options)
  }

  deinit {
    var handle: UnsafeMutableRawPointer? = handle
    umfpack_dl_free_symbolic(&handle)
  }

  public func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
    try RefinedFactorization.wrapping(UmfpackFactorization(self, matrix), of: matrix, options: options)
  }

  /// Sets the ordering; the columns' order where we compute it.
  private static func order(
    _ pattern: SparsityPattern<Int>, _ options: DirectOptions, _ control: inout [Double]
  ) throws(LinearSolverError) -> [Int]? {
    func set(_ ordering: Int32, _ strategy: Int32 = UMFPACK_STRATEGY_AUTO) {
      control[Int(UMFPACK_ORDERING)] = Double(ordering)
      control[Int(UMFPACK_STRATEGY)] = Double(strategy)
    }
    switch options.ordering {
    // AMD or COLAMD, and METIS where these leave much fill.
    case nil: set(options.reusesPattern ? UMFPACK_ORDERING_BEST : UMFPACK_ORDERING_CHOLMOD)
    case .natural: set(UMFPACK_ORDERING_NONE)
    case .amd: set(UMFPACK_ORDERING_AMD, UMFPACK_STRATEGY_SYMMETRIC)
    case .colamd: set(UMFPACK_ORDERING_AMD, UMFPACK_STRATEGY_UNSYMMETRIC)
    case .metis: set(UMFPACK_ORDERING_METIS)
    case .nestedDissection:
      set(UMFPACK_ORDERING_GIVEN)
      return try SymmetrizedOrdering.permutation(of: pattern, .nestedDissection)
    case .given(let order):
      try Ordering.checkPermutation(order, count: pattern.rowCount)
      set(UMFPACK_ORDERING_GIVEN)
      return order
    }
    return nil
  }

  /// UMFPACK's forecasts; exact for symmetric patterns as long as pivots stay on the diagonal, otherwise bounds.
  private static func forecast(_ info: [Double], ordering: Ordering?) -> FactorForecast {
    func value(_ index: Int32) -> Double { info[Int(index)] }
    let isSymmetric = Int32(value(UMFPACK_STRATEGY_USED)) == UMFPACK_STRATEGY_SYMMETRIC
    let bound = value(UMFPACK_LNZ_ESTIMATE) + value(UMFPACK_UNZ_ESTIMATE)
    let hasCount = isSymmetric && value(UMFPACK_SYMMETRIC_LUNZ) > 0
    let nonzeros = hasCount ? value(UMFPACK_SYMMETRIC_LUNZ) : bound
    let operations = hasCount ? value(UMFPACK_SYMMETRIC_FLOPS) : value(UMFPACK_FLOPS_ESTIMATE)
    let name: Ordering? =
      switch Int32(value(UMFPACK_ORDERING_USED)) {
      case UMFPACK_ORDERING_AMD: isSymmetric ? .amd : .colamd
      case UMFPACK_ORDERING_METIS: .metis
      case UMFPACK_ORDERING_NONE: .natural
      default: ordering
      }
    return FactorForecast(
      nonzeros: nonzeros, operations: operations,
      bytes: value(UMFPACK_PEAK_MEMORY_ESTIMATE) * value(UMFPACK_SIZE_OF_UNIT),
      ordering: name?.description ?? "of its own")
  }
}

/// What UMFPACK's calls share.
enum Umfpack {
  /// What a status other than success says.
  static func failure(_ task: String, _ status: Int, _ pattern: SparsityPattern<Int>) -> LinearSolverError {
    switch Int32(status) {
    case UMFPACK_ERROR_different_pattern: .changedPattern
    case UMFPACK_ERROR_out_of_memory: .unsupported("umfpack: there is not enough memory for \(task)")
    default: .unsupported("umfpack: \(task) failed with status \(status)")
    }
  }
}
