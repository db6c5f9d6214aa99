import CSuiteSparse

extension CholmodFactorization {
  /// The factor to write numbers to: its own values, the integers of the analysis.
  func currentFactor() throws(LinearSolverError) -> UnsafeMutablePointer<cholmod_factor> {
    if let factor { return factor }
    let size = MemoryLayout<cholmod_factor>.size
    guard let memory = cholmod_l_malloc(1, size, common.pointer) else { throw common.failure("the factors") }
    let shared = memory.bindMemory(to: cholmod_factor.self, capacity: 1)
    shared.initialize(to: symbolic.factor.pointee)
    factor = shared
    sharesAnalysis = true
    return shared
  }

  /// Gives the factor integers of its own before CHOLMOD changes its form.
  func separateFromAnalysis() throws(LinearSolverError) {
    guard sharesAnalysis, let factor else { return }
    guard let copy = cholmod_l_copy_factor(factor, common.pointer) else {
      throw common.failure("a copy of the factors")
    }
    releaseFactor()
    self.factor = copy
  }

  /// Frees the factor, but not what the analysis owns.
  func releaseFactor() {
    guard let factor else { return }
    if sharesAnalysis {
      factor.pointee.Perm = nil
      factor.pointee.ColCount = nil
      factor.pointee.super = nil
      factor.pointee.pi = nil
      factor.pointee.px = nil
      factor.pointee.s = nil
    }
    var handle: UnsafeMutablePointer<cholmod_factor>? = factor
    cholmod_l_free_factor(&handle, common.pointer)
    self.factor = nil
    sharesAnalysis = false
    isValid = false
  }
}

/// What solves keep between calls, so that they allocate nothing.
final class CholmodScratch {
  var permuted: UnsafeMutablePointer<cholmod_dense>?
  var extra: UnsafeMutablePointer<cholmod_dense>?
  /// The answer to a sparse right-hand side, and where its nonzeros are.
  var sparseSolution: UnsafeMutablePointer<cholmod_dense>?
  var sparseNonzeros: UnsafeMutablePointer<cholmod_sparse>?

  func free(_ common: CholmodCommon) {
    cholmod_l_free_dense(&permuted, common.pointer)
    cholmod_l_free_dense(&extra, common.pointer)
    cholmod_l_free_dense(&sparseSolution, common.pointer)
    cholmod_l_free_sparse(&sparseNonzeros, common.pointer)
  }
}
