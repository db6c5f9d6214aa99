public import Arrays

/// A sparse matrix as an operator, its rows shared by workers.
///
/// The result is the same whatever the number of workers: every row is summed by one of them, in its own order, and
/// dot products are summed by chunks of rows that depend on the matrix alone.
/// The product along the other axis (the transpose of rows) is serial.
public final class MatrixOperator<Index: SparseIndex>: TransposableOperator {
  public let matrix: SparseMatrix<Index>
  public let workers: Workers?
  /// The first row (column) of each chunk, and the number of all.
  let bounds: AlignedStorage<Int>

  /// The operator of a matrix; serial without workers.
  public init(_ matrix: SparseMatrix<Index>, workers: Workers? = nil) {
    self.matrix = matrix
    self.workers = workers
    bounds = Self.bounds(matrix.pattern)
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
    RowKernels.run(.product, matrix, bounds: bounds, workers: workers, x: x, into: y)
  }

  private func scatter(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    y.update(repeating: 0, count: matrix.pattern.minorCount)
    RowKernels.multiplyTranspose(matrix, rows: 0..<matrix.pattern.majorCount, x, adding: y)
  }

  /// Splits the major axis into chunks of about equally many nonzeros, enough to be worth a thread's attention.
  private static func bounds(_ pattern: SparsityPattern<Index>) -> AlignedStorage<Int> {
    let work = 20_000
    let total = pattern.nonzeroCount + pattern.majorCount
    let count = max(1, total / work)
    let bounds = AlignedStorage<Int>(count: count + 1)
    var row = 0
    for chunk in 1...count {
      let target = total / count * chunk
      while row < pattern.majorCount, Int(pattern.starts.baseAddress[row]) + row < target { row += 1 }
      bounds.baseAddress[chunk] = chunk == count ? pattern.majorCount : row
    }
    return bounds
  }
}

extension MatrixOperator: FusedOperator {
  package var partialCount: Int { bounds.count - 1 }

  package func applyDot(
    _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, partials: UnsafeMutablePointer<Double>
  ) -> Double {
    guard matrix.pattern.orientation == .rows else {
      scatter(x, y)
      return (0..<rowCount).reduce(0) { $0 + x[$1] * y[$1] }
    }
    RowKernels.run(.productDot, matrix, bounds: bounds, workers: workers, x: x, into: y, partials: partials)
    return (0..<partialCount).reduce(0) { $0 + partials[$1] }
  }

  package func residual(
    _ x: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into r: UnsafeMutablePointer<Double>,
    partials: UnsafeMutablePointer<Double>
  ) -> Double {
    guard matrix.pattern.orientation == .rows else {
      precondition(UnsafePointer(r) != b, "MatrixOperator: columns cannot be subtracted in place")
      scatter(x, r)
      return (0..<rowCount).reduce(0) { square, row in
        r[row] = b[row] - r[row]
        return square + r[row] * r[row]
      }
    }
    RowKernels.run(
      .residualNorm, matrix, bounds: bounds, workers: workers, x: x, b: b, into: r, partials: partials)
    return (0..<partialCount).reduce(0) { $0 + partials[$1] }
  }
}
