import Arrays

/// How an algebraic hierarchy gets from one level to the next; keeps what it carries along, such as near-null-space
/// vectors.
protocol Coarsening {
  /// The name of the method that a hierarchy made by it has.
  var name: String { get }

  /// The rows of the prolongation P to the unknowns of a level; `nil` where the method finds nothing coarser.
  mutating func prolongation(
    for A: SparseMatrix<Int32>, _ split: SplitMatrix, level: Int, workers: Workers?
  ) -> RowsPieces?
}
