import Arrays
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
    let fields = factor.pointee.analysisFields
    var copies: [UnsafeMutableRawPointer] = []
    for field in fields {
      guard let copy = cholmod_l_malloc(field.count, MemoryLayout<Int>.size, common.pointer) else {
        for (copy, field) in zip(copies, fields) {
          cholmod_l_free(field.count, MemoryLayout<Int>.size, copy, common.pointer)
        }
        throw common.failure("a copy of the analysis")
      }
      if let source = factor.pointee[keyPath: field.path] {
        copy.copyMemory(from: source, byteCount: field.count * MemoryLayout<Int>.size)
      }
      copies.append(copy)
    }
    for (copy, field) in zip(copies, fields) { factor.pointee[keyPath: field.path] = copy }
    sharesAnalysis = false
  }

  /// Frees the factor, but not what the analysis owns.
  func releaseFactor() {
    guard let factor else { return }
    if sharesAnalysis {
      for field in factor.pointee.analysisFields { factor.pointee[keyPath: field.path] = nil }
    }
    var handle: UnsafeMutablePointer<cholmod_factor>? = factor
    cholmod_l_free_factor(&handle, common.pointer)
    self.factor = nil
    sharesAnalysis = false
    isValid = false
  }
}

extension cholmod_factor {
  /// The integers that an analysis makes and a factorisation reads, with their numbers.
  fileprivate var analysisFields:
    [(path: WritableKeyPath<cholmod_factor, UnsafeMutableRawPointer?>, count: Int)]
  {
    let columns: [(path: WritableKeyPath<cholmod_factor, UnsafeMutableRawPointer?>, count: Int)] = [
      (\.Perm, n), (\.ColCount, n),
    ]
    guard is_super != 0 else { return columns }
    return columns + [(\.super, nsuper + 1), (\.pi, nsuper + 1), (\.px, nsuper + 1), (\.s, ssize)]
  }
}

/// What solves keep between calls, so that they allocate nothing.
final class CholmodScratch {
  var permuted: UnsafeMutablePointer<cholmod_dense>?
  var extra: UnsafeMutablePointer<cholmod_dense>?
  /// For a sparse right-hand side: it and its solution in the order of the factor, its solution, and where that is.
  var sparsePermuted: UnsafeMutablePointer<cholmod_dense>?
  var sparseSolution: UnsafeMutablePointer<cholmod_dense>?
  var sparseNonzeros: UnsafeMutablePointer<cholmod_sparse>?

  /// Room for a sparse right-hand side with all its zeros.
  private var dense: AlignedStorage<Double>?

  /// Room for a dense vector, with whatever it held.
  func values(count: Int) -> cholmod_dense {
    let storage = dense ?? AlignedStorage(count: count)
    dense = storage
    return cholmod_dense(storage.baseAddress, rows: count, count: 1)
  }

  /// Gives the vectors of a solve by columns, which leaves them with fewer rows than it asks for, their shape back, so
  /// that CHOLMOD does not allocate them anew.
  func restoreShape() {
    guard let vectors = permuted, vectors.pointee.ncol > 0 else { return }
    let rows = vectors.pointee.nzmax / vectors.pointee.ncol
    vectors.pointee.nrow = rows
    vectors.pointee.d = rows
  }

  func free(_ common: CholmodCommon) {
    cholmod_l_free_dense(&permuted, common.pointer)
    cholmod_l_free_dense(&extra, common.pointer)
    cholmod_l_free_dense(&sparsePermuted, common.pointer)
    cholmod_l_free_dense(&sparseSolution, common.pointer)
    cholmod_l_free_sparse(&sparseNonzeros, common.pointer)
  }
}
