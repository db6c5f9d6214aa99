import Arrays
import Geometry
import LinearSolvers

/// A block of element matrices and where its entries belong.
struct ElementBlock {
  let terms: FiniteElementTerms.Block
  let rowWidth: Int
  let columnWidth: Int
  /// Elements × rows × columns: positions in the pattern; −1 in rows of prescribed values, −2 − position in their columns,
  /// which the mass matrix has and the Jacobian has not.
  let positions: AlignedStorage<Int32>

  init(
    _ terms: FiniteElementTerms.Block, pattern: SparsityPattern<Int>, spaces: [FiniteElementSpace],
    ranges: [Range<Int>], isPrescribed: [Bool]
  ) {
    self.terms = terms
    let (rows, columns) = (spaces[terms.equation].meshNodes, spaces[terms.unknown].meshNodes)
    (rowWidth, columnWidth) = (rows.nodesPerElement, columns.nodesPerElement)
    let size = rowWidth * columnWidth
    let elements = rows.mesh.elementCount
    positions = AlignedStorage(count: elements * size)
    precondition(
      pattern.nonzeroCount < Int(Int32.max) - 2, "ElementBlock: too many nonzeros for 32-bit positions")
    let around = ElementPattern.elementsAround(rows)
    let (firstRow, firstColumn) = (ranges[terms.equation].lowerBound, ranges[terms.unknown].lowerBound)
    // Where the current row has its entry in a column.
    var places = [Int32](repeating: -1, count: columns.count)
    for node in 0..<rows.count {
      let row = firstRow + node
      guard !isPrescribed[row] else {
        for position in around.starts[node]..<around.starts[node + 1] {
          let local = around.corners[position]
          (positions.baseAddress + Int(local) * columnWidth).update(repeating: -1, count: columnWidth)
        }
        continue
      }
      for position in pattern.positions(row) {
        let column = pattern.indices.baseAddress[position] - firstColumn
        if column >= 0, column < columns.count { places[column] = Int32(truncatingIfNeeded: position) }
      }
      for position in around.starts[node]..<around.starts[node + 1] {
        let corner = Int(around.corners[position])
        let own = columns.elementNodes.baseAddress + corner / rowWidth * columnWidth
        let target = positions.baseAddress + corner * columnWidth
        for b in 0..<columnWidth {
          let place = places[Int(own[b])]
          target[b] = isPrescribed[firstColumn + Int(own[b])] ? -2 - place : place
        }
      }
    }
  }
}
