import LinearSolvers
import TestSupport
import Testing

/// Solves with their reports: chosen methods, singular matrices, least squares, refinement.
@Suite struct DirectSolveTests {
  private func rectangular(_ rows: Int, _ columns: Int, _ orientation: MatrixOrientation) -> SparseMatrix<Int>
  {
    var list = CoordinateMatrix(rowCount: rows, columnCount: columns)
    for row in 0..<rows {
      list.add(2 + Double(row % 3), row: row, column: row % columns)
      list.add(Double(row % 5) - 2.5, row: row, column: (row * 7 + 3) % columns)
    }
    return list.compressed(orientation).matrix
  }

  @Test(arguments: DirectSolverTests.names) func reportsSayWhatWasDone(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let matrix = ModelMatrices.laplacian(16, dimension: 2)
    let b = DirectSolverLaws.rightHandSide(256)
    let (x, report) = try solver.solve(matrix, b)
    #expect(report.outcome == .converged)
    #expect(report.method == name)
    #expect(abs(report.trueResidual - DirectSolverLaws.residual(matrix, x, b)) < 1e-15)
    #expect(report.trueResidual < 1e-13)
    #expect(report.setupSeconds > 0 && report.solveSeconds > 0)
    #expect(report.remarks.first?.contains("nonzeros in the factors") == true)
    var bad = b
    bad[7] = .nan
    #expect(try solver.solve(matrix, bad).report.outcome == .notFinite)
    #expect(try solver.solve(matrix, [Double](repeating: 0, count: 256)).report.trueResidual == 0)
    #expect(throws: LinearSolverError.wrongLength(what: "the right-hand side", count: 1, expected: 256)) {
      try solver.solve(matrix, [1])
    }
  }

  @Test(arguments: MatrixOrientation.allCases, [(60, 20), (20, 60)])
  func leastSquaresAndLeastNorm(_ orientation: MatrixOrientation, _ size: (rows: Int, columns: Int)) throws {
    let matrix = rectangular(size.rows, size.columns, orientation)
    let b = DirectSolverLaws.rightHandSide(size.rows)
    let (x, report) = try SpqrSolver().solve(matrix, b)
    #expect(report.outcome == .converged)
    var residual = b
    matrix.forEachEntry { residual[$0] -= $2 * x[$1] }
    if size.rows > size.columns {
      // Orthogonal to the columns.
      var product = [Double](repeating: 0, count: size.columns)
      matrix.forEachEntry { product[$1] += $2 * residual[$0] }
      #expect(product.allSatisfy { abs($0) < 1e-12 })
      #expect(report.trueResidual > 0.1)
    } else {
      // Solved, and in the range of the transpose: x = Aᵀ y with y from least squares.
      #expect(residual.allSatisfy { abs($0) < 1e-12 })
      let y = try SpqrSolver().solve(matrix.transposed, x).solution
      var rest = x
      matrix.forEachEntry { rest[$1] -= $2 * y[$0] }
      #expect(rest.allSatisfy { abs($0) < 1e-12 })
    }
    // Aᵀ x = b of the one is A x = b of the other.
    let options = DirectOptions()
    let factors = try SpqrSolver().analyze(matrix.transposed, options: options).factorize(matrix.transposed)
    let across = try factors.solveTranspose(b)
    #expect(zip(across, x).allSatisfy { abs($0 - $1) < 1e-12 })
    let again = try AutomaticDirectSolver().solve(matrix, b)
    #expect(again.report.method == "spqr")
    #expect(again.solution == x)
  }

  @Test func lessThanFullRankIsSaid() throws {
    var list = CoordinateMatrix(rowCount: 6, columnCount: 3)
    for row in 0..<6 {
      list.add(1, row: row, column: 0)
      list.add(Double(row), row: row, column: 1)
      list.add(2 * Double(row) - 3, row: row, column: 2)
    }
    let matrix = list.compressed().matrix
    let factors = try SpqrSolver().analyze(matrix, options: DirectOptions()).factorize(matrix)
    #expect((factors as? SpqrFactorization)?.rank == 2)
    let (_, report) = try SpqrSolver().solve(matrix, [1, 0, 2, 0, 3, 0])
    #expect(report.outcome == .converged)
    #expect(report.remarks.contains { $0.contains("rank is 2") })
  }

  @Test(arguments: DirectSolverTests.names) func neumannProblemsAreSolved(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let matrix = ModelMatrices.neumannLaplacian(32, dimension: 2)
    let constants = NullSpace.constants(count: 1024)
    let singular = try SingularFactorization(matrix, nullSpace: constants, solver: solver)
    var b = DirectSolverLaws.rightHandSide(1024)
    constants.project(&b)
    let (x, report) = try singular.solve(b)
    #expect(report.outcome == .converged)
    #expect(report.trueResidual < 1e-12)
    #expect(constants.share(of: x) < 1e-14)
    b[0] += 1
    let error = DirectSolverLaws.error { _ = try singular.solve(b) }
    guard case .inconsistent(let defect) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(abs(defect - constants.share(of: b)) < 1e-15)
  }

  @Test func nullSpacesOfSeveralVectors() throws {
    // Two boxes: two constants; naming one of them leaves the matrix singular.
    var list = CoordinateMatrix(rowCount: 200, columnCount: 200)
    ModelMatrices.neumannLaplacian(10, dimension: 2).forEachEntry {
      list.add($2, row: $0, column: $1)
      list.add($2, row: $0 + 100, column: $1 + 100)
    }
    let matrix = list.compressed().matrix
    let ones = [Double](repeating: 1, count: 200)
    let step = (0..<200).map { $0 < 100 ? 1.0 : 0.5 }
    let both = NullSpace(spannedBy: [ones, step])
    let singular = try SingularFactorization(matrix, nullSpace: both)
    #expect(Set(singular.held.map { $0 / 100 }) == [0, 1])
    var b = DirectSolverLaws.rightHandSide(200)
    both.project(&b)
    #expect(try singular.solve(b).report.trueResidual < 1e-13)
    #expect(
      DirectSolverLaws.error {
        _ = try SingularFactorization(matrix, nullSpace: NullSpace(spannedBy: [ones]))
      } != nil)
    let wrong = NullSpace(spannedBy: [(0..<200).map(Double.init)])
    guard
      case .unsupported = DirectSolverLaws.error({ _ = try SingularFactorization(matrix, nullSpace: wrong) })
    else {
      Issue.record("a vector that is not mapped to zero is taken")
      return
    }
  }

  /// The vertex-centred Neumann matrix before its rows are halved: the transpose maps other weights to zero.
  @Test func leftNullSpacesAreTheirOwn() throws {
    let count = 20
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      list.add(2, row: row, column: row)
      list.add(-1, row: row, column: row == 0 ? 1 : row - 1)
      list.add(-1, row: row, column: row == count - 1 ? count - 2 : row + 1)
    }
    let matrix = list.compressed().matrix
    let weights = (0..<count).map { $0 == 0 || $0 == count - 1 ? 0.5 : 1 }
    let left = NullSpace(spannedBy: [weights])
    let singular = try SingularFactorization(
      matrix, nullSpace: .constants(count: count), leftNullSpace: left, solver: UmfpackSolver())
    var b = DirectSolverLaws.rightHandSide(count)
    left.project(&b)
    let (x, report) = try singular.solve(b)
    #expect(report.trueResidual < 1e-13)
    #expect(abs(x.reduce(0, +)) < 1e-12)
  }

  @Test func choicesHaveReasons() throws {
    let automatic = AutomaticDirectSolver()
    func method(_ matrix: SparseMatrix<Int>, _ options: DirectOptions = DirectOptions()) throws
      -> DirectSolverChoice
    {
      let choice = try automatic.choose(for: matrix, options: options).choice
      #expect(!choice.reasons.isEmpty)
      return choice
    }
    let laplacian = ModelMatrices.laplacian(128, dimension: 2)
    #expect(try method(laplacian).method == .direct("cholmod"))
    #expect(try method(ModelMatrices.convectionDiffusion(128, speed: 40)).method == .direct("umfpack"))
    #expect(try method(ModelMatrices.convectionDiffusion(12, speed: 40)).method == .direct("klu"))
    #expect(try method(rectangular(60, 20, .rows)).method == .direct("spqr"))
    var options = DirectOptions()
    options.memoryLimit = 1_000_000
    let small = try method(laplacian, options)
    #expect(small.method == .iterative)
    #expect(small.isSymmetric && small.hasPositiveDiagonal)
    let error = DirectSolverLaws.error { _ = try automatic.factorize(laplacian, options: options) }
    guard case .tooLarge(_, 1_000_000) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    var quick = AutomaticDirectSolver()
    quick.operationLimit = 1e6
    #expect(try quick.choose(for: laplacian).choice.method == .iterative)
  }

  @Test func choleskyGivesWayToLU() throws {
    // Helmholtz: symmetric, positive diagonal, indefinite.
    var list = CoordinateMatrix(rowCount: 900, columnCount: 900)
    ModelMatrices.laplacian(30, dimension: 2).forEachEntry { row, column, value in
      list.add(row == column ? value - 0.7 : value, row: row, column: column)
    }
    let matrix = list.compressed().matrix
    let b = DirectSolverLaws.rightHandSide(900)
    let (x, report) = try AutomaticDirectSolver().solve(matrix, b)
    #expect(report.method == "umfpack")
    #expect(report.remarks.contains { $0.contains("LU instead") })
    #expect(DirectSolverLaws.residual(matrix, x, b) < 1e-11)
    let neumann = ModelMatrices.neumannLaplacian(32, dimension: 2)
    guard case .singular = DirectSolverLaws.error({ _ = try AutomaticDirectSolver().factorize(neumann) })
    else {
      Issue.record("a singular matrix is factorised")
      return
    }
    let constants = NullSpace.constants(count: 1024)
    var consistent = DirectSolverLaws.rightHandSide(1024)
    constants.project(&consistent)
    let named = try AutomaticDirectSolver().solve(neumann, consistent, nullSpace: constants).report
    #expect(named.method == "cholmod" && named.trueResidual < 1e-12)
  }

  /// A matrix whose restricted pivots lose digits, which refinement gets back.
  @Test func refinementGetsDigitsBack() throws {
    let count = 400
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      list.add(row % 2 == 0 ? 2e-3 : 1, row: row, column: row)
      for step in [1, 7, 19] {
        list.add(Double((row * step) % 11) / 6 - 1, row: row, column: (row + step) % count)
        list.add(Double((row * step) % 13) / 7 - 1, row: row, column: (row + count - step) % count)
      }
    }
    let matrix = list.compressed().matrix
    let b = DirectSolverLaws.rightHandSide(count)
    for (name, transposed) in [("klu", false), ("klu", true), ("umfpack", false), ("umfpack", true)] {
      let solver = try DirectSolverRegistry.solver(named: name)
      func residual(_ steps: Int) throws -> Double {
        var options = DirectOptions()
        options.refinementSteps = steps
        let factors = try solver.analyze(matrix, options: options).factorize(matrix)
        let x = transposed ? try factors.solveTranspose(b) : try factors.solve(b)
        return DirectSolverLaws.residual(matrix, x, b, transposed: transposed)
      }
      let (plain, refined) = (try residual(0), try residual(3))
      #expect(refined < 1e-13, "\(name)")
      #expect(plain > 10 * refined, "\(name): \(plain) → \(refined)")
    }
  }

  @Test(arguments: DirectSolverTests.names) func conditionsAreEstimated(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    // ‖A‖₁ = 4; ‖A⁻¹‖₁ = max over columns of the sum of i(n+1−j)/(n+1) = (n+1)²/8.
    for count in [9, 99] {
      let matrix = ModelMatrices.laplacian(count, dimension: 1)
      let factors = try solver.analyze(matrix, options: DirectOptions()).factorize(matrix)
      let exact = Double((count + 1) * (count + 1)) / 2
      let estimate = try factors.estimatedCondition(of: matrix)
      #expect(estimate <= exact * (1 + 1e-12) && estimate > exact / 3)
      #expect(factors.reciprocalCondition > 0.3 / exact && factors.reciprocalCondition <= 1)
    }
  }

  /// Pivots that must move: the bits are those of a fresh factorisation all the same.
  @Test(arguments: ["umfpack", "klu", "spqr"]) func reuseIsExactWherePivotsMove(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let count = 120
    let b = DirectSolverLaws.rightHandSide(count)
    func matrix(_ seed: Int) -> SparseMatrix<Int> {
      var list = CoordinateMatrix(rowCount: count, columnCount: count)
      for row in 0..<count {
        // Every other matrix has a dominant diagonal.
        list.add(seed % 2 == 0 ? 5 : 1e-6, row: row, column: row)
        for step in [1, 5, 11] {
          list.add(Double((row * step + seed * 31) % 17) / 9 - 1, row: row, column: (row + step) % count)
        }
      }
      return list.compressed().matrix
    }
    let factors = try solver.analyze(matrix(0), options: DirectOptions()).factorize(matrix(0))
    for seed in [1, 2, 3, 5, 4, 6, 6] {
      try factors.refactorize(matrix(seed))
      let fresh = try solver.analyze(matrix(seed), options: DirectOptions()).factorize(matrix(seed))
      let x = try fresh.solve(b)
      #expect(try factors.solve(b) == x, "\(seed)")
      #expect(DirectSolverLaws.residual(matrix(seed), x, b) < 1e-9)
    }
  }

  @Test(arguments: DirectSolverTests.names) func oneObjectServesManyTasks(_ name: String) async throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let matrix = ModelMatrices.laplacian(24, dimension: 2)
    let symbolic = try solver.analyze(matrix, options: DirectOptions())
    let factors = try symbolic.factorize(matrix)
    let expected = try (0..<8).map { try factors.solve(DirectSolverLaws.rightHandSide(576, seed: $0)) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          let own = task % 2 == 0 ? factors : try symbolic.factorize(matrix)
          return try own.solve(DirectSolverLaws.rightHandSide(576, seed: task % 8)) == expected[task % 8]
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }

  /// 512²: the Swift layer holds no copy of the matrix, of the analysis, or of the factors.
  @Test func memoryIsThatOfTheBareLibrary() throws {
    let comparison = try DirectBenchmarks.cholmod(ModelMatrices.laplacian(512, dimension: 2), repetitions: 1)
    #expect(comparison.isEqual)
    #expect(Double(comparison.swiftBytes) <= 1.1 * Double(comparison.bareBytes))
    #expect(comparison.bareBytes > 100_000_000)
  }
}
