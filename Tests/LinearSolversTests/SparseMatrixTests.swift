import Arrays
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct SparseMatrixTests {
  @Test func repeatedEntriesAreSummedAndCounted() throws {
    let list = try CoordinateMatrix(
      rowCount: 2, columnCount: 3, rows: [1, 0, 1, 1], columns: [2, 1, 0, 2], values: [1, 2, 3, 4])
    let (matrix, duplicates) = list.compressed()
    #expect(duplicates == 1)
    #expect(matrix.nonzeroCount == 3)
    #expect(matrix[1, 2] == 5)
    #expect(matrix[0, 0] == 0)
    let byColumns = list.compressed(.columns, as: Int32.self).matrix
    #expect(byColumns[1, 2] == 5)
    #expect(byColumns.transposed[2, 1] == 5)
  }

  @Test func badEntriesAreNamed() {
    #expect(throws: LinearSolverError.invalidEntry(row: 2, column: 0, reason: "is outside the 2 × 2 matrix"))
    {
      try CoordinateMatrix(rowCount: 2, columnCount: 2, rows: [2], columns: [0], values: [1])
    }
    #expect(throws: LinearSolverError.invalidEntry(row: 0, column: 1, reason: "is nan")) {
      try CoordinateMatrix(rowCount: 2, columnCount: 2, rows: [0], columns: [1], values: [.nan])
    }
  }

  @Test(arguments: [1, 2, 3]) func laplacianHasItsStencil(_ dimension: Int) {
    let matrix = ModelMatrices.laplacian(4, dimension: dimension)
    #expect(matrix[0, 0] == Double(2 * dimension))
    #expect(matrix[1, 0] == -1)
    #expect(matrix[3, 4] == 0)
  }

  @Test func neumannRowsSumToZero() {
    let matrix = ModelMatrices.neumannLaplacian(5, dimension: 2)
    var sums = [Double](repeating: 0, count: 25)
    matrix.forEachEntry { row, _, value in sums[row] += value }
    #expect(sums.allSatisfy { $0 == 0 })
  }
}

@Suite struct MatrixOperatorTests {
  /// Rows and columns, serial and shared, wide and compact: the same numbers.
  @Test func productsAgree() throws {
    let wide = ModelMatrices.convectionDiffusion(90, speed: 40)
    let compact = ModelMatrices.convectionDiffusion(90, speed: 40, as: Int32.self)
    let count = wide.rowCount
    let x = (0..<count).map { Double($0 % 17) - 3.25 }
    func product(_ A: some TransposableOperator, transposed: Bool) -> [Double] {
      var y = [Double](repeating: .nan, count: count)
      transposed ? A.applyTranspose(x, into: &y) : A.apply(x, into: &y)
      return y
    }
    let workers = Workers(count: 3)
    let straight = product(MatrixOperator(wide), transposed: false)
    #expect(product(MatrixOperator(wide, workers: workers), transposed: false) == straight)
    #expect(product(MatrixOperator(compact, workers: workers), transposed: false) == straight)
    #expect(product(MatrixOperator(wide.transposed), transposed: true) == straight)
    let across = product(MatrixOperator(wide), transposed: true)
    #expect(product(MatrixOperator(compact.transposed, workers: workers), transposed: false) == across)
    #expect(across != straight)
  }
}
