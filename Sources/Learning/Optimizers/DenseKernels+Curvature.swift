import Arrays
import COpenBLAS
import CKernels

/// What optimizers do with probes of the Hessian.
extension DenseKernels {
  /// ± 1 for each of up to 128 bits.
  static func signs(_ count: Int, _ bits: UnsafePointer<UInt32>, into target: UnsafeMutablePointer<Scalar>) {
    if Scalar.self == Float.self {
      pvk_signs_f32(count, bits, single(target))
    } else {
      pvk_signs_f64(count, bits, double(target))
    }
  }

  /// The diagonal of a matrix from signs and their product with it, averaged over blocks of neighbours, in place of the product.
  static func probedDiagonal(
    _ count: Int, block: Int, _ signs: UnsafePointer<Scalar>, _ product: UnsafeMutablePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_probed_diagonal_f32(count, block, single(signs), single(product))
    } else {
      pvk_probed_diagonal_f64(count, block, double(signs), double(product))
    }
  }

  /// A step of a diagonal preconditioner; see `pvk_fit_scales`.
  static func fitScales(
    _ count: Int, rate: Double, _ probe: UnsafePointer<Scalar>, _ product: UnsafePointer<Scalar>,
    _ scales: UnsafeMutablePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_fit_scales_f32(count, rate, single(probe), single(product), single(scales))
    } else {
      pvk_fit_scales_f64(count, rate, double(probe), double(product), double(scales))
    }
  }

  /// target = scales² · x.
  static func applyScales(
    _ count: Int, _ scales: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_apply_scales_f32(count, single(scales), single(x), single(target))
    } else {
      pvk_apply_scales_f64(count, double(scales), double(x), double(target))
    }
  }

  /// See `pvk_triangular_step`.
  static func triangularStep(
    _ side: Int, rate: Double, _ left: UnsafeMutablePointer<Scalar>, _ right: UnsafePointer<Scalar>
  ) {
    if Scalar.self == Float.self {
      pvk_triangular_step_f32(side, rate, single(left), single(right))
    } else {
      pvk_triangular_step_f64(side, rate, double(left), double(right))
    }
  }

  /// X ← U⁻ᵀ X with U of rows × rows on the left, or X ← X U⁻¹ with U of columns × columns; U upper triangular.
  static func solveUpper(
    _ rows: Int, _ columns: Int, _ upper: UnsafePointer<Scalar>, isLeft: Bool,
    _ x: UnsafeMutablePointer<Scalar>
  ) {
    OneBLASThread.ensure()
    let (side, order) = isLeft ? (CblasLeft, CblasTrans) : (CblasRight, CblasNoTrans)
    let (m, n, line) = (Int32(rows), Int32(columns), Int32(isLeft ? rows : columns))
    if Scalar.self == Float.self {
      cblas_strsm(
        CblasRowMajor, side, CblasUpper, order, CblasNonUnit, m, n, 1, single(upper), line, single(x), n)
    } else {
      cblas_dtrsm(
        CblasRowMajor, side, CblasUpper, order, CblasNonUnit, m, n, 1, double(upper), line, double(x), n)
    }
  }
}
