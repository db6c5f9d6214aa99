import Arrays

/// Factors (1 + Uᵀ) D (1 + U) of a symmetric matrix, U on the pattern of its upper triangle.
final class IncompleteCholesky<Index: SparseIndex>: Preconditioner {
  let name: String
  let isSymmetric = true
  let isFixed = true
  /// The share of the diagonal that was added to it.
  let shift: Double
  private let upper: SparseMatrix<Index>
  private let reciprocals: AlignedStorage<Double>

  /// The largest shift that is tried: A + 16 diag(A) is dominated by its diagonal.
  private static var largestShift: Double { 16 }

  init(
    _ matrix: SparseMatrix<Index>, name: String, rule: IncompleteElimination.DiagonalRule, shift: Double
  ) throws(LinearSolverError) {
    self.name = name
    let (upper, diagonal) = try IncompleteElimination.upperTriangle(matrix)
    let pivots = AlignedStorage<Double>(count: matrix.rowCount)
    var shift = shift
    var broken: Int?
    while true {
      IncompleteElimination.copyUpper(matrix, into: upper.values)
      for row in 0..<pivots.count { pivots.baseAddress[row] = (1 + shift) * diagonal[row] }
      guard let column = IncompleteElimination.cholesky(upper, pivots, rule) else { break }
      broken = broken ?? column
      shift = max(1e-3, 2 * shift)
      guard shift <= Self.largestShift else { throw .notPositiveDefinite(column: broken ?? column) }
    }
    self.shift = shift
    self.upper = upper
    reciprocals = pivots
    remarks =
      broken.map {
        [
          "\(name): the pivot of column \($0.inWords) was not positive; the diagonal was enlarged by a share of \(shift)"
        ]
      } ?? []
  }

  let remarks: [String]
  var count: Int { upper.rowCount }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    SweepKernels.solve(
      symmetricFactor: upper, reciprocals: reciprocals.baseAddress, residual, into: correction)
  }
}
