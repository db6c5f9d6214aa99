import LinearSolvers
import TestSupport
import Testing

/// Direct methods at the sizes of the model problems.
@Suite struct DirectAccuracyTests {
  /// LDLᵀ by columns of 32³ and QR of it take seconds.
  @Test(arguments: DirectSolverTests.names, [(128, 2), (32, 3)])
  func residualsAreSmall(_ name: String, _ size: (n: Int, dimension: Int)) throws {
    let matrix = ModelMatrices.laplacian(size.n, dimension: size.dimension)
    let solver = try DirectSolverRegistry.solver(named: name)
    let b = DirectSolverLaws.rightHandSide(matrix.rowCount)
    let clock = ContinuousClock()
    let start = clock.now
    let symbolic = try solver.analyze(matrix, options: DirectOptions())
    let t1 = clock.now
    let factors = try symbolic.factorize(matrix)
    let x = try factors.solve(b)
    let residual = DirectSolverLaws.residual(matrix, x, b)
    print(
      "ACC", name, size, residual, t1 - start, clock.now - t1, symbolic.forecast, factors.reciprocalCondition)
    #expect(residual <= 1e-11)
  }
}
