import Arrays

/// Elimination row by row (IKJ) into factors with the pattern of the matrix or with the largest entries.
enum ThresholdElimination {
  /// ILU(0) of a matrix compressed by rows with a full diagonal.
  ///
  /// - Throws: `LinearSolverError.invalidEntry` for a pivot that vanishes.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  static func withoutFill<Index: SparseIndex>(
    _ A: SparseMatrix<Index>
  ) throws(LinearSolverError) -> IncompleteLU<Index>.Factors {
    let count = A.rowCount
    let factors = GrowingFactors<Index>(count: count, capacity: A.nonzeroCount)
    let row = SparseRow(count: count)
    for i in 0..<count {
      row.load(A, row: i)
      // Sorted already, and it stays so: nothing is added.
      for place in 0..<row.size {
        let k = row.columns[place]
        if k >= i { break }
        let multiplier = row.values[k] * factors.reciprocals.baseAddress[k]
        row.values[k] = multiplier
        for position in factors.upper.positions(k) {
          let j = factors.upper.column(position)
          if row.isHeld[j] { row.values[j] -= multiplier * factors.upper.value(position) }
        }
      }
      try factors.append(row, i, row.columns, row.size)
      row.clear()
    }
    return factors.finished
  }

  /// ILUT of a matrix compressed by rows with a full diagonal.
  ///
  /// - Throws: `LinearSolverError.invalidEntry` for a pivot that vanishes.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  static func dropping<Index: SparseIndex>(
    _ A: SparseMatrix<Index>, tolerance: Double, fill: Int
  ) throws(LinearSolverError) -> IncompleteLU<Index>.Factors {
    let count = A.rowCount
    let factors = GrowingFactors<Index>(count: count, capacity: 2 * A.nonzeroCount)
    let row = SparseRow(count: count)
    var pending = MinimumHeap()
    var kept: [Int] = []
    for i in 0..<count {
      row.load(A, row: i)
      let threshold = tolerance * row.norm
      for place in 0..<row.size where row.columns[place] < i { pending.insert(row.columns[place]) }
      while let k = pending.removeLeast() {
        let multiplier = row.values[k] * factors.reciprocals.baseAddress[k]
        // What is dropped as a multiplier eliminates nothing.
        guard abs(multiplier) > threshold || tolerance == 0 else {
          row.values[k] = 0
          continue
        }
        row.values[k] = multiplier
        for position in factors.upper.positions(k) {
          let j = factors.upper.column(position)
          if !row.isHeld[j] {
            row.insert(j)
            if j < i { pending.insert(j) }
          }
          row.values[j] -= multiplier * factors.upper.value(position)
        }
      }
      row.select(&kept, diagonal: i, fill: fill, above: threshold)
      try kept.withUnsafeMutableBufferPointer { kept throws(LinearSolverError) in
        guard let columns = kept.baseAddress else { return }
        try factors.append(row, i, columns, kept.count)
      }
      row.clear()
    }
    return factors.finished
  }
}

/// A row under work: its columns, and its values spread out over all columns.
final class SparseRow {
  let columns: UnsafeMutablePointer<Int>
  let values: UnsafeMutablePointer<Double>
  let isHeld: UnsafeMutablePointer<Bool>
  private(set) var size = 0
  private(set) var norm = 0.0
  private let storage: (AlignedStorage<Int>, AlignedStorage<Double>, AlignedStorage<Bool>)

  init(count: Int) {
    storage = (AlignedStorage(count: count), AlignedStorage(count: count), AlignedStorage(count: count))
    (columns, values, isHeld) = (storage.0.baseAddress, storage.1.baseAddress, storage.2.baseAddress)
  }

  func insert(_ column: Int) {
    isHeld[column] = true
    columns[size] = column
    size += 1
  }

  func load<Index: SparseIndex>(_ A: SparseMatrix<Index>, row: Int) {
    var sum = 0.0
    for position in A.pattern.positions(row) {
      let column = Int(A.pattern.indices.baseAddress[position])
      let value = A.values.baseAddress[position]
      insert(column)
      values[column] = value
      sum += value * value
    }
    norm = sum.squareRoot()
  }

  func clear() {
    for place in 0..<size {
      isHeld[columns[place]] = false
      values[columns[place]] = 0
    }
    size = 0
  }

  /// The columns of the `fill` largest entries on either side of the diagonal, and the diagonal, in order.
  ///
  /// Of equal entries the first are taken.
  func select(_ kept: inout [Int], diagonal: Int, fill: Int, above threshold: Double) {
    kept.removeAll(keepingCapacity: true)
    var (lower, upper) = (0, 0)
    for place in 0..<size {
      let column = columns[place]
      guard column == diagonal || abs(values[column]) > threshold else { continue }
      kept.append(column)
      if column < diagonal { lower += 1 } else if column > diagonal { upper += 1 }
    }
    if lower > fill || upper > fill {
      let values = values
      kept.sort { (abs(values[$0]), $1) > (abs(values[$1]), $0) }
      var left = (lower: fill, upper: fill)
      kept.removeAll { column in
        if column < diagonal { left.lower -= 1 } else if column > diagonal { left.upper -= 1 }
        return column < diagonal ? left.lower < 0 : column > diagonal && left.upper < 0
      }
    }
    kept.sort()
  }
}

/// Distinct numbers, the least first.
private struct MinimumHeap {
  private var items: [Int] = []

  mutating func insert(_ item: Int) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[(child - 1) / 2] > items[child] {
      items.swapAt((child - 1) / 2, child)
      child = (child - 1) / 2
    }
  }

  mutating func removeLeast() -> Int? {
    guard let least = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return least }
    items[0] = last
    var parent = 0
    while 2 * parent + 1 < items.count {
      var child = 2 * parent + 1
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < items[parent] else { break }
      items.swapAt(parent, child)
      parent = child
    }
    return least
  }
}
