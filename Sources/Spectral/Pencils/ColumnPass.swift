import Arrays

/// The leading axis of one kind of functions, cut into blocks of columns that stay in cache.
internal final class ColumnPass: @unchecked Sendable {
  private let columns: Int
  private let blockColumns: Int
  private let full: ColumnTransform
  private let rest: ColumnTransform?
  private let storage: [AlignedStorage<Double>]
  private let blockLength: Int
  let blocks: Int

  init(layout: PencilLayout, functions: AxisFunctions, workers: Int, mode: PlanningMode) {
    columns = layout.modes / layout.counts[0]
    let axis = layout.axes[0]
    // A quarter of a megabyte, at least a few blocks for the workers to share, and whole vectors.
    let fitting = max(4, (1 << 18) / (8 * layout.width * axis.points))
    let shared = max(4, (columns + 5) / 6)
    let whole = ColumnTransform.padded(layout.width * min(fitting, shared, 64)) / layout.width
    blockColumns = min(columns, whole)
    blocks = (columns + blockColumns - 1) / blockColumns
    full = ColumnTransform(
      axis: axis, functions: functions, width: blockColumns * layout.width, isComplex: layout.isComplex,
      mode: mode)
    let remainder = columns % blockColumns
    rest =
      remainder == 0
      ? nil
      : ColumnTransform(
        axis: axis, functions: functions, width: remainder * layout.width, isComplex: layout.isComplex,
        mode: mode)
    blockLength = axis.points * full.stride
    let length = blockLength + max(full.workLength, rest?.workLength ?? 0)
    storage = (0..<workers).map { _ in AlignedStorage(count: length) }
  }

  /// A worker's block, and the transforms' work space.
  @inline(__always)
  func scratch(_ worker: Int) -> (block: UnsafeMutablePointer<Double>, work: UnsafeMutablePointer<Double>) {
    let block = storage[worker].baseAddress
    return (block, block + blockLength)
  }

  @inline(__always)
  func block(_ number: Int) -> (first: Int, count: Int, transform: ColumnTransform) {
    let first = number * blockColumns
    let count = min(blockColumns, columns - first)
    return (first, count, count == blockColumns ? full : rest!)
  }
}
