import Arrays
import LinearSolvers
import TestSupport
import Testing

@Suite struct SparseAlgebraTests {
  /// A matrix with about `share` of its entries stored, some rows empty.
  private static func random(_ rows: Int, _ columns: Int, share: Double, seed: UInt64) -> SparseMatrix<Int32>
  {
    let stream = RandomStream(seed: seed, purpose: "sparse algebra")
    var list = CoordinateMatrix(rowCount: rows, columnCount: columns)
    for row in 0..<rows where row % 7 != 3 {
      for column in 0..<columns {
        let numbers = stream.uniforms(at: UInt64(row * columns + column))
        if numbers.x < share { list.add(numbers.y - 0.5, row: row, column: column) }
      }
    }
    return list.compressed(.rows, as: Int32.self).matrix
  }

  private static func dense(_ A: SparseMatrix<Int32>) -> [[Double]] {
    var dense = [[Double]](repeating: [Double](repeating: 0, count: A.columnCount), count: A.rowCount)
    A.forEachEntry { dense[$0][$1] = $2 }
    return dense
  }

  private static func product(_ A: [[Double]], _ B: [[Double]], columns: Int) -> [[Double]] {
    A.map { row in (0..<columns).map { j in row.indices.reduce(0.0) { $0 + row[$1] * B[$1][j] } } }
  }

  private static func distance(_ A: [[Double]], _ B: [[Double]]) -> Double {
    zip(A, B).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? 0
  }

  private static func expectSorted(_ A: SparseMatrix<Int32>) throws {
    _ = try SparsityPattern<Int32>(
      orientation: .rows, rowCount: A.rowCount, columnCount: A.columnCount, starts: A.pattern.starts,
      indices: A.pattern.indices)
  }

  @Test func productsAreThoseOfDenseMatrices() throws {
    let A = Self.random(31, 50, share: 0.2, seed: 1)
    let B = Self.random(50, 44, share: 0.3, seed: 2)
    let C = A.multiplied(by: B)
    try Self.expectSorted(C)
    #expect(Self.distance(Self.dense(C), Self.product(Self.dense(A), Self.dense(B), columns: 44)) < 1e-14)
    let T = A.transposedCopy()
    try Self.expectSorted(T)
    #expect((0..<31).allSatisfy { row in (0..<50).allSatisfy { A[row, $0] == T[$0, row] } })
    let square = Self.random(50, 50, share: 0.2, seed: 3)
    let G = square.galerkinProduct(with: B)
    try Self.expectSorted(G)
    let reference = Self.product(
      Self.dense(B.transposedCopy()), Self.product(Self.dense(square), Self.dense(B), columns: 44),
      columns: 44)
    #expect(Self.distance(Self.dense(G), reference) < 1e-13)
  }

  @Test func emptyMatricesHaveProducts() {
    let A = CoordinateMatrix(rowCount: 3, columnCount: 0).compressed(.rows, as: Int32.self).matrix
    let B = CoordinateMatrix(rowCount: 0, columnCount: 2).compressed(.rows, as: Int32.self).matrix
    let C = A.multiplied(by: B)
    #expect(C.rowCount == 3 && C.columnCount == 2 && C.nonzeroCount == 0)
    #expect(A.transposedCopy().rowCount == 0)
  }

  /// Chunks are summed alike whoever has them: the same bits for any number of workers.
  @Test func workersDoNotChangeAnything() {
    let A = ModelMatrices.convectionDiffusion(150, speed: 40, as: Int32.self)
    let B = A.multiplied(by: A)
    let (T, G) = (B.transposedCopy(), A.galerkinProduct(with: A))
    func isSame(_ a: SparseMatrix<Int32>, _ b: SparseMatrix<Int32>) -> Bool {
      a.pattern.isEqual(to: b.pattern)
        && a.values.buffer[..<a.nonzeroCount].elementsEqual(b.values.buffer[..<b.nonzeroCount])
    }
    for count in [2, 5] {
      let workers = Workers(count: count)
      #expect(isSame(A.multiplied(by: A, workers: workers), B))
      #expect(isSame(B.transposedCopy(workers: workers), T))
      #expect(isSame(A.galerkinProduct(with: A, workers: workers), G))
    }
  }
}
