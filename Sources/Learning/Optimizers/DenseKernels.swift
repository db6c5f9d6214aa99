import Arrays
import COpenBLAS
import CKernels

/// Operations on row-major matrices of floats or doubles, on one thread.
enum DenseKernels<Scalar: LearningScalar> {
  /// C = α op(A) op(B) + β C with op(A) of m × k and op(B) of k × n, all rows contiguous.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Scalar>, leftTransposed aTransposed: Bool = false,
    _ b: UnsafePointer<Scalar>, rightTransposed bTransposed: Bool = false, scale: Double = 1,
    keep: Double = 0,
    into c: UnsafeMutablePointer<Scalar>
  ) {
    OneBLASThread.ensure()
    let aOrder = aTransposed ? CblasTrans : CblasNoTrans
    let bOrder = bTransposed ? CblasTrans : CblasNoTrans
    let (aRow, bRow) = (Int32(aTransposed ? m : k), Int32(bTransposed ? k : n))
    if Scalar.self == Float.self {
      cblas_sgemm(
        CblasRowMajor, aOrder, bOrder, Int32(m), Int32(n), Int32(k), Float(scale), single(a), aRow, single(b),
        bRow, Float(keep), single(c), Int32(n))
    } else {
      cblas_dgemm(
        CblasRowMajor, aOrder, bOrder, Int32(m), Int32(n), Int32(k), scale, double(a), aRow, double(b), bRow,
        keep, double(c), Int32(n))
    }
  }

  /// target = left · a + right · b.
  static func blend(
    _ count: Int, _ left: Double, _ a: UnsafePointer<Scalar>, _ right: Double, _ b: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_blend_f32(count, left, single(a), right, single(b), single(target))
    } else {
      pvk_blend_f64(count, left, double(a), right, double(b), double(target))
    }
  }

  /// Adam's quotient; see `pvk_adaptive_direction`.
  static func adaptiveDirection(
    _ count: Int, decay: Double, correction: Double, epsilon: Double, gradient: UnsafePointer<Scalar>,
    squares: UnsafeMutablePointer<Scalar>, mean: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_adaptive_direction_f32(
        count, decay, correction, epsilon, single(gradient), single(squares), single(mean), single(target))
    } else {
      pvk_adaptive_direction_f64(
        count, decay, correction, epsilon, double(gradient), double(squares), double(mean), double(target))
    }
  }

  static func sumOfSquares(_ values: UnsafePointer<Scalar>, _ count: Int) -> Double {
    Scalar.self == Float.self ? pvk_sum_of_squares_f32(values, count) : pvk_sum_of_squares_f64(values, count)
  }

  /// Replaces a symmetric matrix by its orthonormal eigenvectors, one per row, of rising eigenvalues.
  ///
  /// - Returns: whether LAPACK succeeded.
  static func eigenvectors(_ n: Int, _ matrix: UnsafeMutablePointer<Scalar>) -> Bool {
    OneBLASThread.ensure()
    if Scalar.self == Float.self {
      var values = [Float](repeating: 0, count: n)
      return LAPACKE_ssyev(LAPACK_COL_MAJOR, 86, 85, Int32(n), single(matrix), Int32(n), &values) == 0
    }
    var values = [Double](repeating: 0, count: n)
    return LAPACKE_dsyev(LAPACK_COL_MAJOR, 86, 85, Int32(n), double(matrix), Int32(n), &values) == 0
  }

  /// Numbers of work space for `orthonormalize`.
  static func orthonormalizingSpace(_ n: Int) -> Int { 65 * n }

  /// Replaces the rows of a square matrix by orthonormal ones that span the same spaces in order; allocates nothing.
  static func orthonormalize(
    _ n: Int, _ rows: UnsafeMutablePointer<Scalar>, _ space: UnsafeMutablePointer<Scalar>
  ) {
    OneBLASThread.ensure()
    let (n, size) = (Int32(n), Int32(64 * n))
    if Scalar.self == Float.self {
      let (matrix, factors) = (single(rows), single(space))
      LAPACKE_sgeqrf_work(LAPACK_COL_MAJOR, n, n, matrix, n, factors, factors + Int(n), size)
      LAPACKE_sorgqr_work(LAPACK_COL_MAJOR, n, n, n, matrix, n, factors, factors + Int(n), size)
    } else {
      let (matrix, factors) = (double(rows), double(space))
      LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, n, n, matrix, n, factors, factors + Int(n), size)
      LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, n, n, n, matrix, n, factors, factors + Int(n), size)
    }
  }

  static func single(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }
  static func single(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }
  static func double(_ pointer: UnsafePointer<Scalar>) -> UnsafePointer<Double> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }
  static func double(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }
}
