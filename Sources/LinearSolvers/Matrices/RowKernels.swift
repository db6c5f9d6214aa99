import Arrays
import CKernels

/// The C kernels over compressed rows, for the type of index of a matrix.
///
/// A matrix that is compressed by columns is handed in transposed: its columns are the rows of its transpose.
enum RowKernels<Index: SparseIndex> {
  /// y = A x on some rows.
  static func multiply(
    _ A: SparseMatrix<Index>, rows: Range<Int>, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    let (starts, indices, values) = (A.pattern.starts, A.pattern.indices, A.values)
    if let (starts, indices) = compact(starts, indices) {
      pvk_rows_multiply_i32(rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, y)
    } else if let (starts, indices) = wide(starts, indices) {
      pvk_rows_multiply_i64(rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, y)
    }
  }

  /// r = b − A x on some rows; r may be b.
  static func residual(
    _ A: SparseMatrix<Index>, rows: Range<Int>, _ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into r: UnsafeMutablePointer<Double>
  ) {
    let (starts, indices, values) = (A.pattern.starts, A.pattern.indices, A.values)
    if let (starts, indices) = compact(starts, indices) {
      pvk_rows_residual_i32(rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, b, r)
    } else if let (starts, indices) = wide(starts, indices) {
      pvk_rows_residual_i64(rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, b, r)
    }
  }

  /// y += Aᵀ x, from some rows of A.
  static func multiplyTranspose(
    _ A: SparseMatrix<Index>, rows: Range<Int>, _ x: UnsafePointer<Double>,
    adding y: UnsafeMutablePointer<Double>
  ) {
    let (starts, indices, values) = (A.pattern.starts, A.pattern.indices, A.values)
    if let (starts, indices) = compact(starts, indices) {
      pvk_rows_multiply_transpose_i32(
        rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, y)
    } else if let (starts, indices) = wide(starts, indices) {
      pvk_rows_multiply_transpose_i64(
        rows.lowerBound, rows.upperBound, starts, indices, values.baseAddress, x, y)
    }
  }

  /// One sweep of `x[i] += factors[i] (b − A x)[i]` in place, over some rows, upwards or downwards.
  static func relax(
    _ A: SparseMatrix<Index>, rows: Range<Int>, downwards: Bool, factors: UnsafePointer<Double>,
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>
  ) {
    let (starts, indices, values) = (A.pattern.starts, A.pattern.indices, A.values)
    let down: Int32 = downwards ? 1 : 0
    if let (starts, indices) = compact(starts, indices) {
      pvk_rows_relax_i32(
        rows.lowerBound, rows.upperBound, down, starts, indices, values.baseAddress, factors, b, x)
    } else if let (starts, indices) = wide(starts, indices) {
      pvk_rows_relax_i64(
        rows.lowerBound, rows.upperBound, down, starts, indices, values.baseAddress, factors, b, x)
    }
  }

  private static func compact(
    _ starts: AlignedStorage<Index>, _ indices: AlignedStorage<Index>
  ) -> (UnsafePointer<Int32>, UnsafePointer<Int32>)? {
    guard Index.self == Int32.self else { return nil }
    return (
      UnsafeRawPointer(starts.baseAddress).assumingMemoryBound(to: Int32.self),
      UnsafeRawPointer(indices.baseAddress).assumingMemoryBound(to: Int32.self)
    )
  }

  private static func wide(
    _ starts: AlignedStorage<Index>, _ indices: AlignedStorage<Index>
  ) -> (UnsafePointer<Int64>, UnsafePointer<Int64>)? {
    guard Index.self == Int.self else { return nil }
    return (
      UnsafeRawPointer(starts.baseAddress).assumingMemoryBound(to: Int64.self),
      UnsafeRawPointer(indices.baseAddress).assumingMemoryBound(to: Int64.self)
    )
  }
}
