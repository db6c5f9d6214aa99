import Arrays

/// Near-null-space vectors cut to aggregates and orthonormalised there: T with T·(coarse vectors) = vectors.
///
/// Every aggregate becomes a node of the coarse level with as many unknowns as its part of the vectors has rank:
/// directions that depend on others within an aggregate (few nodes, many modes) are left out.
struct TentativeProlongation {
  let matrix: SparseMatrix<Int32>
  let coarseModes: [[Double]]
  let coarseNodeStarts: [Int32]

  init(_ aggregates: Aggregates, nodeStarts: [Int32]?, modes: [[Double]]) {
    let unknownCount = modes[0].count
    let members = Self.unknowns(of: aggregates, nodeStarts: nodeStarts)
    var starts: [Int32] = [0]
    var coarse = [[Double]](repeating: [], count: modes.count)
    // The columns of every unknown: those of its aggregate, with these entries.
    var entries = [[Double]](repeating: [], count: unknownCount)
    var firsts = [Int32](repeating: 0, count: unknownCount)
    for unknowns in members {
      let (basis, factors) = Self.orthonormalized(modes.map { mode in unknowns.map { mode[$0] } })
      for (position, unknown) in unknowns.enumerated() {
        firsts[unknown] = starts[starts.count - 1]
        entries[unknown] = basis.map { $0[position] }
      }
      for mode in modes.indices { coarse[mode] += factors.map { $0[mode] } }
      starts.append(starts[starts.count - 1] + Int32(basis.count))
    }
    coarseModes = coarse
    coarseNodeStarts = starts
    let total = entries.reduce(0) { $0 + $1.count }
    let rowStarts = AlignedStorage<Int32>(count: unknownCount + 1)
    let indices = AlignedStorage<Int32>(count: total)
    let values = AlignedStorage<Double>(count: total)
    var position = 0
    for unknown in 0..<unknownCount {
      for (offset, value) in entries[unknown].enumerated() {
        indices.baseAddress[position] = firsts[unknown] + Int32(offset)
        values.baseAddress[position] = value
        position += 1
      }
      rowStarts.baseAddress[unknown + 1] = Int32(position)
    }
    matrix = SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: unknownCount, columnCount: Int(starts[starts.count - 1]),
        starts: rowStarts, indices: indices),
      values: values)
  }

  /// The unknowns of every aggregate, in their order.
  private static func unknowns(of aggregates: Aggregates, nodeStarts: [Int32]?) -> [[Int]] {
    var members = [[Int]](repeating: [], count: aggregates.count)
    for node in 0..<aggregates.numbers.count {
      let aggregate = Int(aggregates.numbers.baseAddress[node])
      guard aggregate >= 0 else { continue }
      if let nodeStarts {
        members[aggregate] += Int(nodeStarts[node])..<Int(nodeStarts[node + 1])
      } else {
        members[aggregate].append(node)
      }
    }
    return members
  }

  /// Gram–Schmidt, twice: an orthonormal basis of some vectors and, for each direction, the vectors' parts in it.
  private static func orthonormalized(_ vectors: [[Double]]) -> (basis: [[Double]], factors: [[Double]]) {
    var basis: [[Double]] = []
    var factors: [[Double]] = []
    for (number, vector) in vectors.enumerated() {
      let size = dot(vector, vector).squareRoot()
      var rest = vector
      for _ in 0..<2 {
        for (direction, unit) in basis.enumerated() {
          let part = dot(unit, rest)
          for k in rest.indices { rest[k] -= part * unit[k] }
          factors[direction][number] += part
        }
      }
      let left = dot(rest, rest).squareRoot()
      guard left > 1e-8 * size, left > 0 else { continue }
      basis.append(rest.map { $0 / left })
      var row = [Double](repeating: 0, count: vectors.count)
      row[number] = left
      factors.append(row)
    }
    return (basis, factors)
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices { sum += a[k] * b[k] }
    return sum
  }
}
