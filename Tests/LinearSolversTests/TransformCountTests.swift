import Arrays
import LinearSolvers
import TestSupport
import Testing

/// Iterations of conjugate gradients with transforms, beside the published tables.
///
/// Tables with random numbers in them were made with NumPy's noise; ours is in `BoxProblem`.
@Suite struct TransformCountTests {
  private func counts(
    _ problem: BoxProblem, _ preconditioner: (any Preconditioner)?, to tolerances: [Double] = [1e-8]
  ) throws -> [Int] {
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: tolerances.min() ?? 1e-8)
    options.nullSpace = problem.nullSpace
    let A = MatrixOperator(problem.matrix)
    let (_, report) = try ConjugateGradients().solve(
      A, problem.rightHandSide, preconditioner: preconditioner, options: options)
    #expect(report.outcome == .converged)
    #expect(report.trueResidual <= options.tolerance.relative)
    return tolerances.map { tolerance in report.history.firstIndex { $0 <= tolerance } ?? .max }
  }

  private func isNear(_ count: Int, _ expected: Int) -> Bool {
    Double(abs(count - expected)) <= max(2, 0.05 * Double(expected))
  }

  /// On the largest box that fits into a test; `ObstacleTableTests` has the others.
  @Test func obstacleCountsAreThePublishedOnes() throws {
    let problem = BoxProblem.obstacle(64)
    let found = try counts(problem, problem.preconditioner(), to: [1e-4, 1e-6, 1e-8, 1e-10])
    #expect(zip(found, [6, 9, 12, 14]).allSatisfy { abs($0 - $1) <= 1 }, "\(found)")
  }

  @Test(arguments: [
    (32, [49, 6], [76, 9]), (64, [98, 9], [149, 13]), (128, [197, 14], [297, 17]),
    (256, [398, 18], [595, 23]),
  ])
  func maskedCountsAreThePublishedOnes(_ n: Int, _ disc: [Int], _ corner: [Int]) throws {
    for (problem, expected) in [(BoxProblem.disc(n), disc), (.corner(n), corner)] {
      #expect(try isNear(counts(problem, problem.preconditioner())[0], expected[1]))
      if n < 256 { #expect(try isNear(counts(problem, nil)[0], expected[0])) }
    }
  }

  /// High contrasts differ by a third between random fields: the published count lies among those of six.
  ///
  /// Per contrast the counts without scaling, with √a, and without preconditioner at 32² and 64²; nil where they ended
  /// at a limit.
  @Test(
    arguments: [
      (2.0, [[11, 12], [10, 10], [125, 258]]), (10, [[27, 31], [18, 18], [168, 382]]),
      (100, [[77, 96], [30, 29], [269, 700]]), (1e4, [[523, 847], [66, 64], [950, nil]]),
    ] as [(Double, [[Int?]])])
  func coefficientCountsSurroundThePublishedOnes(_ contrast: Double, _ published: [[Int?]]) throws {
    for (column, n) in [32, 64].enumerated() {
      let problems = (0..<6).map { BoxProblem.variable(n, contrast: contrast, seed: $0) }
      for (row, expected) in published.enumerated() {
        guard let expected = expected[column] else { continue }
        let found = try problems.map { problem in
          try counts(problem, row == 2 ? nil : problem.preconditioner(isScaled: row == 1))[0]
        }
        let (low, high) = (found.min() ?? 0, found.max() ?? 0)
        #expect(
          low <= expected && expected <= high || isNear(low, expected) || isNear(high, expected),
          "\(n), row \(row): \(found), published \(expected)")
      }
    }
  }

  /// With √a the count does not grow with the mesh.
  @Test(arguments: [10.0, 100, 1e4]) func scaledCountsDoNotGrow(_ contrast: Double) throws {
    let found = try [32, 64, 128].map { n in
      let problem = BoxProblem.variable(n, contrast: contrast)
      return try counts(problem, problem.preconditioner(isScaled: true))[0]
    }
    #expect(found[2] <= found[0] + 2, "\(found)")
  }
}
