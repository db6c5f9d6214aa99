import Arrays

/// Elimination row by row (IKJ) into factors with a given pattern or with the largest entries.
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
    var factors = GrowingFactors<Index>(count: count, capacity: A.nonzeroCount)
    var row = SparseRow(count: count)
    for i in 0..<count {
      row.load(A, row: i)
      // Sorted already, and it stays so: nothing is added.
      for place in row.columns.indices {
        let k = row.columns[place]
        if k >= i { break }
        row.values[k] *= factors.reciprocals.baseAddress[k]
        let multiplier = row.values[k]
        for (j, value) in factors.upperRow(k) where row.holds(j) { row.values[j] -= multiplier * value }
      }
      try factors.append(row.columns, row.values, row: i, size: row.norm)
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
    var factors = GrowingFactors<Index>(count: count, capacity: 2 * A.nonzeroCount)
    var row = SparseRow(count: count)
    var pending = MinimumHeap()
    for i in 0..<count {
      row.load(A, row: i)
      let threshold = tolerance * row.norm
      for column in row.columns where column < i { pending.insert(column) }
      while let k = pending.removeLeast() {
        let multiplier = row.values[k] * factors.reciprocals.baseAddress[k]
        // What is dropped as a multiplier eliminates nothing.
        guard abs(multiplier) > threshold || tolerance == 0 else {
          row.values[k] = 0
          continue
        }
        row.values[k] = multiplier
        for (j, value) in factors.upperRow(k) {
          if !row.holds(j) {
            row.insert(j)
            if j < i { pending.insert(j) }
          }
          row.values[j] -= multiplier * value
        }
      }
      let lower = row.largest(fill, above: threshold) { $0 < i }
      let upper = row.largest(fill, above: threshold) { $0 > i }
      try factors.append(lower + [i] + upper, row.values, row: i, size: row.norm)
      row.clear()
    }
    return factors.finished
  }
}

/// A row under work: its columns, and its values spread out over all columns.
private struct SparseRow {
  var columns: [Int] = []
  var values: [Double]
  private var isHeld: [Bool]
  private(set) var norm = 0.0

  init(count: Int) {
    values = [Double](repeating: 0, count: count)
    isHeld = [Bool](repeating: false, count: count)
  }

  func holds(_ column: Int) -> Bool { isHeld[column] }

  mutating func insert(_ column: Int) {
    isHeld[column] = true
    columns.append(column)
  }

  mutating func load<Index: SparseIndex>(_ A: SparseMatrix<Index>, row: Int) {
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

  mutating func clear() {
    for column in columns {
      isHeld[column] = false
      values[column] = 0
    }
    columns.removeAll(keepingCapacity: true)
  }

  /// The columns of the `count` largest entries, in order; of equal ones the first.
  func largest(_ count: Int, above threshold: Double, _ isWanted: (Int) -> Bool) -> [Int] {
    var found = columns.filter { isWanted($0) && abs(values[$0]) > threshold }
    if found.count > count {
      found.sort { (abs(values[$0]), $1) > (abs(values[$1]), $0) }
      found.removeLast(found.count - count)
    }
    return found.sorted()
  }
}

/// Factors to which rows are added.
private struct GrowingFactors<Index: SparseIndex> {
  private var starts: (lower: [Index], upper: [Index]) = ([0], [0])
  private var indices: (lower: [Index], upper: [Index]) = ([], [])
  private var values: (lower: [Double], upper: [Double]) = ([], [])
  let reciprocals: AlignedStorage<Double>

  init(count: Int, capacity: Int) {
    reciprocals = AlignedStorage(count: count)
    starts.lower.reserveCapacity(count + 1)
    starts.upper.reserveCapacity(count + 1)
    indices.lower.reserveCapacity(capacity / 2)
    indices.upper.reserveCapacity(capacity / 2)
    values.lower.reserveCapacity(capacity / 2)
    values.upper.reserveCapacity(capacity / 2)
  }

  /// The entries right of the diagonal of a finished row.
  func upperRow(_ row: Int) -> some Sequence<(Int, Double)> {
    let range = Int(starts.upper[row])..<Int(starts.upper[row + 1])
    return range.lazy.map { (Int(indices.upper[$0]), values.upper[$0]) }
  }

  mutating func append(
    _ columns: [Int], _ row: [Double], row i: Int, size: Double
  ) throws(LinearSolverError) {
    guard abs(row[i]) > 1e-14 * size else {
      throw .invalidEntry(row: i, column: i, reason: "becomes a zero pivot, and rows are not exchanged")
    }
    reciprocals.baseAddress[i] = 1 / row[i]
    for column in columns {
      if column < i {
        indices.lower.append(Index(truncatingIfNeeded: column))
        values.lower.append(row[column])
      } else if column > i {
        indices.upper.append(Index(truncatingIfNeeded: column))
        values.upper.append(row[column])
      }
    }
    starts.lower.append(Index(truncatingIfNeeded: values.lower.count))
    starts.upper.append(Index(truncatingIfNeeded: values.upper.count))
  }

  var finished: IncompleteLU<Index>.Factors {
    IncompleteLU.Factors(
      lower: Self.matrix(starts.lower, indices.lower, values.lower),
      upper: Self.matrix(starts.upper, indices.upper, values.upper), reciprocals: reciprocals)
  }

  private static func matrix(_ starts: [Index], _ indices: [Index], _ values: [Double]) -> SparseMatrix<Index>
  {
    func stored<Element>(_ list: [Element]) -> AlignedStorage<Element> {
      let storage = AlignedStorage<Element>(count: list.count)
      _ = storage.buffer.update(fromContentsOf: list)
      return storage
    }
    let count = starts.count - 1
    let pattern = SparsityPattern<Index>(
      unchecked: .rows, rowCount: count, columnCount: count, starts: stored(starts), indices: stored(indices))
    return SparseMatrix(pattern: pattern, values: stored(values))
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
