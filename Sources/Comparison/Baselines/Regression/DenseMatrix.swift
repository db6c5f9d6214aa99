import Arrays
import COpenBLAS

/// A row-major matrix of doubles, and what regressions do with it, on one BLAS thread.
struct DenseMatrix: Sendable {
  let rows: Int
  let columns: Int
  let storage: AlignedStorage<Double>

  var start: UnsafeMutablePointer<Double> { storage.baseAddress }

  init(_ rows: Int, _ columns: Int, _ storage: AlignedStorage<Double>? = nil) {
    self.rows = rows
    self.columns = columns
    self.storage = storage ?? AlignedStorage(count: rows * columns)
  }

  func row(_ index: Int) -> UnsafeMutablePointer<Double> { start + index * columns }

  func copy(to other: DenseMatrix) { other.start.update(from: start, count: rows * columns) }

  /// C = op(A) op(B), with C of m × n and k numbers in each sum.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Double>, rightTransposed bTransposed: Bool = false,
    into c: UnsafeMutablePointer<Double>
  ) {
    guard m > 0, n > 0, k > 0 else { return }
    OneBLASThread.ensure()
    cblas_dgemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a, Int32(aTransposed ? m : k), b, Int32(bTransposed ? k : n), 0, c,
      Int32(n))
  }

  /// Replaces a symmetric positive definite matrix by U of Uᵀ U; `false` where there is none.
  func factorize() -> Bool {
    OneBLASThread.ensure()
    // The lower triangle of columns is the upper one of rows.
    return LAPACKE_dpotrf(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), start, Int32(rows)) == 0
  }

  /// Replaces B by the solution of Uᵀ X = B, for a matrix that is factorised.
  func solveHalf(_ b: DenseMatrix) { solve(b, CblasTrans) }

  /// Replaces B by the solution of Uᵀ U X = B, for a matrix that is factorised.
  func solve(_ b: DenseMatrix) {
    solve(b, CblasTrans)
    solve(b, CblasNoTrans)
  }

  private func solve(_ b: DenseMatrix, _ order: CBLAS_TRANSPOSE) {
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasUpper, order, CblasNonUnit, Int32(b.rows), Int32(b.columns), 1, start,
      Int32(columns), b.start, Int32(b.columns))
  }

  /// Replaces U by the upper triangle of the inverse of Uᵀ U.
  func invertFactorized() {
    _ = LAPACKE_dpotri(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), start, Int32(rows))
  }

  /// The inner products of rows with those of another matrix.
  func products(with other: DenseMatrix) -> DenseMatrix {
    let result = DenseMatrix(rows, other.rows)
    Self.multiply(rows, other.rows, columns, start, other.start, rightTransposed: true, into: result.start)
    return result
  }

  func transposed() -> DenseMatrix {
    let result = DenseMatrix(columns, rows)
    for i in 0..<rows {
      for j in 0..<columns { result.row(j)[i] = row(i)[j] }
    }
    return result
  }

  /// Rising eigenvalues of a symmetric matrix, which is overwritten, and orthonormal eigenvectors, a row each.
  func eigenvectors() -> (values: [Double], vectors: DenseMatrix) {
    OneBLASThread.ensure()
    var values = [Double](repeating: 0, count: rows)
    let status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), Int32(rows), start, Int32(rows),
      &values)
    // It fails only where numbers are not finite: nothing is kept of them then.
    if status != 0 { values = Array(repeating: 0, count: rows) }
    return (values, self)
  }
}
