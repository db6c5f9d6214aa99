import Arrays
import CKernels

/// The C kernels of sweeps over compressed rows, for the type of index of a matrix.
enum SweepKernels<Index: SparseIndex> {
  /// What one sweep upwards does with its rows.
  enum Coupling {
    /// Every row waits for the one before it.
    case chain
    /// Rows of one colour.
    case color
    /// Every row sees old values only.
    case none
  }

  /// One sweep over some rows from `old` to `next`; the square of ‖b − A old‖ on them.
  static func monitored(
    _ A: SparseMatrix<Index>, rows: Range<Int>, _ coupling: Coupling, relaxation: Double,
    _ b: UnsafePointer<Double>, _ old: UnsafePointer<Double>, _ next: UnsafeMutablePointer<Double>
  ) -> Double {
    let (first, last, v, ω) = (rows.lowerBound, rows.upperBound, A.values.baseAddress, relaxation)
    if let (s, i) = CompactRows.of(A.pattern) {
      return switch coupling {
      case .chain: pvk_sweep_monitored_i32(first, last, ω, s, i, v, b, old, next)
      case .color: pvk_sweep_color_monitored_i32(first, last, ω, s, i, v, b, old, next)
      case .none: pvk_sweep_jacobi_i32(first, last, ω, s, i, v, b, old, next)
      }
    }
    let (s, i) = WideRows.of(A.pattern)
    return switch coupling {
    case .chain: pvk_sweep_monitored_i64(first, last, ω, s, i, v, b, old, next)
    case .color: pvk_sweep_color_monitored_i64(first, last, ω, s, i, v, b, old, next)
    case .none: pvk_sweep_jacobi_i64(first, last, ω, s, i, v, b, old, next)
    }
  }

  /// One sweep of `x[i] += relaxation / a[i][i] · (b − A x)[i]` in place; rows of one colour have no direction.
  static func relax(
    _ A: SparseMatrix<Index>, rows: Range<Int>, isColor: Bool, downwards: Bool, relaxation: Double,
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>
  ) {
    let (first, last, v, ω) = (rows.lowerBound, rows.upperBound, A.values.baseAddress, relaxation)
    if let (s, i) = CompactRows.of(A.pattern) {
      isColor
        ? pvk_sweep_color_i32(first, last, ω, s, i, v, b, x)
        : pvk_sweep_i32(first, last, downwards ? 1 : 0, ω, s, i, v, b, x)
    } else {
      let (s, i) = WideRows.of(A.pattern)
      isColor
        ? pvk_sweep_color_i64(first, last, ω, s, i, v, b, x)
        : pvk_sweep_i64(first, last, downwards ? 1 : 0, ω, s, i, v, b, x)
    }
  }

  /// Solves (D + ωL) D⁻¹ (D + ωU) z = scale · r and returns rᵀz.
  static func solveSSOR(
    _ A: SparseMatrix<Index>, relaxation: Double, scale: Double, reciprocals: UnsafePointer<Double>,
    _ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
  ) -> Double {
    let (count, v) = (A.rowCount, A.values.baseAddress)
    if let (s, i) = CompactRows.of(A.pattern) {
      return pvk_ssor_solve_i32(count, relaxation, scale, s, i, v, reciprocals, r, z)
    }
    let (s, i) = WideRows.of(A.pattern)
    return pvk_ssor_solve_i64(count, relaxation, scale, s, i, v, reciprocals, r, z)
  }

  /// Writes A p and returns pᵀA p.
  static func multiply(
    _ A: SparseMatrix<Index>, _ p: UnsafePointer<Double>, into q: UnsafeMutablePointer<Double>
  ) -> Double {
    if let (s, i) = CompactRows.of(A.pattern) {
      return pvk_rows_multiply_dot_i32(A.rowCount, s, i, A.values.baseAddress, p, q)
    }
    let (s, i) = WideRows.of(A.pattern)
    return pvk_rows_multiply_dot_i64(A.rowCount, s, i, A.values.baseAddress, p, q)
  }

  /// Solves (1 + Uᵀ) D (1 + U) z = r, U strictly upper, by rows.
  static func solve(
    symmetricFactor U: SparseMatrix<Index>, reciprocals: UnsafePointer<Double>, _ r: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>
  ) {
    if let (s, i) = CompactRows.of(U.pattern) {
      pvk_symmetric_factor_solve_i32(U.rowCount, s, i, U.values.baseAddress, reciprocals, r, z)
    } else {
      let (s, i) = WideRows.of(U.pattern)
      pvk_symmetric_factor_solve_i64(U.rowCount, s, i, U.values.baseAddress, reciprocals, r, z)
    }
  }

  /// Solves (1 + L) (D + U) z = r, strict triangles by rows.
  static func solve(
    lower L: SparseMatrix<Index>, upper U: SparseMatrix<Index>, reciprocals: UnsafePointer<Double>,
    _ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
  ) {
    let (lower, upper) = (L.values.baseAddress, U.values.baseAddress)
    if let (ls, li) = CompactRows.of(L.pattern), let (us, ui) = CompactRows.of(U.pattern) {
      pvk_factor_solve_i32(L.rowCount, ls, li, lower, us, ui, upper, reciprocals, r, z)
    } else {
      let ((ls, li), (us, ui)) = (WideRows.of(L.pattern), WideRows.of(U.pattern))
      pvk_factor_solve_i64(L.rowCount, ls, li, lower, us, ui, upper, reciprocals, r, z)
    }
  }
}

/// The arrays of a pattern with 32-bit indices.
private enum CompactRows {
  static func of<Index>(
    _ pattern: SparsityPattern<Index>
  ) -> (UnsafePointer<Int32>, UnsafePointer<Int32>)? {
    guard Index.self == Int32.self else { return nil }
    return (
      UnsafeRawPointer(pattern.starts.baseAddress).assumingMemoryBound(to: Int32.self),
      UnsafeRawPointer(pattern.indices.baseAddress).assumingMemoryBound(to: Int32.self)
    )
  }
}

/// The arrays of a pattern with 64-bit indices.
private enum WideRows {
  static func of<Index>(
    _ pattern: SparsityPattern<Index>
  ) -> (UnsafePointer<Int64>, UnsafePointer<Int64>) {
    precondition(Index.self == Int.self, "SweepKernels: there are kernels for Int32 and Int only")
    return (
      UnsafeRawPointer(pattern.starts.baseAddress).assumingMemoryBound(to: Int64.self),
      UnsafeRawPointer(pattern.indices.baseAddress).assumingMemoryBound(to: Int64.self)
    )
  }
}
