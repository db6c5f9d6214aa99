import LinearSolvers
import TestSupport
import Testing

/// Direct methods at the sizes of the model problems.
@Suite struct DirectAccuracyTests {
  @Test(arguments: DirectSolverTests.names, [(128, 2), (32, 3)])
  func residualsAreSmall(_ name: String, _ size: (n: Int, dimension: Int)) throws {
    let matrix = ModelMatrices.laplacian(size.n, dimension: size.dimension)
    let b = DirectSolverLaws.rightHandSide(matrix.rowCount)
    let (x, report) = try DirectSolverRegistry.solver(named: name).solve(matrix, b)
    #expect(report.outcome == .converged)
    #expect(DirectSolverLaws.residual(matrix, x, b) <= 1e-11)
  }
}
