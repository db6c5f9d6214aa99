import CSuiteSparse

extension CholmodCommon {
  /// Sets the orderings that the next analysis tries.
  ///
  /// Unless one is asked for, that is AMD, and METIS where AMD's factor has 500 operations or more to a nonzero and
  /// five nonzeros or more to one of the matrix, as in three dimensions; where the pattern is used again and again,
  /// AMD, METIS and nested dissection. The one with the fewest nonzeros is taken.
  func setOrderings(_ ordering: Ordering?, reusesPattern: Bool) throws(LinearSolverError) {
    let methods: [Int32]
    switch ordering {
    case nil: methods = reusesPattern ? [CHOLMOD_AMD, CHOLMOD_METIS, CHOLMOD_NESDIS] : []
    case .natural: methods = [CHOLMOD_NATURAL]
    case .amd: methods = [CHOLMOD_AMD]
    case .metis: methods = [CHOLMOD_METIS]
    case .nestedDissection: methods = [CHOLMOD_NESDIS]
    case .given: methods = [CHOLMOD_GIVEN]
    case .colamd: throw .unsupported("cholmod orders symmetric matrices: use amd; colamd is for LU and QR")
    }
    pointer.pointee.nmethods = Int32(methods.count)
    for (slot, method) in methods.enumerated() {
      parseval_cholmod_set_method(pointer, Int32(slot), method)
    }
  }
}
