import Arrays
import Exchange
import Foundation
import LinearSolvers
import TestSupport
import Testing

@Suite struct MatrixFileTests {
  private func inFolder(_ body: (_ path: (String) -> String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("matrices-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body { folder.appendingPathComponent($0).path }
  }

  private func same(_ one: SparseMatrix<Int>, _ other: SparseMatrix<Int>) -> Bool {
    one.pattern.isEqual(to: other.pattern)
      && one.values.buffer[..<one.nonzeroCount].elementsEqual(other.values.buffer[..<other.nonzeroCount])
  }

  @Test(arguments: ["a.mtx", "a.rb", "a.rua", "a.RSA"]) func matricesAreReadBack(_ name: String) throws {
    try inFolder { path in
      for matrix in [
        ModelMatrices.laplacian(7, dimension: 2), ModelMatrices.convectionDiffusion(6, speed: 3),
      ] {
        try MatrixFile.write(matrix, to: path(name))
        let file = try MatrixFile(path: path(name))
        #expect(same(file.matrix, matrix))
        #expect(file.duplicateCount == 0)
        #expect((file.symmetry == .symmetric) == matrix.isSymmetric())
      }
    }
  }

  @Test func listsAreSummedMirroredAndSorted() throws {
    try inFolder { path in
      let text =
        "%%MatrixMarket matrix coordinate real symmetric\n3 3 5\n3 3 1\n3 1 2\n2 1 4\n3 1 0.5\n1 1 9\n"
      try AtomicFile.write(text, to: path("s.mtx"))
      let file = try MatrixFile(path: path("s.mtx"))
      #expect(file.duplicateCount == 2)
      #expect(file.matrix[0, 2] == 2.5 && file.matrix[2, 0] == 2.5 && file.matrix[0, 1] == 4)
      #expect(file.matrix.nonzeroCount == 6)
    }
    let skew = MatrixEntries(
      rowCount: 2, columnCount: 2, symmetry: .skewSymmetric, rows: [1], columns: [0], values: [3])
    let matrix = try SparseMatrix<Int32>.assembled(from: skew, .columns).matrix
    #expect(matrix[1, 0] == 3 && matrix[0, 1] == -3)
    // A row that is too long for insertion.
    let count = 500
    let order = (0..<count).map { $0 * 77 % count }
    let long = MatrixEntries(
      rowCount: 1, columnCount: count, rows: Array(repeating: 0, count: 2 * count), columns: order + order,
      values: (0..<2 * count).map { Double($0) })
    let (sorted, duplicates) = try SparseMatrix<Int>.assembled(from: long)
    #expect(duplicates == count)
    #expect((0..<count).allSatisfy { sorted[0, order[$0]] == Double(2 * $0 + count) })
  }

  @Test func badListsAndFilesAreRefused() throws {
    let outside = MatrixEntries(rowCount: 2, columnCount: 2, rows: [2], columns: [0], values: [1])
    #expect(throws: LinearSolverError.self) { try SparseMatrix<Int>.assembled(from: outside) }
    let undefined = MatrixEntries(rowCount: 2, columnCount: 2, rows: [1], columns: [0], values: [.nan])
    #expect(throws: LinearSolverError.self) { try SparseMatrix<Int>.assembled(from: undefined) }
    let upper = MatrixEntries(
      rowCount: 2, columnCount: 2, symmetry: .symmetric, rows: [0], columns: [1], values: [1])
    #expect(throws: LinearSolverError.self) { try SparseMatrix<Int>.assembled(from: upper) }
    for name in ["a.txt", "a", "a.mtx.gz", "none.mtx"] {
      #expect(throws: ExchangeError.self, "\(name)") { try MatrixFile(path: "/tmp/\(name)") }
    }
  }
}

@Suite struct MatrixStructureTests {
  @Test func asymmetriesAreFound() throws {
    #expect(ModelMatrices.laplacian(6, dimension: 3).isSymmetric())
    #expect(ModelMatrices.laplacian(6, dimension: 2, as: Int32.self).transposed.isSymmetric())
    #expect(!ModelMatrices.convectionDiffusion(6, speed: 1).isSymmetric())
    func first(_ entries: [(Int, Int, Double)], tolerance: Double = 0) -> [Int]? {
      var list = CoordinateMatrix(rowCount: 4, columnCount: 4)
      for (row, column, value) in entries { list.add(value, row: row, column: column) }
      return list.compressed().matrix.firstAsymmetry(tolerance: tolerance).map { [$0.row, $0.column] }
    }
    #expect(first([(0, 3, 1)]) == [0, 3])
    #expect(first([(3, 0, 1)]) == [3, 0])
    #expect(first([(3, 0, 0)]) == nil)
    #expect(first([(2, 1, 1), (3, 0, 5), (1, 2, 1), (0, 3, 5)]) == nil)
    #expect(first([(2, 1, 1), (1, 2, 1 + 1e-13)], tolerance: 1e-12) == nil)
    #expect(first([(2, 1, 1), (1, 2, 1 + 1e-13)]) == [1, 2])
    // A row whose early entries have no mirror.
    #expect(first([(3, 0, 1), (3, 1, 1), (1, 3, 1), (3, 3, 1)]) != nil)
    #expect(CoordinateMatrix(rowCount: 2, columnCount: 3).compressed().matrix.firstAsymmetry() != nil)
  }

  @Test func propertiesAreThoseOfTheMatrix() {
    let laplacian = MatrixProperties(of: ModelMatrices.laplacian(5, dimension: 2))
    #expect(laplacian.mayBePositiveDefinite && laplacian.isDiagonallyDominant)
    let flow = MatrixProperties(of: ModelMatrices.convectionDiffusion(5, speed: 9, as: Int32.self))
    #expect(!flow.isSymmetric && flow.isDiagonallyDominant && flow.positiveDiagonalCount == 25)
    var list = CoordinateMatrix(rowCount: 3, columnCount: 3)
    list.add(-1, row: 0, column: 0)
    list.add(0, row: 1, column: 2)
    list.add(5, row: 2, column: 0)
    for orientation in MatrixOrientation.allCases {
      let found = MatrixProperties(of: list.compressed(orientation, as: Int.self).matrix)
      #expect(found.emptyRow == 1 && found.emptyColumn == 1 && found.negativeDiagonalCount == 1)
      #expect(!found.isDiagonallyDominant && !found.mayBePositiveDefinite)
    }
    #expect(list.compressed().matrix.diagonalEntries == [-1, 0, 0])
  }
}
