import Arrays
import LinearSolvers
import TestSupport
import Testing

@Suite struct BlockSparseMatrixTests {
  /// A rectangular matrix with gaps inside its blocks.
  private func matrix(_ blockSize: Int, _ orientation: MatrixOrientation) -> SparseMatrix<Int> {
    let (rows, columns) = (blockSize * 70, blockSize * 50)
    let stream = RandomStream(seed: 4, purpose: "blocks")
    var list = CoordinateMatrix(rowCount: rows, columnCount: columns)
    for entry in 0..<12 * rows {
      let words = stream.words(at: UInt64(entry))
      list.add(Double(words.z % 100) - 49.5, row: Int(words.x) % rows, column: Int(words.y) % columns)
    }
    return list.compressed(orientation, as: Int.self).matrix
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 8, 9]) func productsAreThoseOfTheNumbers(_ blockSize: Int) throws {
    for orientation in MatrixOrientation.allCases {
      let plain = matrix(blockSize, orientation)
      let blocks = try BlockSparseMatrix(plain, blockSize: blockSize)
      let shared = try BlockSparseMatrix(plain, blockSize: blockSize, workers: Workers(count: 3))
      let numbers = MatrixOperator(plain)
      #expect(blocks.rowCount == plain.rowCount && blocks.columnCount == plain.columnCount)
      func product(_ A: some TransposableOperator, transposed: Bool) -> [Double] {
        let x = (0..<(transposed ? A.rowCount : A.columnCount)).map { Double($0 * 31 % 64) - 20 }
        var y = [Double](repeating: .nan, count: transposed ? A.columnCount : A.rowCount)
        transposed ? A.applyTranspose(x, into: &y) : A.apply(x, into: &y)
        return y
      }
      // Halves of small integers: every order of summation is exact.
      #expect(product(blocks, transposed: false) == product(numbers, transposed: false))
      #expect(product(shared, transposed: false) == product(numbers, transposed: false))
      #expect(product(blocks, transposed: true) == product(numbers, transposed: true))
      let expanded = MatrixOperator(blocks.expanded())
      #expect(product(expanded, transposed: false) == product(numbers, transposed: false))
      plain.forEachEntry { row, column, value in #expect(blocks[row, column] == value) }
    }
  }

  @Test func sizesMustDivide() {
    #expect(throws: LinearSolverError.self) {
      try BlockSparseMatrix(ModelMatrices.laplacian(5, dimension: 1), blockSize: 2)
    }
    #expect(throws: LinearSolverError.self) {
      try BlockSparseMatrix(ModelMatrices.laplacian(5, dimension: 1), blockSize: 0)
    }
  }

  @Test func productsAllocateNothing() throws {
    let blocks = try BlockSparseMatrix(matrix(3, .rows), blockSize: 3)
    let x = AlignedStorage<Double>(count: blocks.columnCount)
    let y = AlignedStorage<Double>(count: blocks.rowCount)
    blocks.apply(x.baseAddress, into: y.baseAddress)
    #expect(allocations { blocks.apply(x.baseAddress, into: y.baseAddress) } == 0)
    #expect(allocations { blocks.applyTranspose(y.baseAddress, into: x.baseAddress) } == 0)
  }
}
