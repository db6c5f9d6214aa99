import CKernels

/// The vectors of one level.
final class LevelVectors: @unchecked Sendable {
  let b: CycleVector
  let x: CycleVector
  /// Residuals, and scratch of sweeps.
  let r: CycleVector
  /// Products with the entries between chunks.
  let e: CycleVector
  /// The answer of a first visit, in cycles that visit twice.
  private let kept: CycleVector

  init(count: Int, borderRowCount: Int, precision: MultigridPrecision, keeps: Bool) {
    b = CycleVector(count: count, precision: precision)
    x = CycleVector(count: count, precision: precision)
    r = CycleVector(count: count, precision: precision)
    e = CycleVector(count: borderRowCount, precision: precision)
    kept = CycleVector(count: keeps ? count : 0, precision: precision)
  }

  func keep(_ rows: Range<Int>) {
    let (first, bytes) = (rows.lowerBound * x.precision.stride, rows.count * x.precision.stride)
    (kept.raw + first).copyMemory(from: x.raw + first, byteCount: bytes)
    (b.raw + first).copyMemory(from: r.raw + first, byteCount: bytes)
  }

  func addKept(_ rows: Range<Int>) {
    if x.precision == .single {
      pvk_add_f32(rows.lowerBound, rows.upperBound, kept.singles, x.singles)
    } else {
      pvk_add_f64(rows.lowerBound, rows.upperBound, kept.doubles, x.doubles)
    }
  }

  var byteCount: Int { [b, x, r, e, kept].reduce(0) { $0 + $1.byteCount } }
}
