import Arrays
import CKernels

/// A square matrix with a positive diagonal as I + L + U + E, for sweeps that chunks of rows make independently.
///
/// The matrix is scaled from both sides by `scale`, so that its diagonal is one and sweeps need no divisions. L and U
/// are the triangles of the diagonal blocks of the chunks, E is the rest. What is solved for is x / scale, from
/// scale · b.
final class SplitMatrix: @unchecked Sendable {
  let count: Int
  let nonzeroCount: Int
  let chunks: [Range<Int>]
  let precision: MultigridPrecision
  /// 1 / √d with the diagonal d, enlarged on rows that depend much on other chunks.
  let scale: AlignedStorage<Double>
  /// The diagonal of the matrix as it was given.
  let diagonal: AlignedStorage<Double>
  /// The largest Σⱼ |aᵢⱼ| / aᵢᵢ: a bound on the eigenvalues of D⁻¹A.
  let rowBound: Double
  /// Whether no entry beside the diagonal is positive.
  let hasOnlyNegativeNeighbours: Bool
  let borderRowCount: Int
  private(set) var parts = pvk_split_matrix()
  private var numbers: [AlignedStorage<Int32>] = []
  private var values: [CycleVector] = []

  /// Splits a matrix that is compressed by rows.
  ///
  /// - Throws: `LinearSolverError.notPositiveDefinite` for a diagonal entry that is not positive,
  ///   `.structurallySingular` for an empty row.
  init(_ A: SparseMatrix<Int32>, precision: MultigridPrecision, workers: Workers?) throws(LinearSolverError) {
    count = A.rowCount
    nonzeroCount = A.nonzeroCount
    self.precision = precision
    chunks = RowChunks.ranges(count, minimum: 16_384, maximum: 8)
    scale = AlignedStorage(uninitialized: count)
    diagonal = AlignedStorage(uninitialized: count)
    let measures = Self.measure(A, chunks: chunks, diagonal: diagonal, scale: scale, workers: workers)
    if let row = measures.first(where: { $0.badRow >= 0 })?.badRow {
      throw A.pattern.positions(Int(row)).isEmpty
        ? .structurallySingular(row: Int(row)) : .notPositiveDefinite(column: Int(row))
    }
    rowBound = measures.map(\.ratio).max() ?? 1
    hasOnlyNegativeNeighbours = !measures.contains { $0.hasPositive }
    borderRowCount = measures.reduce(0) { $0 + Int($1.counts.border_rows) }
    fill(A, measures.map(\.counts), workers: workers)
  }

  private struct Measure {
    var counts = pvk_split_counts()
    var ratio = 0.0
    var hasPositive = false
    var badRow: Int32 = -1
  }

  private static func measure(
    _ A: SparseMatrix<Int32>, chunks: [Range<Int>], diagonal: AlignedStorage<Double>,
    scale: AlignedStorage<Double>, workers: Workers?
  ) -> [Measure] {
    var measures = [Measure](repeating: Measure(), count: chunks.count)
    measures.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let results = buffer
      RowChunks.run(chunks.count, workers) { chunk, _ in
        var found = Measure()
        var positive: Int32 = 0
        found.badRow = pvk_split_measure(
          Int32(chunks[chunk].lowerBound), Int32(chunks[chunk].upperBound), A.pattern.starts.baseAddress,
          A.pattern.indices.baseAddress, A.values.baseAddress, diagonal.baseAddress, scale.baseAddress,
          &found.counts, &found.ratio, &positive)
        found.hasPositive = positive != 0
        results[chunk] = found
      }
    }
    return measures
  }

  private func fill(_ A: SparseMatrix<Int32>, _ counts: [pvk_split_counts], workers: Workers?) {
    var offsets = [pvk_split_counts()]
    for (chunk, more) in counts.enumerated() {
      var next = offsets[chunk]
      next.lower += more.lower
      next.upper += more.upper
      next.border += more.border
      next.border_rows += more.border_rows
      offsets.append(next)
    }
    let total = offsets[counts.count]
    func indices(_ count: Int) -> AlignedStorage<Int32> {
      let storage = AlignedStorage<Int32>(uninitialized: count)
      numbers.append(storage)
      return storage
    }
    func entries(_ count: Int32) -> CycleVector {
      let vector = CycleVector(uninitialized: Int(count), precision: precision)
      values.append(vector)
      return vector
    }
    let rows = indices(chunks.count + 1)
    let borders = indices(chunks.count + 1)
    for chunk in 0...chunks.count {
      rows.baseAddress[chunk] = Int32(chunk == chunks.count ? count : chunks[chunk].lowerBound)
      borders.baseAddress[chunk] = offsets[chunk].border_rows
    }
    let (lowerStarts, lowerIndices) = (indices(count + 1), indices(Int(total.lower)))
    let (upperStarts, upperIndices) = (indices(count + 1), indices(Int(total.upper)))
    let (borderRows, borderIndices) = (indices(Int(total.border_rows)), indices(Int(total.border)))
    let borderStarts = indices(Int(total.border_rows) + 1)
    let (lower, upper, border) = (entries(total.lower), entries(total.upper), entries(total.border))
    lowerStarts.baseAddress[count] = total.lower
    upperStarts.baseAddress[count] = total.upper
    borderStarts.baseAddress[Int(total.border_rows)] = total.border
    RowChunks.run(chunks.count, workers) { [self, offsets] chunk, _ in
      let (first, last) = (Int32(chunks[chunk].lowerBound), Int32(chunks[chunk].upperBound))
      switch precision {
      case .single:
        pvk_split_fill_f32(
          first, last, A.pattern.starts.baseAddress, A.pattern.indices.baseAddress, A.values.baseAddress,
          scale.baseAddress, offsets[chunk], lowerStarts.baseAddress, lowerIndices.baseAddress, lower.singles,
          upperStarts.baseAddress, upperIndices.baseAddress, upper.singles, borderRows.baseAddress,
          borderStarts.baseAddress, borderIndices.baseAddress, border.singles)
      case .double:
        pvk_split_fill_f64(
          first, last, A.pattern.starts.baseAddress, A.pattern.indices.baseAddress, A.values.baseAddress,
          scale.baseAddress, offsets[chunk], lowerStarts.baseAddress, lowerIndices.baseAddress, lower.doubles,
          upperStarts.baseAddress, upperIndices.baseAddress, upper.doubles, borderRows.baseAddress,
          borderStarts.baseAddress, borderIndices.baseAddress, border.doubles)
      }
    }
    parts = pvk_split_matrix(
      chunk_rows: rows.baseAddress, lower_starts: lowerStarts.baseAddress,
      lower_indices: lowerIndices.baseAddress, lower_values: lower.raw, upper_starts: upperStarts.baseAddress,
      upper_indices: upperIndices.baseAddress, upper_values: upper.raw, border_chunks: borders.baseAddress,
      border_rows: borderRows.baseAddress, border_starts: borderStarts.baseAddress,
      border_indices: borderIndices.baseAddress, border_values: border.raw)
  }

  /// Bytes held, for the description of a hierarchy.
  var byteCount: Int {
    numbers.reduce(0) { $0 + 4 * $1.count } + values.reduce(0) { $0 + $1.byteCount } + 16 * count
  }
}
