import Arrays
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct AlgebraicMultigridTests {
  static func randomVector(_ count: Int, _ seed: UInt64 = 0) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "multigrid test")
    return (0..<count).map { stream.normals(at: UInt64($0)).x }
  }

  @Test func printCounts() throws {
    for n in [64, 256] {
      let A = ModelMatrices.laplacian(n, dimension: 2, as: Int32.self)
      let b = Self.randomVector(A.rowCount)
      for (cycle, sweeps) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        for bits in [32, 64] {
          var options = PreconditionerOptions()
          options.parameters = ["cycle": Double(cycle), "sweeps": Double(sweeps), "precision": Double(bits)]
          let M = try SmoothedAggregationKind().make(for: A, options: options)
          let result = ReferencePCG.solve(MatrixOperator(A), b, preconditioner: M)
          print(n, cycle, sweeps, bits, result.counts, result.trueResidual)
          if sweeps == 1 { print(M) }
        }
      }
    }
  }
}
