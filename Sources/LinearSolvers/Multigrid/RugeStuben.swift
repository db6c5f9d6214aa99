import Arrays
import CKernels

/// Classical algebraic multigrid (Ruge, Stüben, *Algebraic multigrid*, in: McCormick (ed.), *Multigrid Methods*, SIAM
/// 1987): some of the unknowns are those of the coarse level, the others are interpolated from them.
struct RugeStuben: Coarsening {
  let name = "amg-rs"
  /// Entries with −aᵢⱼ ≥ threshold · maxₖ(−aᵢₖ) are strong.
  var threshold: Double
  var hasSecondPass: Bool
  /// Whether fine neighbours are left out of the interpolation.
  var isDirect: Bool

  mutating func prolongation(
    for A: SparseMatrix<Int32>, _ split: SplitMatrix, level: Int, workers: Workers?
  ) -> RowsPieces? {
    let count = A.rowCount
    let strong = AlignedStorage<UInt8>(uninitialized: A.nonzeroCount)
    let (starts, indices, values) = (A.pattern.starts, A.pattern.indices, A.values)
    let chunks = RowChunks.ranges(count, minimum: 8192)
    RowChunks.run(chunks.count, workers) { [threshold] chunk, _ in
      pvk_classical_strength(
        Int32(chunks[chunk].lowerBound), Int32(chunks[chunk].upperBound), starts.baseAddress,
        indices.baseAddress, values.baseAddress, threshold, strong.baseAddress)
    }
    let kinds = AlignedStorage<UInt8>(uninitialized: count)
    let done = pvk_classical_splitting(
      Int32(count), starts.baseAddress, indices.baseAddress, strong.baseAddress, hasSecondPass ? 1 : 0,
      kinds.baseAddress)
    precondition(done != 0, "amg-rs: no memory for a splitting of \(count) unknowns")
    let numbers = AlignedStorage<Int32>(uninitialized: count)
    var coarse: Int32 = 0
    for node in 0..<count {
      numbers.baseAddress[node] = coarse
      coarse += Int32(kinds.baseAddress[node])
    }
    guard coarse > 0 else { return nil }
    let pieces = RowsPieces(
      rowCount: count, columnCount: Int(coarse), expected: 3 * count, workers: workers)
    let markers = (0..<(workers?.count ?? 1)).map { _ in AlignedStorage<Int32>(count: count) }
    pieces.fill { [isDirect] rows, worker, ends, piece in
      pvk_classical_interpolation(
        Int32(rows.lowerBound), Int32(rows.upperBound), starts.baseAddress, indices.baseAddress,
        values.baseAddress, strong.baseAddress, kinds.baseAddress, numbers.baseAddress, isDirect ? 1 : 0,
        markers[worker].baseAddress, ends, piece)
    }
    return pieces
  }
}
