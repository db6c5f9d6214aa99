import Arrays
import CKernels

/// Multipliers from or to numbered components, laid out so that inner loops touch no reference counts.
///
/// The tables belong to the multipliers it was made of, which must live as long.
internal struct MultiplierList: @unchecked Sendable {
  struct Entry: BitwiseCopyable {
    var component: Int
    var table: UnsafePointer<Double>?
    /// Numbers of the table per mode.
    var tableWidth: Int
    var factor: Double
    var kind: Int32
    /// Whether the component is added to; the first of its targets overwrites it.
    var accumulates: Bool

    /// Whether the multiplication leaves everything as it is.
    var isIdentity: Bool { table == nil && factor == 1 }

    /// `destination (+)= scale · self · source` for `rows` runs of `count` modes.
    ///
    /// The first run begins at `mode` of the table, the next `columns` modes on; the pointers are at the
    /// first run, and the starts of their runs are the given numbers of doubles apart.
    @inline(__always)
    func apply(
      _ source: UnsafePointer<Double>, stride sourceStride: Int, _ destination: UnsafeMutablePointer<Double>,
      stride destinationStride: Int, mode: Int, columns: Int, rows: Int, count: Int, isComplex: Int32,
      scale: Double, accumulate: Bool
    ) {
      pvk_multiply_rows(
        destination, destinationStride, source, sourceStride, table.map { $0 + mode * tableWidth },
        columns * tableWidth, factor * scale, kind, rows, count, isComplex, accumulate ? 1 : 0)
    }
  }
  private let storage: AlignedStorage<Entry>
  let entries: UnsafeMutablePointer<Entry>
  let count: Int

  init(_ multipliers: [(component: Int, multiplier: Multiplier)]) {
    storage = AlignedStorage(count: multipliers.count)
    entries = storage.baseAddress
    count = multipliers.count
    for (index, (component, multiplier)) in multipliers.enumerated() {
      entries[index] = Entry(
        component: component, table: multiplier.table.map { UnsafePointer($0.baseAddress) },
        tableWidth: multiplier.kind == .complex ? 2 : 1, factor: multiplier.factor,
        kind: multiplier.kind.kernelCode, accumulates: index > 0)
    }
  }
}
