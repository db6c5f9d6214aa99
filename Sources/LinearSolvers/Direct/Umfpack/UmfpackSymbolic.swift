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
    var best = try Self.analysis(of: pattern, options.ordering)
    if options.ordering == nil,
      options.reusesPattern || best.forecast.hasMuchFill(matrixNonzeros: matrix.nonzeroCount),
      let other = try? Self.analysis(of: pattern, .metis)
    {
      let isBetter = other.forecast.nonzeros < best.forecast.nonzeros
      var dropped: UnsafeMutableRawPointer? = isBetter ? best.handle : other.handle
      umfpack_dl_free_symbolic(&dropped)
      if isBetter { best = other }
    }
    (handle, control, forecast) = best
    try MemoryBudget.check(forecast, options)
  }

  deinit {
    var handle: UnsafeMutableRawPointer? = handle
    umfpack_dl_free_symbolic(&handle)
  }

  public func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
    try RefinedFactorization.wrapping(UmfpackFactorization(self, matrix), of: matrix, options: options)
  }

  /// The analysis in one ordering: AMD or COLAMD, as the pattern suggests, unless given.
  private static func analysis(
    of pattern: SparsityPattern<Int>, _ ordering: Ordering?
  ) throws(LinearSolverError) -> (
    handle: UnsafeMutableRawPointer, control: [Double], forecast: FactorForecast
  ) {
    var control = [Double](repeating: 0, count: Int(UMFPACK_CONTROL))
    umfpack_dl_defaults(&control)
    // Refinement is ours, with the residual that the report states.
    control[Int(UMFPACK_IRSTEP)] = 0
    let order = try order(pattern, ordering, &control)
    let fixed = control
    var info = [Double](repeating: 0, count: Int(UMFPACK_INFO))
    var handle: UnsafeMutableRawPointer?
    let count = pattern.rowCount
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    // Without values, so that the same pattern always gives the same analysis.
    func analyze() -> Int {
      guard let order else {
        return umfpack_dl_symbolic(count, count, starts, indices, nil, &handle, fixed, &info)
      }
      return umfpack_dl_qsymbolic(count, count, starts, indices, nil, order, &handle, fixed, &info)
    }
    let status =
      ordering == .metis
      ? try MetisLock.withLock { () throws(LinearSolverError) in analyze() } : analyze()
    do throws(LinearSolverError) {
      guard status == UMFPACK_OK, let handle else { throw Umfpack.failure("the analysis", status) }
      return (handle, fixed, try forecast(info, pattern, order, ordering))
    } catch {
      umfpack_dl_free_symbolic(&handle)
      throw error
    }
  }

  /// Sets strategy and ordering; returns the order where UMFPACK does not compute it.
  private static func order(
    _ pattern: SparsityPattern<Int>, _ ordering: Ordering?, _ control: inout [Double]
  ) throws(LinearSolverError) -> [Int]? {
    // UMFPACK's own rule needs values: pivots are sought on the diagonal of a nearly symmetric pattern that has one.
    let symmetry = pattern.symmetry
    let isSymmetric = symmetry.matched >= 0.5 && symmetry.diagonal >= 0.9
    let fitting = isSymmetric ? UMFPACK_STRATEGY_SYMMETRIC : UMFPACK_STRATEGY_UNSYMMETRIC
    func set(_ ordering: Int32, _ strategy: Int32? = nil) {
      control[Int(UMFPACK_ORDERING)] = Double(ordering)
      control[Int(UMFPACK_STRATEGY)] = Double(strategy ?? fitting)
    }
    switch ordering {
    case nil: set(UMFPACK_ORDERING_AMD)
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

  /// For symmetric patterns what the factors come to while pivots stay on the diagonal, otherwise UMFPACK's bounds,
  /// which are about twice too large.
  private static func forecast(
    _ info: [Double], _ pattern: SparsityPattern<Int>, _ order: [Int]?, _ ordering: Ordering?
  ) throws(LinearSolverError) -> FactorForecast {
    func value(_ index: Int32) -> Double { info[Int(index)] }
    let name: Ordering? =
      switch Int32(value(UMFPACK_ORDERING_USED)) {
      case UMFPACK_ORDERING_AMD: value(UMFPACK_SYMMETRIC_LUNZ) > 0 ? .amd : .colamd
      case UMFPACK_ORDERING_METIS: .metis
      case UMFPACK_ORDERING_NONE: .natural
      default: ordering
      }
    var (nonzeros, operations) = (value(UMFPACK_SYMMETRIC_LUNZ), value(UMFPACK_SYMMETRIC_FLOPS))
    var longest = value(UMFPACK_SYMMETRIC_DMAX)
    if Int32(value(UMFPACK_STRATEGY_USED)) == UMFPACK_STRATEGY_SYMMETRIC, let order {
      (nonzeros, operations, longest) = try SymmetrizedOrdering.factorCounts(of: pattern, order: order)
    }
    let size = Double(pattern.rowCount)
    // Room for growth, two fronts, and vectors; measured on boxes.
    var bytes = 8 * (1.3 * nonzeros + 2 * longest * longest + 20 * size)
    if nonzeros <= 0 {
      nonzeros = value(UMFPACK_LNZ_ESTIMATE) + value(UMFPACK_UNZ_ESTIMATE)
      operations = value(UMFPACK_FLOPS_ESTIMATE)
      bytes = value(UMFPACK_PEAK_MEMORY_ESTIMATE) * value(UMFPACK_SIZE_OF_UNIT)
    }
    return FactorForecast(
      nonzeros: nonzeros, operations: operations, bytes: bytes,
      ordering: (ordering ?? name)?.description ?? "of its own")
  }
}

/// What UMFPACK's calls share.
enum Umfpack {
  /// What a status other than success says.
  static func failure(_ task: String, _ status: Int) -> LinearSolverError {
    switch Int32(status) {
    case UMFPACK_ERROR_different_pattern: .changedPattern
    case UMFPACK_ERROR_out_of_memory: .unsupported("umfpack: there is not enough memory for \(task)")
    default: .unsupported("umfpack: \(task) failed with status \(status)")
    }
  }
}
