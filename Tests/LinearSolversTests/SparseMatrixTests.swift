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

  /// Rows of every length, against plain sums; products with dot products and residuals alike.
  @Test func fusedProductsAgreeWithPlainSums() throws {
    let count = 3000
    let numbers = normalNumbers(60 * count, "entries")
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      for entry in 0..<row % 41 {
        list.add(numbers[60 * row + entry], row: row, column: (row * 31 + entry * (entry + 7)) % count)
      }
    }
    let matrix = list.compressed(.rows, as: Int32.self).matrix
    let (x, b) = (normalNumbers(count, "x"), normalNumbers(count, "b"))
    var expected = [Double](repeating: 0, count: count)
    matrix.forEachEntry { row, column, value in expected[row] += value * x[column] }
    var dots: Set<Double> = []
    for workers in [nil, Workers(count: 3)] {
      let A = MatrixOperator(matrix, workers: workers)
      var partials = [Double](repeating: 0, count: A.partialCount)
      var y = [Double](repeating: .nan, count: count)
      let dot = A.applyDot(x, into: &y, partials: &partials)
      #expect(relativeDistance(y, expected) < 1e-14)
      let plain = zip(x, expected).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(dot - plain) < 1e-11)
      dots.insert(dot)
      let square = A.residual(x, b, into: &y, partials: &partials)
      #expect(relativeDistance(y, zip(b, expected).map { $0 - $1 }) < 1e-14)
      #expect(abs(square - y.reduce(0) { $0 + $1 * $1 }) < 1e-12 * square)
      #expect(allocations { for _ in 0..<3 { _ = A.applyDot(x, into: &y, partials: &partials) } } == 0)
    }
    #expect(dots.count == 1)
  }
}
