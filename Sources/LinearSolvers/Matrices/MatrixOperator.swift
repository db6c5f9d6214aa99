public import Arrays

/// A sparse matrix as an operator, its rows shared by workers.
///
/// The result is the same whatever the number of workers: every row is summed by one of them, in its own order.
/// The product along the other axis (the transpose of rows) is serial.
public final class MatrixOperator<Index: SparseIndex>: TransposableOperator {
  public let matrix: SparseMatrix<Index>
  public let workers: Workers?
  /// Rows (columns) of each part; parts have about equally many nonzeros.
  let parts: [Range<Int>]

  /// The operator of a matrix; serial without workers.
  public init(_ matrix: SparseMatrix<Index>, workers: Workers? = nil) {
    self.matrix = matrix
    self.workers = workers
    parts = Self.parts(matrix.pattern, count: workers?.count ?? 1)
  }

  public var rowCount: Int { matrix.rowCount }
  public var columnCount: Int { matrix.columnCount }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    matrix.pattern.orientation == .rows ? gather(x, y) : scatter(x, y)
  }

  public func applyTranspose(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    matrix.pattern.orientation == .rows ? scatter(x, y) : gather(x, y)
  }

  private func gather(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    guard let workers, parts.count > 1 else {
      return RowKernels.multiply(matrix, rows: 0..<matrix.pattern.majorCount, x, into: y)
    }
    nonisolated(unsafe) let (x, y) = (x, y)
    workers.run(chunks: parts.count) { [matrix, parts] chunk, _ in
      RowKernels.multiply(matrix, rows: parts[chunk], x, into: y)
    }
  }

  private func scatter(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    y.update(repeating: 0, count: matrix.pattern.minorCount)
    RowKernels.multiplyTranspose(matrix, rows: 0..<matrix.pattern.majorCount, x, adding: y)
  }

  /// Splits the major axis so that the nonzeros are shared.
  private static func parts(_ pattern: SparsityPattern<Index>, count: Int) -> [Range<Int>] {
    let total = pattern.nonzeroCount + pattern.majorCount
    // Too little work to wake a thread for.
    guard count > 1, total > 20_000 else { return [0..<pattern.majorCount] }
    var parts: [Range<Int>] = []
    var first = 0
    for part in 1...count {
      let target = total * part / count
      var last = part == count ? pattern.majorCount : first
      while last < pattern.majorCount, Int(pattern.starts.baseAddress[last]) + last < target { last += 1 }
      parts.append(first..<last)
      first = last
    }
    return parts
  }
}
