import Arrays
import CKernels

/// Smoothed aggregation (Vaněk, Mandel, Brezina, *Algebraic multigrid by smoothed aggregation for second and fourth
/// order elliptic problems*, Computing 56, 1996).
///
/// Strongly connected nodes are gathered into aggregates; near-null-space vectors cut to the aggregates and
/// orthonormalised are the tentative prolongation T; P = (I − ω D⁻¹ A_F) T with ω = 4/3 over an estimate of the
/// spectral radius, where A_F is A with its weak entries moved to the diagonal.
struct SmoothedAggregation: Coarsening {
  let name = "amg-sa"
  /// Entries with |aᵢⱼ| ≤ threshold √(aᵢᵢ aⱼⱼ) are weak on the finest level; half of it on the next, and so on.
  var threshold: Double
  /// Vectors of the present level, one after the other.
  private var modes: [[Double]]
  /// The first unknown of every node and the number of unknowns; `nil` where every unknown is a node.
  private var nodeStarts: [Int32]?

  /// - Parameters:
  ///   - modes: what the matrix maps nearly to zero; constants (of each component) if empty.
  ///   - blockSize: unknowns per node, numbered node after node.
  init(count: Int, threshold: Double, modes: [[Double]], blockSize: Int) {
    self.threshold = threshold
    self.modes = modes
    if modes.isEmpty, blockSize > 1 {
      self.modes = (0..<blockSize).map { component in
        (0..<count).map { $0 % blockSize == component ? 1 : 0 }
      }
    }
    nodeStarts =
      blockSize > 1 ? stride(from: 0, through: count, by: blockSize).map { Int32($0) } : nil
  }

  mutating func prolongation(
    for A: SparseMatrix<Int32>, _ split: SplitMatrix, level: Int, workers: Workers?
  ) -> RowsPieces? {
    let threshold = level == 0 ? threshold : threshold * Double(sign: .plus, exponent: -level, significand: 1)
    let omega = 4 / 3 / SpectralBound.estimate(A, split, isFinest: level == 0, workers: workers)
    let aggregates: Aggregates
    if let nodeStarts {
      let graph = NodeGraph(A, nodeStarts: nodeStarts)
      aggregates = Aggregates(graph.matrix, diagonal: graph.diagonal, threshold: threshold)
    } else {
      aggregates = Aggregates(A, diagonal: split.diagonal, threshold: threshold)
    }
    guard aggregates.count > 0 else { return nil }
    if nodeStarts == nil, modes.count <= 1 {
      return scalarProlongation(A, split, aggregates, threshold, omega, workers)
    }
    if modes.isEmpty { modes = [[Double](repeating: 1, count: A.rowCount)] }
    let tentative = TentativeProlongation(aggregates, nodeStarts: nodeStarts, modes: modes)
    let smoother = jacobi(A, split, threshold, omega)
    (modes, nodeStarts) = (tentative.coarseModes, tentative.coarseNodeStarts)
    return smoother.product(
      with: tentative.matrix, sorted: false, expected: 2 * tentative.matrix.nonzeroCount, workers: workers)
  }

  private mutating func scalarProlongation(
    _ A: SparseMatrix<Int32>, _ split: SplitMatrix, _ aggregates: Aggregates, _ threshold: Double,
    _ omega: Double, _ workers: Workers?
  ) -> RowsPieces {
    let mode = modes.first
    let norms = aggregates.norms(of: mode)
    modes = [norms]
    let inverses = norms.map { $0 > 0 ? 1 / $0 : 0 }
    let pieces = RowsPieces(
      rowCount: A.rowCount, columnCount: aggregates.count, expected: 5 * A.rowCount / 2, workers: workers)
    pieces.fill { [numbers = aggregates.numbers] rows, _, ends, piece in
      pvk_smooth_prolongator(
        Int32(rows.lowerBound), Int32(rows.upperBound), A.pattern.starts.baseAddress,
        A.pattern.indices.baseAddress, A.values.baseAddress, split.diagonal.baseAddress, threshold, omega,
        numbers.baseAddress, mode, inverses, ends, piece)
    }
    return pieces
  }

  /// I − ω D⁻¹ A_F on the pattern of A.
  private func jacobi(
    _ A: SparseMatrix<Int32>, _ split: SplitMatrix, _ threshold: Double, _ omega: Double
  ) -> SparseMatrix<Int32> {
    var S = SparseMatrix<Int32>(pattern: A.pattern)
    let (starts, indices, values) = (
      A.pattern.starts.baseAddress, A.pattern.indices.baseAddress, A.values.baseAddress
    )
    let diagonal = split.diagonal.baseAddress
    S.withUnsafeMutableValues { smoothed in
      for row in 0..<A.rowCount {
        var lumped = diagonal[row]
        var own = -1
        for k in Int(starts[row])..<Int(starts[row + 1]) {
          let column = Int(indices[k])
          if column == row {
            own = k
          } else if values[k] * values[k] <= threshold * threshold * diagonal[row] * diagonal[column] {
            lumped += values[k]
          } else {
            smoothed[k] = -omega * values[k]
          }
        }
        if lumped <= 0 { lumped = diagonal[row] }
        for k in Int(starts[row])..<Int(starts[row + 1]) { smoothed[k] /= lumped }
        if own >= 0 { smoothed[own] = 1 - omega }
      }
    }
    return S
  }
}
