import Foundation
import LinearSolvers
import TestSupport
import Testing

/// The published table of a box with a solid sphere in it (method notes, 1.6), with the noise that it was made with.
@Suite struct ObstacleTableTests {
  /// The first 32³ numbers of `numpy.random.default_rng(0).standard_normal`, as little-endian doubles.
  private static let noise: [Double] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = folder.appendingPathComponent("Snapshots/LinearSolvers/numpy-default_rng-0-normals.f64")
    return ((try? Data(contentsOf: path)) ?? Data()).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }()

  /// Iterations to 1e-4, 1e-6, 1e-8 and 1e-10.
  @Test(
    arguments: [
      (16, nil, [59, 94, 119, 137]), (16, "ic0", [23, 31, 43, 50]), (16, "mic0", [16, 22, 28, 34]),
      (16, "dct", [5, 8, 10, 13]),
      (32, nil, [121, 174, 240, 275]), (32, "ic0", [39, 62, 79, 89]), (32, "mic0", [27, 36, 44, 54]),
      (32, "dct", [6, 9, 11, 14]),
    ] as [(Int, String?, [Int])])
  func countsAreThePublishedOnes(_ n: Int, _ name: String?, _ published: [Int]) throws {
    try #require(Self.noise.count == 32 * 32 * 32)
    let problem = BoxProblem.obstacle(n, noise: Self.noise)
    let preconditioner: (any Preconditioner)? =
      switch name {
      case nil: nil
      case "dct": try problem.preconditioner()
      case let name?: try PreconditionerRegistry.kind(named: name).make(for: problem.matrix, options: .init())
      }
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-10)
    options.nullSpace = problem.nullSpace
    let (_, report) = try ConjugateGradients().solve(
      MatrixOperator(problem.matrix), problem.rightHandSide, preconditioner: preconditioner, options: options)
    let counts = [1e-4, 1e-6, 1e-8, 1e-10].map { tolerance in
      report.history.firstIndex { $0 <= tolerance } ?? .max
    }
    print("\(n) \(name ?? "none") \(counts) \(published)")
    #expect(zip(counts, published).allSatisfy { abs($0 - $1) <= 1 }, "\(counts), published \(published)")
  }
}
