public import Arrays
import CKernels

/// Block Jacobi: the inverses of the blocks on the diagonal, `blockSize` unknowns each.
///
/// For systems with several unknowns per node. The inverses are stored, `blockSize` numbers per unknown. The last
/// block is smaller where the size does not divide the number of unknowns.
public struct BlockDiagonalPreconditionerKind: PreconditionerKind {
  public let name = "block-jacobi"
  public let summary = "inverts the blocks on the diagonal, of as many unknowns as a node has"
  public let source = "Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 12.3"
  public let parameters: [MethodParameter] = [
    MethodParameter("blockSize", default: 0, "unknowns per block; 0 for those of a node")
  ]

  public init() {}

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    let given = Int(try value(of: "blockSize", in: options, from: 0...1024))
    let size = given == 0 ? max(1, options.blockSize) : given
    // A zero on the diagonal is as wrong here as elsewhere, although a block might be regular without it.
    let reciprocals = try matrix.reciprocalDiagonal()
    if size == 1 { return DiagonalPreconditioner(name: name, reciprocals: reciprocals) }
    return try BlockDiagonalPreconditioner(matrix, size: size, options)
  }
}

/// Dense inverses along the diagonal.
final class BlockDiagonalPreconditioner: Preconditioner {
  let name = "block-jacobi"
  let count: Int
  let isSymmetric: Bool
  let isFixed = true
  private let size: Int
  /// Full blocks, then a smaller one.
  private let blocks: AlignedStorage<Double>

  init<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, size: Int, _ options: PreconditionerOptions
  ) throws(LinearSolverError) {
    count = matrix.rowCount
    isSymmetric = options.isSymmetric
    self.size = size
    blocks = AlignedStorage(count: count * size)
    for first in stride(from: 0, to: count, by: size) {
      let rows = first..<min(first + size, count)
      let block = rows.map { row in rows.map { matrix[row, $0] } }
      guard var inverse = Self.inverse(block) else { throw .singular(reciprocalCondition: 0) }
      let n = rows.count
      // Rounding must not take the symmetry that is claimed.
      if isSymmetric {
        for i in 0..<n {
          for j in 0..<i { (inverse[i][j], inverse[j][i]) = (inverse[j][i], inverse[j][i]) }
        }
      }
      for i in 0..<n {
        for j in 0..<n { blocks.baseAddress[first * size + i * n + j] = inverse[i][j] }
      }
    }
  }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    let full = count / size
    pvk_block_diagonal_multiply(0, full, size, blocks.baseAddress, residual, correction)
    let done = full * size
    guard done < count else { return }
    pvk_block_diagonal_multiply(
      0, 1, count - done, blocks.baseAddress + done * size, residual + done, correction + done)
  }

  /// Gauss–Jordan elimination with row exchanges; `nil` for a singular block.
  private static func inverse(_ block: [[Double]]) -> [[Double]]? {
    let n = block.count
    var rows = block.indices.map { i in block[i] + (0..<n).map { $0 == i ? 1.0 : 0 } }
    let size = block.joined().reduce(0) { max($0, abs($1)) }
    for column in 0..<n {
      guard let pivot = (column..<n).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-14 * size
      else { return nil }
      rows.swapAt(pivot, column)
      let scale = 1 / rows[column][column]
      for j in 0..<(2 * n) { rows[column][j] *= scale }
      for i in 0..<n where i != column && rows[i][column] != 0 {
        let factor = rows[i][column]
        for j in 0..<(2 * n) { rows[i][j] -= factor * rows[column][j] }
      }
    }
    return rows.map { Array($0[n...]) }
  }
}
