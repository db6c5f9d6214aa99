package import LinearSolvers
import Spectral

/// Matrices with known behaviour that tests of linear solvers share.
package enum ModelMatrices {
  /// The 3, 5 or 7-point Dirichlet Laplacian with `n` interior nodes per axis, scaled so that its entries are
  /// `2 · dimension` and −1.
  package static func laplacian<Index: SparseIndex>(
    _ n: Int, dimension: Int, as index: Index.Type = Int.self
  ) -> SparseMatrix<Index> {
    box(n, dimension: dimension, lower: .dirichlet, upper: .dirichlet, as: index)
  }

  /// The singular cell-centred Neumann Laplacian with `n` cells per axis, scaled alike.
  package static func neumannLaplacian<Index: SparseIndex>(
    _ n: Int, dimension: Int, as index: Index.Type = Int.self
  ) -> SparseMatrix<Index> {
    let axis = PoissonAxis(
      ends: .bounded(lower: .neumann, upper: .neumann), grid: .faces, count: n, length: Double(n))
    return .laplacian(Array(repeating: axis, count: dimension))
  }

  private static func box<Index: SparseIndex>(
    _ n: Int, dimension: Int, lower: EndCondition, upper: EndCondition, as index: Index.Type
  ) -> SparseMatrix<Index> {
    let axis = PoissonAxis(
      ends: .bounded(lower: lower, upper: upper), grid: .nodes, count: n, length: Double(n + 1))
    return .laplacian(Array(repeating: axis, count: dimension))
  }

  /// Upwind differences of −Δu + speed · ∂u/∂x + speed · ∂u/∂y on the unit square, `n` interior nodes per axis,
  /// multiplied by h².
  package static func convectionDiffusion<Index: SparseIndex>(
    _ n: Int, speed: Double, as index: Index.Type = Int.self
  ) -> SparseMatrix<Index> {
    let h = 1 / Double(n + 1)
    var matrix = CoordinateMatrix(rowCount: n * n, columnCount: n * n)
    for i in 0..<n {
      for j in 0..<n {
        let row = i * n + j
        matrix.add(4 + 2 * speed * h, row: row, column: row)
        if i > 0 { matrix.add(-1 - speed * h, row: row, column: row - n) }
        if i < n - 1 { matrix.add(-1, row: row, column: row + n) }
        if j > 0 { matrix.add(-1 - speed * h, row: row, column: row - 1) }
        if j < n - 1 { matrix.add(-1, row: row, column: row + 1) }
      }
    }
    return matrix.compressed(.rows, as: index).matrix
  }
}
