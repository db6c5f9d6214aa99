import LinearSolvers
import TestSupport
import Testing

/// What only Cholesky factors can do.
@Suite struct CholmodFactorizationTests {
  static let forms = CholmodSolver.Form.allCases

  private func factors(
    _ matrix: SparseMatrix<Int>, _ form: CholmodSolver.Form, _ options: DirectOptions = DirectOptions()
  ) throws -> CholmodFactorization {
    let factors = try CholmodSolver(form).analyze(matrix, options: options).factorize(matrix)
    return try #require(factors as? CholmodFactorization)
  }

  private func difference(_ x: [Double], _ y: [Double]) -> Double {
    let size = y.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / size
  }

  /// Three columns with entries here and there.
  private func columns(_ count: Int) -> SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: count, columnCount: 3)
    for (entry, row) in stride(from: 3, to: count, by: count / 7).enumerated() {
      list.add(1 + Double(entry) / 5, row: row, column: entry % 3)
    }
    return list.compressed(.columns).matrix
  }

  private func sum(_ A: SparseMatrix<Int>, _ C: SparseMatrix<Int>) -> SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: A.rowCount, columnCount: A.columnCount)
    A.forEachEntry { list.add($2, row: $0, column: $1) }
    C.forEachEntry { row, column, value in
      C.forEachEntry { other, same, factor in
        if same == column { list.add(value * factor, row: row, column: other) }
      }
    }
    return list.compressed().matrix
  }

  /// By columns 32³ takes seconds.
  @Test(arguments: [
    (CholmodSolver.Form.automatic, 128, 2), (.automatic, 32, 3), (.simplicial, 128, 2), (.simplicial, 16, 3),
    (.supernodal, 128, 2),
  ])
  func updatesAndDowndatesReturn(_ form: CholmodSolver.Form, _ size: Int, _ dimension: Int) throws {
    let matrix = ModelMatrices.laplacian(size, dimension: dimension)
    let b = DirectSolverLaws.rightHandSide(matrix.rowCount)
    let factors = try factors(matrix, form)
    let first = try factors.solve(b)
    let determinant = try #require(factors.logDeterminant).logarithm
    let change = columns(matrix.rowCount)
    try factors.update(change)
    let changed = try factors.solve(b)
    #expect(DirectSolverLaws.residual(sum(matrix, change), changed, b) < 1e-11)
    #expect(difference(changed, first) > 1e-4)
    #expect(!factors.isSupernodal)
    try factors.downdate(change)
    let back = try factors.solve(b)
    #expect(difference(back, first) < 1e-10)
    #expect(abs(try #require(factors.logDeterminant).logarithm / determinant - 1) < 1e-10)
    // Whatever has happened to the factors, these are those of a fresh factorisation.
    try factors.refactorize(matrix)
    #expect(try factors.solve(b) == first)
  }

  @Test(arguments: forms) func updatesByRowsAreTheSame(_ form: CholmodSolver.Form) throws {
    let matrix = ModelMatrices.laplacian(12, dimension: 2)
    let byColumns = columns(144)
    var list = CoordinateMatrix(rowCount: 144, columnCount: 3)
    byColumns.forEachEntry { list.add($2, row: $0, column: $1) }
    let (one, other) = (try factors(matrix, form), try factors(matrix, form))
    try one.update(byColumns)
    try other.update(list.compressed(.rows).matrix)
    let b = DirectSolverLaws.rightHandSide(144)
    #expect(try one.solve(b) == other.solve(b))
    let short = CoordinateMatrix(rowCount: 3, columnCount: 1).compressed().matrix
    #expect(throws: LinearSolverError.wrongLength(what: "a column of the update", count: 3, expected: 144)) {
      try one.update(short)
    }
    // Refused before anything has changed.
    #expect(try one.solve(b) == other.solve(b))
  }

  @Test(arguments: forms) func tooMuchOfADowndateIsRefused(_ form: CholmodSolver.Form) throws {
    let matrix = ModelMatrices.laplacian(8, dimension: 2)
    let factors = try factors(matrix, form)
    var list = CoordinateMatrix(rowCount: 64, columnCount: 1)
    list.add(3, row: 20, column: 0)
    let column = list.compressed(.columns).matrix
    let error = DirectSolverLaws.error { try factors.downdate(column) }
    guard case .notPositiveDefinite = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(DirectSolverLaws.error { _ = try factors.solve(DirectSolverLaws.rightHandSide(64)) } != nil)
    try factors.refactorize(matrix)
    _ = try factors.solve(DirectSolverLaws.rightHandSide(64))
  }

  @Test(arguments: forms) func rowsAreDeletedAndAddedAgain(_ form: CholmodSolver.Form) throws {
    let matrix = ModelMatrices.laplacian(30, dimension: 2)
    let count = matrix.rowCount
    let row = 437
    let factors = try factors(matrix, form)
    let b = DirectSolverLaws.rightHandSide(count)
    let first = try factors.solve(b)
    try factors.deleteRow(row)
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    var entries: [(Int, Double)] = []
    matrix.forEachEntry { i, j, value in
      if i == row { entries.append((j, value)) }
      if (i == row) == (j == row) { list.add(i == row ? 1 : value, row: i, column: j) }
    }
    let deleted = list.compressed().matrix
    #expect(DirectSolverLaws.residual(deleted, try factors.solve(b), b) < 1e-12)
    try factors.addRow(
      row, SparseVector(count: count, indices: entries.map(\.0), values: entries.map(\.1)))
    #expect(difference(try factors.solve(b), first) < 1e-12)
    let again = DirectSolverLaws.error {
      try factors.addRow(row, SparseVector(count: count, indices: [], values: []))
    }
    guard case .unsupported = again else {
      Issue.record("\(String(describing: again))")
      return
    }
  }

  @Test(arguments: forms) func sparseRightHandSidesGiveTheSame(_ form: CholmodSolver.Form) throws {
    // Two boxes that know nothing of each other.
    let box = ModelMatrices.laplacian(10, dimension: 2)
    var list = CoordinateMatrix(rowCount: 200, columnCount: 200)
    box.forEachEntry {
      list.add($2, row: $0, column: $1)
      list.add($2, row: $0 + 100, column: $1 + 100)
    }
    let matrix = list.compressed().matrix
    let factors = try factors(matrix, form)
    for index in [42, 142, 7] {
      let b = try SparseVector(count: 200, indices: [index], values: [2.5])
      let dense = try factors.solve(b.dense)
      let x = try factors.solve(b)
      #expect(x.dense == dense)
      #expect(x.indices.allSatisfy { ($0 < 100) == (index < 100) })
      let part = try factors.partialSolution(b)
      #expect(part.indices.contains(index))
      #expect(part.indices.count < 60)
      for (index, value) in zip(part.indices, part.values) { #expect(abs(value - dense[index]) < 1e-14) }
    }
    #expect(throws: LinearSolverError.wrongLength(what: "the right-hand side", count: 3, expected: 200)) {
      try factors.partialSolution(SparseVector(count: 3, indices: [], values: []))
    }
  }

  @Test(arguments: forms) func selectedInversesAreThoseOfSolves(_ form: CholmodSolver.Form) throws {
    let matrix = ModelMatrices.laplacian(12, dimension: 2)
    let factors = try factors(matrix, form)
    let selected = try factors.selectedInverse(on: matrix.pattern)
    for column in [0, 5, 77, 143] {
      var unit = [Double](repeating: 0, count: 144)
      unit[column] = 1
      let inverse = try factors.solve(unit)
      for row in 0..<144 where matrix[row, column] != 0 {
        #expect(abs(selected[row, column] - inverse[row]) < 1e-14)
      }
    }
    // Of a pattern that the factor does not have.
    var full = CoordinateMatrix(rowCount: 144, columnCount: 144)
    for row in 0..<144 { for column in 0..<144 { full.add(1, row: row, column: column) } }
    guard
      case .unsupported = DirectSolverLaws.error({
        _ = try factors.selectedInverse(on: full.compressed().matrix.pattern)
      })
    else {
      Issue.record("entries outside the pattern of the factor are given")
      return
    }
    // The copy has left the factors as they were.
    let b = DirectSolverLaws.rightHandSide(144)
    #expect(try factors.solve(b) == self.factors(matrix, form).solve(b))
  }

  @Test func steadySolvesAllocateNothing() throws {
    for form in Self.forms {
      let matrix = ModelMatrices.laplacian(20, dimension: 2)
      let factors = try factors(matrix, form)
      let b = DirectSolverLaws.rightHandSide(400)
      var x = [Double](repeating: 0, count: 400)
      try factors.solve(b, into: &x, count: 1)
      let count = try allocations { try factors.solve(b, into: &x, count: 1) }
      #expect(count == 0)
    }
  }

  @Test func determinantsAreRight() throws {
    // det of tridiag(−1, 2, −1) is n + 1.
    let matrix = ModelMatrices.laplacian(50, dimension: 1)
    for name in ["cholmod-simplicial", "cholmod-supernodal", "umfpack", "klu"] {
      let solver = try DirectSolverRegistry.solver(named: name)
      let determinant = try #require(
        try solver.analyze(matrix, options: DirectOptions()).factorize(matrix).logDeterminant)
      #expect(abs(determinant.logarithm - 3.931_825_632_724_326) < 1e-12, "\(name)")
      #expect(determinant.sign == 1)
    }
    // A rotation by a quarter and a reflection: determinants 1 and −1, times 2 and 3.
    for (lower, sign) in [(-2.0, 1.0), (2, -1)] {
      let turned = try CoordinateMatrix(
        rowCount: 2, columnCount: 2, rows: [0, 1], columns: [1, 0], values: [3, lower]
      ).compressed().matrix
      for name in ["umfpack", "klu"] {
        let solver = try DirectSolverRegistry.solver(named: name)
        let determinant = try #require(
          try solver.analyze(turned, options: DirectOptions()).factorize(turned).logDeterminant)
        #expect(determinant.sign == sign, "\(name)")
        #expect(abs(determinant.logarithm - 1.791_759_469_228_055) < 1e-14, "\(name)")
      }
    }
  }
}
