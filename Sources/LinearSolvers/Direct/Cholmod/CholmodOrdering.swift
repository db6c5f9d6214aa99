import CSuiteSparse

/// An analysis and what its factors will need.
typealias CholmodAnalysis = (factor: UnsafeMutablePointer<cholmod_factor>, forecast: FactorForecast)

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

  /// The analysis in the ordering that is asked for.
  ///
  /// Unless one is, that is AMD, and METIS where AMD leaves much fill and METIS less; where the pattern is used again
  /// and again, the best of AMD, METIS and nested dissection.
  func bestAnalysis(
    of matrix: SparseMatrix<Int>, _ options: DirectOptions
  ) throws(LinearSolverError) -> CholmodAnalysis {
    if let ordering = options.ordering { return try analysis(of: matrix, ordering, name: ordering) }
    let minimumDegree = try minimumDegree(of: matrix)
    var others: [Ordering] = options.reusesPattern ? [.metis, .nestedDissection] : []
    if others.isEmpty, minimumDegree.forecast.hasMuchFill(matrixNonzeros: matrix.nonzeroCount / 2) {
      others = [.metis]
    }
    // METIS has not saved more than a factor of five.
    if minimumDegree.forecast.bytes > 8 * MemoryBudget.limit(options) { others = [] }
    var best: CholmodAnalysis?
    for ordering in others {
      guard let other = try? analysis(of: matrix, ordering, name: ordering) else { continue }
      let isBetter = other.forecast.nonzeros < (best?.forecast ?? minimumDegree.forecast).nonzeros
      var dropped = isBetter ? best?.factor : other.factor
      cholmod_l_free_factor(&dropped, pointer)
      if isBetter { best = other }
    }
    if let best { return best }
    return try analysis(of: matrix, .given(minimumDegree.order), name: .amd)
  }

  /// The analysis of the upper half of a matrix in one ordering.
  private func analysis(
    of matrix: SparseMatrix<Int>, _ ordering: Ordering, name: Ordering
  ) throws(LinearSolverError) -> CholmodAnalysis {
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
    let forecast = analyzed.pointee.forecast(
      nonzeros: pointer.pointee.lnz, operations: pointer.pointee.fl, matrixNonzeros: matrix.nonzeroCount,
      ordering: name)
    return (analyzed, forecast)
  }

  /// AMD's order and what it expects of it, which is enough to tell whether others are worth trying.
  private func minimumDegree(
    of matrix: SparseMatrix<Int>
  ) throws(LinearSolverError) -> (order: [Int], forecast: FactorForecast) {
    try setOrdering(.amd)
    var view = cholmod_sparse(matrix, .upper)
    var order = [Int](repeating: 0, count: matrix.rowCount)
    guard cholmod_l_amd(&view, nil, 0, &order, pointer) != 0 else { throw failure("the ordering") }
    let (nonzeros, operations) = (pointer.pointee.lnz, pointer.pointee.fl)
    return (
      order,
      FactorForecast(
        nonzeros: nonzeros, operations: operations, bytes: 8 * nonzeros, ordering: Ordering.amd.description)
    )
  }
}

extension cholmod_factor {
  /// Bytes: the factor, its integers, and while it is computed a permuted copy of the matrix and workspace.
  fileprivate func forecast(
    nonzeros: Double, operations: Double, matrixNonzeros: Int, ordering: Ordering
  ) -> FactorForecast {
    let size = Double(n)
    var words = 2 * Double(matrixNonzeros) + 6 * size
    if is_super != 0 {
      words += Double(xsize) + Double(ssize) + Double(maxcsize) + 3 * Double(nsuper) + 2 * size
    } else {
      words += 2 * nonzeros + 6 * size
    }
    return FactorForecast(
      nonzeros: nonzeros, operations: operations, bytes: 8 * words, ordering: ordering.description)
  }
}
