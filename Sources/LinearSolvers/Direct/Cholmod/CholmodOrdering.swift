import CSuiteSparse

extension CholmodCommon {
  /// Sets the one ordering that the next analysis takes.
  func setOrdering(_ ordering: Ordering) throws(LinearSolverError) {
    let method: Int32 =
      switch ordering {
      case .natural: CHOLMOD_NATURAL
      case .amd: CHOLMOD_AMD
      case .metis: CHOLMOD_METIS
      case .nestedDissection: CHOLMOD_NESDIS
      case .given: CHOLMOD_GIVEN
      case .colamd: throw .unsupported("cholmod orders symmetric matrices: use amd; colamd is for LU and QR")
      }
    pointer.pointee.nmethods = 1
    parseval_cholmod_set_method(pointer, 0, method)
  }

  /// The analysis of the upper half of a matrix in one ordering.
  func analysis(
    of matrix: SparseMatrix<Int>, _ ordering: Ordering
  ) throws(LinearSolverError) -> UnsafeMutablePointer<cholmod_factor> {
    try setOrdering(ordering)
    var view = cholmod_sparse(matrix, .upper)
    var analyzed: UnsafeMutablePointer<cholmod_factor>?
    switch ordering {
    case .given(var order):
      try Ordering.checkPermutation(order, count: matrix.rowCount)
      analyzed = cholmod_l_analyze_p(&view, &order, nil, 0, pointer)
    case .metis, .nestedDissection:
      analyzed = try MetisLock.withLock { () throws(LinearSolverError) in cholmod_l_analyze(&view, pointer) }
    default:
      analyzed = cholmod_l_analyze(&view, pointer)
    }
    guard let analyzed, status >= CHOLMOD_OK else {
      cholmod_l_free_factor(&analyzed, pointer)
      throw failure("the analysis")
    }
    return analyzed
  }

  /// The analysis and its forecast, in the ordering that is asked for.
  ///
  /// Unless one is, that is AMD, and METIS where AMD leaves much fill and METIS less; where the pattern is used again
  /// and again, the best of AMD, METIS and nested dissection.
  func bestAnalysis(
    of matrix: SparseMatrix<Int>, _ options: DirectOptions
  ) throws(LinearSolverError) -> (factor: UnsafeMutablePointer<cholmod_factor>, forecast: FactorForecast) {
    func candidate(
      _ ordering: Ordering
    ) throws(LinearSolverError) -> (factor: UnsafeMutablePointer<cholmod_factor>, forecast: FactorForecast) {
      let factor = try analysis(of: matrix, ordering)
      let forecast = factor.pointee.forecast(
        nonzeros: pointer.pointee.lnz, operations: pointer.pointee.fl, matrixNonzeros: matrix.nonzeroCount)
      return (factor, forecast)
    }
    var best = try candidate(options.ordering ?? .amd)
    guard options.ordering == nil else { return best }
    var others: [Ordering] = options.reusesPattern ? [.metis, .nestedDissection] : []
    if others.isEmpty, best.forecast.hasMuchFill(matrixNonzeros: matrix.nonzeroCount / 2) {
      others = [.metis]
    }
    for ordering in others {
      guard let other = try? candidate(ordering) else { continue }
      let isBetter = other.forecast.nonzeros < best.forecast.nonzeros
      var dropped: UnsafeMutablePointer<cholmod_factor>? = isBetter ? best.factor : other.factor
      cholmod_l_free_factor(&dropped, pointer)
      if isBetter { best = other }
    }
    return best
  }
}
