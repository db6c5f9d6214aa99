package import Arrays

/// The system that benchmarks solve: the five-point Laplacian on n × n interior nodes, 4 on its diagonal.
package enum FivePointSystem {
  /// Built in place: the list that `SparseMatrix.laplacian` goes through takes longer than some benchmarks.
  package static func matrix(points n: Int) -> SparseMatrix<Int32> {
    let count = n * n
    let starts = AlignedStorage<Int32>(count: count + 1)
    let indices = AlignedStorage<Int32>(count: 5 * count - 4 * n)
    let values = AlignedStorage<Double>(count: 5 * count - 4 * n)
    var position = 0
    func add(_ column: Int, _ value: Double) {
      indices.baseAddress[position] = Int32(column)
      values.baseAddress[position] = value
      position += 1
    }
    for row in 0..<count {
      let (i, j) = (row / n, row % n)
      if i > 0 { add(row - n, -1) }
      if j > 0 { add(row - 1, -1) }
      add(row, 4)
      if j < n - 1 { add(row + 1, -1) }
      if i < n - 1 { add(row + n, -1) }
      starts.baseAddress[row + 1] = Int32(position)
    }
    return SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: count, columnCount: count, starts: starts, indices: indices),
      values: values)
  }

  /// Numbers between −1 and 1: SplitMix64 of their positions, which other programs make as easily.
  package static func rightHandSide(count: Int) -> AlignedStorage<Double> {
    let b = AlignedStorage<Double>(count: count)
    for position in 0..<count {
      var z = UInt64(position + 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      b.baseAddress[position] = Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
    }
    return b
  }
}
