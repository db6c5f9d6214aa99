import Arrays
import Foundation
import LinearSolvers
import TestSupport
import Testing

/// Matrices that cannot be factorised, and that libraries factorise all the same.
@Suite struct DirectFailureTests {
  private func error(
    _ name: String, _ matrix: SparseMatrix<Int>, _ options: DirectOptions = DirectOptions()
  ) throws -> LinearSolverError? {
    let solver = try DirectSolverRegistry.solver(named: name)
    return DirectSolverLaws.error {
      _ = try solver.analyze(matrix, options: options).factorize(matrix)
    }
  }

  private func matrix(_ rows: [[Double]]) -> SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: rows.count, columnCount: rows[0].count)
    for (row, entries) in rows.enumerated() {
      for (column, value) in entries.enumerated() where value != 0 {
        list.add(value, row: row, column: column)
      }
    }
    return list.compressed().matrix
  }

  /// CHOLMOD returns success for some of these, with the status "not positive definite" or without; UMFPACK warns of
  /// none and gives answers of size 1e16.
  @Test(arguments: DirectSolverTests.names, [(50, 1), (32, 2), (128, 2), (256, 2)])
  func neumannMatricesAreRefused(_ name: String, _ size: (n: Int, dimension: Int)) throws {
    // A QR factorisation of 256² has much fill.
    guard name != "spqr" || size.n < 256 else { return }
    let matrix = ModelMatrices.neumannLaplacian(size.n, dimension: size.dimension)
    switch try error(name, matrix) {
    case .singular(let reciprocalCondition): #expect(reciprocalCondition < 1e-11)
    case .notPositiveDefinite: #expect(name.hasPrefix("cholmod"))
    case let other: Issue.record("\(name): \(String(describing: other))")
    }
  }

  /// LDLᵀ exists for it, with a negative pivot; it is not what was asked for.
  @Test(arguments: ["cholmod", "cholmod-simplicial", "cholmod-supernodal"])
  func indefiniteMatricesNameTheColumn(_ name: String) throws {
    for column in [0, 17, 399] {
      var list = CoordinateMatrix(rowCount: 400, columnCount: 400)
      ModelMatrices.laplacian(20, dimension: 2).forEachEntry { list.add($2, row: $0, column: $1) }
      list.add(-20, row: column, column: column)
      #expect(try error(name, list.compressed().matrix) == .notPositiveDefinite(column: column))
    }
    // A zero pivot, and a pattern that cannot be regular.
    #expect(try error(name, matrix([[0, 1], [1, 0]])) != nil)
    #expect(try error(name, matrix([[1, 0, 0], [0, 0, 0], [0, 0, 1]])) == .notPositiveDefinite(column: 1))
  }

  @Test(arguments: ["umfpack", "klu", "spqr"])
  func structurallySingularMatricesNameTheRow(_ name: String) throws {
    // Rows 1, 2 and 4 share two columns; only by counting pairs can one of them be named.
    let shared = matrix([
      [1, 2, 0, 0, 3], [0, 1, 0, 2, 0], [0, 3, 0, 4, 0], [1, 0, 5, 0, 0], [0, 5, 0, 7, 0],
    ])
    for matrix in [shared, byColumns(shared)] {
      guard case .structurallySingular(let row) = try error(name, matrix) else {
        Issue.record("\(name): \(String(describing: try error(name, matrix)))")
        continue
      }
      #expect([1, 2, 4].contains(row))
    }
    let empty = matrix([[1, 0, 2], [0, 0, 0], [3, 0, 4]])
    #expect(try error(name, empty) == .structurallySingular(row: 1))
    #expect(try error(name, byColumns(empty)) == .structurallySingular(row: 1))
    // Singular by its numbers alone.
    guard case .singular = try error(name, matrix([[1, 2], [2, 4]])) else {
      Issue.record("\(name): \(String(describing: try error(name, matrix([[1, 2], [2, 4]]))))")
      return
    }
  }

  private func byColumns(_ matrix: SparseMatrix<Int>) -> SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount)
    matrix.forEachEntry { list.add($2, row: $0, column: $1) }
    return list.compressed(.columns).matrix
  }

  @Test func asymmetryIsNamed() throws {
    let general = ModelMatrices.convectionDiffusion(5, speed: 40)
    guard case .notSymmetric(let row, let column) = try error("cholmod", general) else {
      Issue.record("taken for symmetric")
      return
    }
    #expect(general[row, column] != general[column, row])
    // Stored in one half only: below and above.
    #expect(try error("cholmod", matrix([[2, 1], [0, 2]])) == .notSymmetric(row: 0, column: 1))
    #expect(try error("cholmod", matrix([[2, 0], [1, 2]])) == .notSymmetric(row: 1, column: 0))
    // To rounding it is symmetric; and with the check off one half is taken for both.
    #expect(try error("cholmod", matrix([[2, 1], [1 + 1e-14, 2]])) == nil)
    var options = DirectOptions()
    options.symmetryTolerance = nil
    #expect(try error("cholmod", matrix([[2, 1], [0, 2]]), options) == nil)
  }

  /// Units of 1e−9 and 1e9 do not make a matrix singular.
  @Test(arguments: DirectSolverTests.names) func badScalingIsNotSingular(_ name: String) throws {
    let scales = (0..<100).map { $0 % 2 == 0 ? 1e-9 : 1e9 }
    var list = CoordinateMatrix(rowCount: 100, columnCount: 100)
    ModelMatrices.laplacian(10, dimension: 2).forEachEntry { row, column, value in
      let scale = name.hasPrefix("cholmod") ? scales[row] * scales[column] : scales[row]
      list.add(value * scale, row: row, column: column)
    }
    let solver = try DirectSolverRegistry.solver(named: name)
    // Rows that are multiplied divide the unknowns of the transpose, columns those of the matrix.
    let ones = (0..<100).map { 1 + Double($0 % 3) }
    let divided = zip(ones, scales).map { $0 / $1 }
    for matrix in [list.compressed().matrix, byColumns(list.compressed().matrix)] {
      let factors = try solver.analyze(matrix, options: DirectOptions()).factorize(matrix)
      for transposed in [false, true] {
        let exact = transposed || name.hasPrefix("cholmod") ? divided : ones
        var b = [Double](repeating: 0, count: 100)
        matrix.forEachEntry { row, column, value in
          if transposed { b[column] += value * exact[row] } else { b[row] += value * exact[column] }
        }
        let x = transposed ? try factors.solveTranspose(b) : try factors.solve(b)
        #expect(zip(x, exact).allSatisfy { abs($0 / $1 - 1) < 1e-11 }, "transposed: \(transposed)")
      }
    }
  }

  /// A refusal leaves nothing behind.
  @Test(arguments: DirectSolverTests.names) func factorsCanBeMadeAnewAfterARefusal(_ name: String) throws {
    let regular = ModelMatrices.laplacian(9, dimension: 2)
    var singular = regular
    // Rows 40 and 41 and their columns without their neighbours, and one of each other.
    let (starts, indices) = (regular.pattern.starts, regular.pattern.indices)
    singular.withUnsafeMutableValues { values in
      for row in 0..<81 {
        for position in starts.baseAddress[row]..<starts.baseAddress[row + 1] {
          let column = indices.baseAddress[position]
          guard [40, 41].contains(row) || [40, 41].contains(column) else { continue }
          values[position] = [40, 41].contains(row) && [40, 41].contains(column) ? 1 : 0
        }
      }
    }
    let solver = try DirectSolverRegistry.solver(named: name)
    let factors = try solver.analyze(regular, options: DirectOptions()).factorize(regular)
    let b = DirectSolverLaws.rightHandSide(81)
    let x = try factors.solve(b)
    #expect(throws: LinearSolverError.self) { try factors.refactorize(singular) }
    try factors.refactorize(regular)
    #expect(try factors.solve(b) == x)
  }

  /// D A D is as regular as A, whatever the range of D; and as singular.
  @Test(arguments: ["umfpack", "klu", "spqr"]) func symmetricScalingIsNotSingular(_ name: String) throws {
    let n = name == "spqr" ? 60 : 150
    func scaled(_ matrix: SparseMatrix<Int>) -> SparseMatrix<Int> {
      var list = CoordinateMatrix(rowCount: n * n, columnCount: n * n)
      // Scattered: where neighbours are scaled alike, the pivots of rows that are scaled tell all there is to know.
      func scale(_ index: Int) -> Double { pow(10, 12 * Double(index * 7919 % 10007) / 10006 - 6) }
      matrix.forEachEntry { list.add($2 * scale($0) * scale($1), row: $0, column: $1) }
      return list.compressed().matrix
    }
    let solver = try DirectSolverRegistry.solver(named: name)
    let regular = scaled(ModelMatrices.laplacian(n, dimension: 2))
    var b = [Double](repeating: 0, count: n * n)
    MatrixOperator(regular).apply([Double](repeating: 1, count: n * n), into: &b)
    let factors = try solver.analyze(regular, options: DirectOptions()).factorize(regular)
    #expect(DirectSolverLaws.residual(regular, try factors.solve(b), b) < 1e-12)
    guard case .singular = try error(name, scaled(ModelMatrices.neumannLaplacian(n, dimension: 2))) else {
      Issue.record("\(name) takes a singular matrix")
      return
    }
  }

  /// Diagonal and superdiagonal fall from 1 to 1e−14: rows and columns of very different sizes, all of them independent.
  @Test(arguments: ["umfpack", "klu", "spqr"]) func gradedMatricesAreNotSingular(_ name: String) throws {
    var list = CoordinateMatrix(rowCount: 50, columnCount: 50)
    func size(_ index: Int) -> Double { pow(10, -14 * Double(index) / 49) }
    for row in 0..<50 {
      list.add(size(row), row: row, column: row)
      if row < 49 { list.add(0.5 * size(row), row: row, column: row + 1) }
    }
    let matrix = list.compressed().matrix
    let exact = (0..<50).map { 1 + Double($0 % 5) }
    var b = [Double](repeating: 0, count: 50)
    MatrixOperator(matrix).apply(exact, into: &b)
    let solver = try DirectSolverRegistry.solver(named: name)
    let x = try solver.analyze(matrix, options: DirectOptions()).factorize(matrix).solve(b)
    #expect(zip(x, exact).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test(arguments: DirectSolverTests.names) func orderings(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let matrix = ModelMatrices.laplacian(24, dimension: 2)
    let b = DirectSolverLaws.rightHandSide(576)
    let reversed = Array((0..<576).reversed())
    var fill: [String: Double] = [:]
    for ordering in [Ordering.natural, .amd, .colamd, .metis, .nestedDissection, .given(reversed)] {
      var options = DirectOptions()
      options.ordering = ordering
      let isRefused =
        switch ordering {
        case .colamd: name.hasPrefix("cholmod")
        case .given: name == "spqr"
        default: false
        }
      if isRefused {
        guard case .unsupported = try error(name, matrix, options) else {
          Issue.record("\(name) takes \(ordering)")
          continue
        }
        continue
      }
      let symbolic = try solver.analyze(matrix, options: options)
      fill["\(ordering)"] = symbolic.forecast.nonzeros
      #expect(symbolic.forecast.ordering == "\(ordering)")
      #expect(symbolic.forecast.operations > symbolic.forecast.nonzeros)
      #expect(symbolic.forecast.bytes >= 8 * symbolic.forecast.nonzeros)
      let x = try symbolic.factorize(matrix).solve(b)
      #expect(DirectSolverLaws.residual(matrix, x, b) < 1e-12)
    }
    let natural = try #require(fill["natural"])
    for better in ["amd", "metis", "nested dissection"] {
      #expect(try #require(fill[better]) < 0.8 * natural, "\(name), \(better): \(fill)")
    }
    for bad in [[0, 1], Array(repeating: 3, count: 576)] {
      var options = DirectOptions()
      options.ordering = .given(bad)
      #expect(try error(name, matrix, options) != nil)
    }
  }
}
