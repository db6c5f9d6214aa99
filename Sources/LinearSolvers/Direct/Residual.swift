import Arrays
import COpenBLAS

/// Residuals of sparse systems and their Euclidean norms, for checking answers.
enum Residual {
  /// r = b − A x, or b − Aᵀ x; the vectors do not overlap.
  static func compute(
    _ A: SparseMatrix<Int>, transposed: Bool, _ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into r: UnsafeMutablePointer<Double>
  ) {
    let matrix = transposed ? A.transposed : A
    let pattern = matrix.pattern
    if pattern.orientation == .rows {
      return RowKernels.residual(matrix, rows: 0..<pattern.rowCount, x, b, into: r)
    }
    // By columns: r = b + Σ (−x_j) a_j, as b − (Aᵀ)ᵀ x.
    let product = AlignedStorage<Double>(count: pattern.rowCount)
    RowKernels.multiplyTranspose(matrix, rows: 0..<pattern.columnCount, x, adding: product.baseAddress)
    for row in 0..<pattern.rowCount { r[row] = b[row] - product.baseAddress[row] }
  }

  /// The Euclidean norm; does not overflow.
  static func norm(_ x: UnsafePointer<Double>, count: Int) -> Double {
    guard count > 0 else { return 0 }
    return cblas_dnrm2(Int32(count), x, 1)
  }

  /// ‖b − A x‖ / ‖b‖; ‖A x‖ where b is zero.
  static func relative(
    _ A: SparseMatrix<Int>, _ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>
  ) -> Double {
    let r = AlignedStorage<Double>(count: A.rowCount)
    compute(A, transposed: false, x, b, into: r.baseAddress)
    let size = norm(b, count: A.rowCount)
    return norm(r.baseAddress, count: A.rowCount) / (size > 0 ? size : 1)
  }
}

extension SparseMatrix<Int> {
  /// ‖b − A x‖ / ‖b‖; ‖A x‖ where b is zero.
  package func relativeResidual(_ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    Residual.relative(self, x, b)
  }
}
