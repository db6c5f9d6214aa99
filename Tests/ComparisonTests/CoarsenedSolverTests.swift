import Arrays
import Comparison
import Learning
import Testing

/// A solver that is wrong by 1/resolution and takes resolution² nanoseconds.
@Suite struct CoarsenedSolverTests {
  private let test = SmallData.pairs(3, width: 4, seed: 20) { $0 }

  private func solver(_ resolutions: [Int]) -> CoarsenedSolver {
    let test = test
    return CoarsenedSolver(resolutions: resolutions) { sample, resolution in
      let target = try SmallData.sample(test, sample).target
      return CoarsenedSolver.Solution(
        prediction: target.map { $0 * (1 + 1 / Double(resolution)) },
        seconds: 1e-9 * Double(resolution * resolution))
    }
  }

  /// Up to twice the cost, or that of the cheapest.
  @Test(arguments: zip([1e-12, 1e-7, 1.27e-7, 1.29e-7, 1.024e-6, 1], [4, 8, 8, 16, 32, 64]))
  func takesTheFinestResolutionOfTheCost(_ seconds: Double, _ expected: Int) throws {
    #expect(try solver([4, 8, 16, 32, 64]).resolution(costing: seconds) == expected)
  }

  @Test func oneResolutionIsTheNearest() throws {
    #expect(try solver([16]).resolution(costing: 1) == 16)
  }

  @Test func reportsItsErrorAgainstTheTargets() throws {
    let report = try solver([4, 8, 16]).report(on: test, costing: 64e-9)
    #expect(abs((report.relativeL2 ?? .nan) - 1 / 8.0) < 1e-12)
    #expect(abs((report.secondsPerSample ?? .nan) - 64e-9) < 1e-15)
    #expect(report.remark == "resolution 8, 1.0 × the operator's cost on one thread")
  }
}
