import Arrays

/// The graph of nodes with several unknowns each: norms of the blocks of a matrix.
struct NodeGraph {
  /// √Σ aᵢⱼ² of every block.
  let matrix: SparseMatrix<Int32>
  /// The same of the diagonal blocks.
  let diagonal: AlignedStorage<Double>

  init(_ A: SparseMatrix<Int32>, nodeStarts: [Int32]) {
    let nodeCount = nodeStarts.count - 1
    var nodeOf = [Int32](repeating: 0, count: A.rowCount)
    for node in 0..<nodeCount {
      for unknown in Int(nodeStarts[node])..<Int(nodeStarts[node + 1]) { nodeOf[unknown] = Int32(node) }
    }
    diagonal = AlignedStorage(count: nodeCount)
    let starts = AlignedStorage<Int32>(count: nodeCount + 1)
    var columns: [Int32] = []
    var squares: [Double] = []
    var place = [Int](repeating: -1, count: nodeCount)
    for node in 0..<nodeCount {
      let first = columns.count
      for row in Int(nodeStarts[node])..<Int(nodeStarts[node + 1]) {
        for k in A.pattern.positions(row) {
          let (other, value) = (Int(nodeOf[Int(A.pattern.indices.baseAddress[k])]), A.values.baseAddress[k])
          if place[other] < first {
            place[other] = columns.count
            columns.append(Int32(other))
            squares.append(0)
          }
          squares[place[other]] += value * value
        }
      }
      if place[node] >= first { diagonal.baseAddress[node] = squares[place[node]].squareRoot() }
      starts.baseAddress[node + 1] = Int32(columns.count)
    }
    let indices = AlignedStorage<Int32>(count: columns.count)
    let values = AlignedStorage<Double>(count: columns.count)
    for k in columns.indices {
      indices.baseAddress[k] = columns[k]
      values.baseAddress[k] = squares[k].squareRoot()
    }
    matrix = SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: nodeCount, columnCount: nodeCount, starts: starts, indices: indices),
      values: values)
  }
}
