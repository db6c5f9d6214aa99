import Arrays

/// A square matrix with its unknowns permuted so that those of one colour are next to each other.
///
/// Rows and columns move together, P A Pᵀ, so that a sweep reads memory in order and a relaxation of the permuted
/// system in its natural order is the multicoloured relaxation of the original one. A copy of the matrix.
public final class ColoredMatrix<Index: SparseIndex>: Sendable {
  public let coloring: Coloring
  /// P A Pᵀ, compressed by rows.
  public let matrix: SparseMatrix<Index>

  /// Permutes a matrix by a colouring; by the greedy one unless given.
  ///
  /// - Throws: `LinearSolverError.notSquare`.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  public init(_ matrix: SparseMatrix<Index>, coloring: Coloring? = nil) throws(LinearSolverError) {
    // Not with `??`: typed errors do not pass through its closure.
    let coloring = if let coloring { coloring } else { try Coloring(greedyFor: matrix.pattern) }
    precondition(
      coloring.order.count == matrix.rowCount,
      "ColoredMatrix: a colouring of \(coloring.order.count) unknowns for \(matrix.rowCount) rows")
    self.coloring = coloring
    self.matrix = Self.permuted(matrix.compressedByRows, coloring.order)
  }

  /// Writes a vector in the order of the colours.
  ///
  /// The two do not overlap.
  public func permute(_ vector: UnsafePointer<Double>, into permuted: UnsafeMutablePointer<Double>) {
    coloring.order.withUnsafeBufferPointer { order in
      for place in order.indices { permuted[place] = vector[order[place]] }
    }
  }

  /// Writes a permuted vector in the original order.
  ///
  /// The two do not overlap.
  public func unpermute(_ permuted: UnsafePointer<Double>, into vector: UnsafeMutablePointer<Double>) {
    coloring.order.withUnsafeBufferPointer { order in
      for place in order.indices { vector[order[place]] = permuted[place] }
    }
  }

  /// Twice transposed, entries come out sorted: rows in the new order first, then new column numbers.
  private static func permuted(_ rows: SparseMatrix<Index>, _ order: [Int]) -> SparseMatrix<Index> {
    let count = rows.rowCount
    var places = [Index](repeating: 0, count: count)
    for (place, unknown) in order.enumerated() { places[unknown] = Index(truncatingIfNeeded: place) }
    let starts = AlignedStorage<Index>(count: count + 1)
    let indices = AlignedStorage<Index>(count: rows.nonzeroCount)
    let values = AlignedStorage<Double>(count: rows.nonzeroCount)
    var next = 0
    for (place, unknown) in order.enumerated() {
      for position in rows.pattern.positions(unknown) {
        indices.baseAddress[next] = places[Int(rows.pattern.indices.baseAddress[position])]
        values.baseAddress[next] = rows.values.baseAddress[position]
        next += 1
      }
      starts.baseAddress[place + 1] = Index(truncatingIfNeeded: next)
    }
    let unsorted = SparsityPattern<Index>(
      unchecked: .rows, rowCount: count, columnCount: count, starts: starts, indices: indices)
    return SparseMatrix(pattern: unsorted, values: values).reoriented().reoriented()
  }
}
