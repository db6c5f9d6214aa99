import Arrays

/// Factors to which rows are added.
final class GrowingFactors<Index: SparseIndex> {
  private let lower: GrowingRows<Index>
  let upper: GrowingRows<Index>
  let reciprocals: AlignedStorage<Double>

  init(count: Int, capacity: Int) {
    lower = GrowingRows(count: count, capacity: capacity / 2 + 1)
    upper = GrowingRows(count: count, capacity: capacity / 2 + 1)
    reciprocals = AlignedStorage(count: count)
  }

  func append(
    _ row: SparseRow, _ i: Int, _ columns: UnsafePointer<Int>, _ count: Int
  ) throws(LinearSolverError) {
    guard abs(row.values[i]) > 1e-14 * row.norm else {
      throw .invalidEntry(row: i, column: i, reason: "becomes a zero pivot, and rows are not exchanged")
    }
    reciprocals.baseAddress[i] = 1 / row.values[i]
    for place in 0..<count {
      let column = columns[place]
      if column < i { lower.append(column, row.values[column]) }
      if column > i { upper.append(column, row.values[column]) }
    }
    lower.endRow(i)
    upper.endRow(i)
  }

  var finished: IncompleteLU<Index>.Factors {
    IncompleteLU.Factors(lower: lower.matrix, upper: upper.matrix, reciprocals: reciprocals)
  }
}

/// Compressed rows to which entries are added at the end.
final class GrowingRows<Index: SparseIndex> {
  private let starts: AlignedStorage<Index>
  private var indices: AlignedStorage<Index>
  private var values: AlignedStorage<Double>
  private var stored = 0

  init(count: Int, capacity: Int) {
    starts = AlignedStorage(count: count + 1)
    indices = AlignedStorage(count: capacity)
    values = AlignedStorage(count: capacity)
  }

  func positions(_ row: Int) -> Range<Int> {
    Int(starts.baseAddress[row])..<Int(starts.baseAddress[row + 1])
  }
  func column(_ position: Int) -> Int { Int(indices.baseAddress[position]) }
  func value(_ position: Int) -> Double { values.baseAddress[position] }

  func append(_ column: Int, _ value: Double) {
    if stored == values.count { grow() }
    indices.baseAddress[stored] = Index(truncatingIfNeeded: column)
    values.baseAddress[stored] = value
    stored += 1
  }

  func endRow(_ row: Int) { starts.baseAddress[row + 1] = Index(stored) }

  private func grow() {
    let (oldIndices, oldValues) = (indices, values)
    indices = AlignedStorage(count: 2 * stored)
    values = AlignedStorage(count: 2 * stored)
    indices.baseAddress.update(from: oldIndices.baseAddress, count: stored)
    values.baseAddress.update(from: oldValues.baseAddress, count: stored)
  }

  var matrix: SparseMatrix<Index> {
    let count = starts.count - 1
    let pattern = SparsityPattern<Index>(
      unchecked: .rows, rowCount: count, columnCount: count, starts: starts, indices: indices)
    return SparseMatrix(pattern: pattern, values: values)
  }
}
