import Arrays
import Geometry
import LinearSolvers

/// Where the matrix of a form on a mesh has entries: unknowns of one element are coupled.
struct ElementPattern {
  let pattern: SparsityPattern<Int>

  init(_ mesh: Mesh, spaces: [FiniteElementSpace], ranges: [Range<Int>], terms: FiniteElementTerms) {
    let count = ranges.last?.upperBound ?? 0
    let columns = spaces.indices.map { equation in
      terms.blocks.filter { $0.equation == equation }.map(\.unknown).sorted()
    }
    let starts = AlignedStorage<Int>(count: count + 1)
    var indices: [Int] = []
    indices.reserveCapacity(count * 16)
    var mark = [Int](repeating: -1, count: count)
    var row: [Int] = []
    for equation in spaces.indices {
      let nodes = spaces[equation].meshNodes
      let around = Self.elementsAround(nodes)
      let ownWidth = nodes.nodesPerElement
      for node in 0..<nodes.count {
        let number = ranges[equation].lowerBound + node
        row.removeAll(keepingCapacity: true)
        for unknown in columns[equation] {
          let others = spaces[unknown].meshNodes
          let width = others.nodesPerElement
          for position in around.starts[node]..<around.starts[node + 1] {
            let own = others.elementNodes.baseAddress + Int(around.corners[position]) / ownWidth * width
            for local in 0..<width {
              let column = ranges[unknown].lowerBound + Int(own[local])
              if mark[column] != number {
                mark[column] = number
                row.append(column)
              }
            }
          }
        }
        row.sort()
        indices.append(contentsOf: row)
        starts.baseAddress[number + 1] = indices.count
      }
    }
    let storage = AlignedStorage<Int>(count: indices.count)
    _ = storage.buffer.update(fromContentsOf: indices)
    pattern = SparsityPattern(
      unchecked: .rows, rowCount: count, columnCount: count, starts: starts, indices: storage)
  }

  /// The corners of elements at every node, one list after the other: element × nodes per element + local number.
  static func elementsAround(_ nodes: MeshNodes) -> (starts: [Int], corners: [Int32]) {
    let total = nodes.mesh.elementCount * nodes.nodesPerElement
    precondition(total < Int(Int32.max), "ElementPattern: too many elements for 32-bit numbers")
    var starts = [Int](repeating: 0, count: nodes.count + 1)
    for corner in 0..<total { starts[Int(nodes.elementNodes.baseAddress[corner]) + 1] += 1 }
    for node in 0..<nodes.count { starts[node + 1] += starts[node] }
    var next = starts
    var corners = [Int32](repeating: 0, count: total)
    for corner in 0..<total {
      let node = Int(nodes.elementNodes.baseAddress[corner])
      corners[next[node]] = Int32(truncatingIfNeeded: corner)
      next[node] += 1
    }
    return (starts, corners)
  }
}
