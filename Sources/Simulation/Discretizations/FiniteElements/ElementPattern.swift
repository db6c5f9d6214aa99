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
      let around = Self.elementsAround(nodes.elementNodes, nodes.nodesPerElement, nodes.count, mesh.elementCount)
      for node in 0..<nodes.count {
        let number = ranges[equation].lowerBound + node
        row.removeAll(keepingCapacity: true)
        for unknown in columns[equation] {
          let others = spaces[unknown].meshNodes
          let width = others.nodesPerElement
          for position in around.starts[node]..<around.starts[node + 1] {
            let own = others.elementNodes.baseAddress + Int(around.elements[position]) * width
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

  /// The elements around every node, one list after the other.
  private static func elementsAround(
    _ elementNodes: AlignedStorage<Int32>, _ width: Int, _ nodeCount: Int, _ elementCount: Int
  ) -> (starts: [Int], elements: [Int32]) {
    var starts = [Int](repeating: 0, count: nodeCount + 1)
    for position in 0..<elementCount * width { starts[Int(elementNodes.baseAddress[position]) + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var elements = [Int32](repeating: 0, count: elementCount * width)
    for position in 0..<elementCount * width {
      let node = Int(elementNodes.baseAddress[position])
      elements[next[node]] = Int32(position / width)
      next[node] += 1
    }
    return (starts, elements)
  }
}

/// A block of element matrices and where its entries belong.
struct ElementBlock {
  let block: FiniteElementTerms.Block
  let rowWidth: Int
  let columnWidth: Int
  /// Elements × rows × columns: positions in the pattern, −1 in rows and columns of prescribed values.
  let positions: AlignedStorage<Int32>

  init(
    _ block: FiniteElementTerms.Block, pattern: SparsityPattern<Int>, spaces: [FiniteElementSpace],
    ranges: [Range<Int>], isPrescribed: [Bool]
  ) {
    self.block = block
    let (rows, columns) = (spaces[block.equation].meshNodes, spaces[block.unknown].meshNodes)
    (rowWidth, columnWidth) = (rows.nodesPerElement, columns.nodesPerElement)
    let elements = rows.mesh.elementCount
    positions = AlignedStorage(count: elements * rowWidth * columnWidth)
    precondition(pattern.nonzeroCount <= Int(Int32.max), "ElementBlock: too many nonzeros for 32-bit positions")
    for element in 0..<elements {
      for a in 0..<rowWidth {
        let row = ranges[block.equation].lowerBound + Int(rows.elementNodes.baseAddress[element * rowWidth + a])
        for b in 0..<columnWidth {
          let column =
            ranges[block.unknown].lowerBound + Int(columns.elementNodes.baseAddress[element * columnWidth + b])
          let position = isPrescribed[row] || isPrescribed[column] ? nil : pattern.position(row: row, column: column)
          positions.baseAddress[(element * rowWidth + a) * columnWidth + b] = Int32(position ?? -1)
        }
      }
    }
  }
}
