import LinearSolvers
import TestSupport
import Testing

/// The laws of direct solvers, for every solver of the registry.
@Suite struct DirectSolverTests {
  static let names = DirectSolverRegistry.all.map(\.name)

  /// A small matrix for each solver: symmetric for Cholesky, by rows and by columns otherwise.
  static func laws(_ name: String, size: Int = 20) throws -> [DirectSolverLaws] {
    let solver = try DirectSolverRegistry.solver(named: name)
    let symmetric = ModelMatrices.laplacian(size, dimension: 2)
    guard !solver.requirements.contains(.symmetric) else { return [DirectSolverLaws(solver, symmetric)] }
    let general = ModelMatrices.convectionDiffusion(size, speed: 40)
    return [symmetric, general, general.transposed].map { DirectSolverLaws(solver, $0) }
  }

  @Test(arguments: names) func solves(_ name: String) throws {
    for laws in try Self.laws(name) {
      let residuals = try laws.residuals()
      #expect(residuals.solve < 1e-12)
      #expect(residuals.transposed < 1e-12)
      #expect(residuals.several < 1e-12)
    }
  }

  @Test(arguments: names) func reuseGivesTheSameBits(_ name: String) throws {
    for laws in try Self.laws(name) {
      let answers = try laws.reused()
      #expect(answers.again == answers.fresh)
      #expect(answers.back == answers.first)
      #expect(answers.again != answers.first)
    }
  }

  @Test(arguments: names) func badInputIsRefused(_ name: String) throws {
    for laws in try Self.laws(name, size: 6) {
      let symbolic = try laws.solver.analyze(laws.matrix, options: laws.options)
      let factors = try symbolic.factorize(laws.matrix)
      func error(_ body: () throws -> Void) -> LinearSolverError? { DirectSolverLaws.error(body) }
      #expect(error { _ = try symbolic.factorize(laws.otherPattern) } == .changedPattern)
      #expect(error { try factors.refactorize(laws.otherPattern) } == .changedPattern)
      #expect(
        error { _ = try factors.solve([1, 2]) }
          == .wrongLength(what: "the right-hand side", count: 2, expected: 36))
      for value in [Double.nan, .infinity] {
        let bad = laws.replacing(0, by: value)
        #expect(
          error { _ = try symbolic.factorize(bad) }
            == .invalidEntry(row: 0, column: 0, reason: "is \(value)"))
        // A failure leaves no factors behind, and the next success does.
        #expect(error { try factors.refactorize(bad) } != nil)
        #expect(error { _ = try factors.solve(DirectSolverLaws.rightHandSide(36)) } != nil)
        try factors.refactorize(laws.matrix)
        _ = try factors.solve(DirectSolverLaws.rightHandSide(36))
      }
    }
  }

  @Test(arguments: names) func shapesThatDoNotFitAreRefused(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let wide = CoordinateMatrix(rowCount: 2, columnCount: 3).compressed().matrix
    if !solver.requirements.contains(.transpose) {
      #expect(throws: LinearSolverError.notSquare(rows: 2, columns: 3)) {
        try solver.analyze(wide, options: DirectOptions())
      }
    }
    var options = DirectOptions()
    options.memoryLimit = 10_000
    let matrix = ModelMatrices.laplacian(20, dimension: 2)
    #expect {
      try solver.analyze(matrix, options: options)
    } throws: { error in
      guard case LinearSolverError.tooLarge(let needed, 10_000) = error else { return false }
      return needed > 50_000
    }
  }

  @Test func namesAreFoundAndOthersRefused() throws {
    #expect(Set(Self.names).isSuperset(of: ["cholmod", "cholmod-simplicial", "cholmod-supernodal"]))
    #expect(throws: LinearSolverError.unknownMethod("lu", kind: "direct solver", known: Self.names)) {
      try DirectSolverRegistry.solver(named: "lu")
    }
  }
}
