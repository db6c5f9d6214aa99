import Arrays
import CSuiteSparse

/// The analysis of a symmetric pattern by CHOLMOD.
public final class CholmodSymbolic: SymbolicFactorization, @unchecked Sendable {
  public let forecast: FactorForecast
  public let form: CholmodSolver.Form
  /// Whether factors will be stored by dense blocks (LLᵀ) rather than by columns (LDLᵀ).
  public let isSupernodal: Bool
  let pattern: SparsityPattern<Int>
  let options: DirectOptions
  let common: CholmodCommon
  /// Never written to after the analysis, so that any number of factorisations may read it at once.
  let factor: UnsafeMutablePointer<cholmod_factor>

  init(
    _ matrix: SparseMatrix<Int>, form: CholmodSolver.Form, options: DirectOptions
  ) throws(LinearSolverError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard matrix.rowCount > 0 else { throw .unsupported("the matrix has no rows") }
    if let tolerance = options.symmetryTolerance { try matrix.checkSymmetry(tolerance: tolerance) }
    let common = CholmodCommon()
    common.pointer.pointee.supernodal = form.code
    let analysis = try common.bestAnalysis(of: matrix, options)
    cholmod_l_free_work(common.pointer)
    self.common = common
    factor = analysis.factor
    forecast = analysis.forecast
    isSupernodal = factor.pointee.is_super != 0
    self.form = form
    self.options = options
    pattern = matrix.pattern
    try MemoryBudget.check(forecast, options)
  }

  deinit {
    var factor: UnsafeMutablePointer<cholmod_factor>? = factor
    cholmod_l_free_factor(&factor, common.pointer)
  }

  public func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
    try RefinedFactorization.wrapping(CholmodFactorization(self, matrix), of: matrix, options: options)
  }

  /// The most bytes that the analysis held at a time.
  package var peakBytes: Int { common.peakBytes }

  /// Refuses a matrix that the analysis does not belong to, or that is not symmetric and finite.
  func check(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    guard pattern.isEqual(to: matrix.pattern) else { throw .changedPattern }
    try matrix.checkEntries()
    if let tolerance = options.symmetryTolerance { try matrix.checkSymmetry(tolerance: tolerance) }
  }
}

extension CholmodSolver.Form {
  fileprivate var code: Int32 {
    switch self {
    case .automatic: Int32(CHOLMOD_AUTO)
    case .simplicial: Int32(CHOLMOD_SIMPLICIAL)
    case .supernodal: Int32(CHOLMOD_SUPERNODAL)
    }
  }
}
