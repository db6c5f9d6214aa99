import Foundation
import LinearSolvers
import TestSupport
import Testing

@Suite struct AutomaticSolverTests {
  private func rightHandSide(_ count: Int) -> [Double] { (0..<count).map { 1 + sin(Double($0)) } }

  /// Solves, and checks what a report promises.
  @discardableResult
  private func solved(
    _ solver: AutomaticSolver, _ matrix: SparseMatrix<Int>, _ b: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> SolveReport {
    let (x, report) = try solver.solve(matrix, b)
    #expect(report.outcome == .converged, "\(report)", sourceLocation: sourceLocation)
    #expect(!report.remarks.isEmpty, sourceLocation: sourceLocation)
    var image = [Double](repeating: 0, count: b.count)
    MatrixOperator(matrix).apply(x, into: &image)
    let left = zip(b, image).reduce(0) { $0 + pow($1.0 - $1.1, 2) }
    let residual = (left / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
    #expect(abs(residual - report.trueResidual) <= 1e-6 * residual + 1e-14, sourceLocation: sourceLocation)
    return report
  }

  /// −Δ less a shift between its eigenvalues.
  private var indefinite: SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: 400, columnCount: 400)
    ModelMatrices.laplacian(20, dimension: 2).forEachEntry { row, column, value in
      list.add(row == column ? value - 1.2345 : value, row: row, column: column)
    }
    return list.compressed().matrix
  }

  @Test func methodsFollowFromTheMatrix() throws {
    let laplacian = ModelMatrices.laplacian(30, dimension: 2)
    #expect(try solved(AutomaticSolver(), laplacian, rightHandSide(900)).method == "cholmod")
    let flow = ModelMatrices.convectionDiffusion(30, speed: 20)
    #expect(["umfpack", "klu"].contains(try solved(AutomaticSolver(), flow, rightHandSide(900)).method))
    // The diagonal is positive, so that only the factorisation tells.
    let report = try solved(AutomaticSolver(), indefinite, rightHandSide(400))
    #expect(report.method == "umfpack")
    #expect(report.remarks.contains { $0.contains("not positive definite") })
    var negative = CoordinateMatrix(rowCount: 2, columnCount: 2)
    for (row, column, value) in [(0, 1, 1.0), (1, 0, 1), (1, 1, -3)] {
      negative.add(value, row: row, column: column)
    }
    #expect(try solved(AutomaticSolver(), negative.compressed().matrix, [1, 2]).method != "cholmod")
  }

  @Test func iterationsTakeOverWhereFactorsDoNotFit() throws {
    var small = AutomaticSolver()
    small.direct.memoryLimit = 1000
    let laplacian = try solved(small, ModelMatrices.laplacian(30, dimension: 2), rightHandSide(900))
    #expect(laplacian.method == "cg" && laplacian.preconditioner?.hasPrefix("amg") == true)
    #expect(laplacian.remarks.contains { $0.contains("MB are allowed") })
    #expect(
      try solved(small, ModelMatrices.convectionDiffusion(30, speed: 20), rightHandSide(900)).method
        == "gmres")
    let other = try solved(small, indefinite, rightHandSide(400))
    #expect(["minres", "gmres"].contains(other.method))
  }

  @Test(arguments: [nil, 1000]) func singularMatricesAreSolvedWithTheirNullSpace(_ memory: Int?) throws {
    let matrix = ModelMatrices.neumannLaplacian(16, dimension: 2)
    var b = rightHandSide(256)
    let mean = b.reduce(0, +) / 256
    for index in b.indices { b[index] -= mean }
    var solver = AutomaticSolver()
    solver.direct.memoryLimit = memory
    solver.iteration.nullSpace = .constants(count: 256)
    let report = try solved(solver, matrix, b)
    #expect(report.method == (memory == nil ? "cholmod" : "cg"))
    // Without its name the matrix is refused.
    #expect(throws: LinearSolverError.self) { try AutomaticSolver().solve(matrix, b) }
  }

  @Test(arguments: [nil, 100]) func leastSquaresAreSolved(_ memory: Int?) throws {
    var list = CoordinateMatrix(rowCount: 60, columnCount: 20)
    for row in 0..<60 {
      list.add(1 + Double(row % 7), row: row, column: row % 20)
      list.add(-0.5, row: row, column: (3 * row + 1) % 20)
    }
    let matrix = list.compressed().matrix
    let exact = (0..<20).map { Double($0) - 7 }
    var b = [Double](repeating: 0, count: 60)
    MatrixOperator(matrix).apply(exact, into: &b)
    var solver = AutomaticSolver()
    solver.direct.memoryLimit = memory
    solver.iteration.tolerance = Tolerance(relative: 1e-12)
    let (x, report) = try solver.solve(matrix, b)
    #expect(report.method == (memory == nil ? "spqr" : "lsmr") && report.outcome == .converged)
    #expect(zip(x, exact).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test(arguments: AutomaticSolver.methodNames) func everyMethodCanBeNamed(_ name: String) throws {
    let report = try solved(
      AutomaticSolver(method: name), ModelMatrices.laplacian(8, dimension: 2), rightHandSide(64))
    #expect(report.method == name && report.remarks.first == "As asked for.")
  }

  @Test(arguments: PreconditionerRegistry.all.map(\.name)) func everyPreconditionerCanBeNamed(_ name: String)
    throws
  {
    // Some need more than a matrix, and say so; `amg` goes by the name of what it chose.
    let matrix = ModelMatrices.laplacian(12, dimension: 2)
    do throws(LinearSolverError) {
      let (_, report) = try AutomaticSolver(preconditioner: name).solve(matrix, rightHandSide(144))
      #expect(report.outcome == .converged && report.preconditioner?.hasPrefix(name) == true)
    } catch {
      guard case .unsupported(let text) = error else { throw error }
      #expect(!text.isEmpty)
    }
  }

  @Test func noConvergenceIsAnOutcome() throws {
    var solver = AutomaticSolver(method: "cg")
    solver.iteration.iterationLimit = 20
    let b = rightHandSide(900)
    let (x, report) = try solver.solve(ModelMatrices.laplacian(30, dimension: 2), b)
    #expect(report.outcome == .iterationLimit && report.iterations == 20)
    #expect(report.trueResidual < 1 && x.contains { $0 != 0 } && report.remedy != nil)
  }

  @Test func badRequestsAreRefused() throws {
    let matrix = ModelMatrices.laplacian(3, dimension: 1)
    func refusal(_ solver: AutomaticSolver, _ matrix: SparseMatrix<Int>, _ b: [Double]) -> String {
      do throws(LinearSolverError) {
        _ = try solver.solve(matrix, b)
        return ""
      } catch { return error.description }
    }
    #expect(refusal(AutomaticSolver(method: "gauss"), matrix, [1, 1, 1]).contains("no method 'gauss'"))
    #expect(
      refusal(AutomaticSolver(preconditioner: "magic"), matrix, [1, 1, 1]).contains("preconditioner 'magic'"))
    #expect(
      refusal(AutomaticSolver(method: "cholmod", preconditioner: "jacobi"), matrix, [1, 1, 1]).contains(
        "takes no"))
    let negative = SparseMatrix<Int>.diagonal([1, -2, 1])
    #expect(
      refusal(AutomaticSolver(method: "gmres", preconditioner: "amg"), negative, [1, 1, 1]).contains(
        "amg needs a positive definite matrix"))
    #expect(refusal(AutomaticSolver(), matrix, [1, 1]).contains("2 numbers instead of 3"))
    #expect(refusal(AutomaticSolver(), matrix, [1, .nan, 1]).contains("row 2 of the right-hand side is nan"))
    #expect(refusal(AutomaticSolver(), .diagonal([1, .infinity, 1]), [1, 1, 1]).contains("is inf"))
    var hollow = CoordinateMatrix(rowCount: 3, columnCount: 3)
    hollow.add(1, row: 0, column: 0)
    hollow.add(1, row: 2, column: 1)
    #expect(
      refusal(AutomaticSolver(), hollow.compressed().matrix, [1, 1, 1]).contains("row 2 (counting from 1)"))
    #expect(
      try AutomaticSolver().solve(CoordinateMatrix(rowCount: 0, columnCount: 0).compressed().matrix, [])
        .solution.isEmpty)
    #expect(try OrderingRegistry.ordering(named: "amd") == .amd)
    #expect(throws: LinearSolverError.self) { try OrderingRegistry.ordering(named: "best") }
  }
}
