import Arrays
import CKernels

/// The C kernels over compressed rows, for the type of index of a matrix.
///
/// A matrix that is compressed by columns is handed in transposed: its columns are the rows of its transpose.
enum RowKernels<Index: SparseIndex> {
  /// What a job on all rows computes.
  enum Job { case product, productDot, residualNorm }

  /// Does a job on all rows, chunk by chunk on the workers; `partials` gets a number per chunk.
  static func run(
    _ job: Job, _ A: SparseMatrix<Index>, bounds: AlignedStorage<Int>, workers: Workers?,
    x: UnsafePointer<Double>, b: UnsafePointer<Double>? = nil, into y: UnsafeMutablePointer<Double>,
    partials: UnsafeMutablePointer<Double>? = nil
  ) {
    let kind: pvk_rows_kind =
      switch job {
      case .product: pvk_rows_product
      case .productDot: pvk_rows_product_dot
      case .residualNorm: pvk_rows_residual_norm
      }
    let chunks = bounds.count - 1
    UnsafeRawPointer(bounds.baseAddress).withMemoryRebound(to: Int64.self, capacity: bounds.count) { bounds in
      var work = pvk_rows_job(
        starts: A.pattern.starts.baseAddress, indices: A.pattern.indices.baseAddress,
        values: A.values.baseAddress, bounds: bounds, x: x, b: b, y: y, partials: partials, kind: kind)
      let body: @convention(c) (UnsafeMutableRawPointer?, Int32, Int32) -> Void
      if Index.self == Int32.self {
        body = pvk_rows_job_chunk_i32
      } else {
        body = pvk_rows_job_chunk_i64
      }
      if let workers {
        workers.run(chunks: chunks, context: &work, body)
      } else {
        for chunk in 0..<chunks { body(&work, Int32(chunk), 0) }
      }
    }
  }

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
