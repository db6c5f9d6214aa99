import Arrays
import Learning
import Testing

@Suite struct LeastSquaresTests {
  private static func rows(_ count: Int, _ columns: Int) -> AlignedStorage<Double> {
    let rows = AlignedStorage<Double>(count: count * (columns + 1))
    let stream = RandomStream(seed: 1, purpose: "rows")
    for index in 0..<rows.count {
      // Columns of very different sizes.
      let scale = index % (columns + 1) == columns ? 1 : 1 / Double(1 + index % (columns + 1))
      rows.baseAddress[index] = scale * stream.normals(at: UInt64(index)).x
    }
    return rows
  }

  /// (JᵀJ + λ) s = −Jᵀr, and the decrease that is promised is that of |J s + r|²; more rows than parameters, fewer, and so many that
  /// blocks are merged.
  @Test(arguments: [(30, 12), (12, 30), (200, 12), (20, 20)], [1e-6, 1e-2, 10])
  func bothFactorizationsSolveTheDampedProblem(_ shape: (Int, Int), _ damping: Double) throws {
    let (count, columns) = shape
    let original = Self.rows(count, columns)
    func row(_ r: Int, _ c: Int) -> Double { original.buffer[r * (columns + 1) + c] }
    for solver in [
      NormalEquations(parameters: columns, workers: Workers(count: 1)) as any DampedLeastSquares,
      OrthogonalLeastSquares(parameters: columns, workers: Workers(count: 2)),
    ] {
      let rows = Self.rows(count, columns)
      solver.factor(rows.baseAddress, count: count, distance: columns + 1)
      var step = Array(repeating: 0.0, count: columns)
      let decrease = solver.solve(damping, into: &step)
      var residual = (0..<count).map { r in
        (0..<columns).reduce(row(r, columns)) { $0 + row(r, $1) * step[$1] }
      }
      let before = (0..<count).reduce(0) { $0 + row($1, columns) * row($1, columns) }
      let after = residual.reduce(0) { $0 + $1 * $1 }
      #expect(abs(before - after - decrease) <= 1e-9 * before, "\(type(of: solver)) \(shape) \(damping)")
      // Jᵀ(J s + r) + λ s = 0.
      for c in 0..<columns {
        let gradient = (0..<count).reduce(damping * step[c]) { $0 + row($1, c) * residual[$1] }
        #expect(abs(gradient) <= 1e-8 * before.squareRoot(), "\(type(of: solver)) \(shape) \(damping)")
      }
      residual = []
      withExtendedLifetime(rows) {}
    }
  }

  /// The residuals of Rosenbrock's function.
  private final class Valley: LeastSquaresModel {
    let parameterCount = 2
    let rowCount = 2
    func loss(at p: UnsafePointer<Double>) -> Double {
      let (a, b) = (10 * (p[1] - p[0] * p[0]), 1 - p[0])
      return a * a + b * b
    }
    func linearize(at p: UnsafePointer<Double>, into rows: UnsafeMutablePointer<Double>, distance: Int)
      -> Double
    {
      let values = [-20 * p[0], 10, 10 * (p[1] - p[0] * p[0]), -1, 0, 1 - p[0]]
      for row in 0..<2 { for column in 0..<3 { rows[row * distance + column] = values[3 * row + column] } }
      return loss(at: p)
    }
  }

  @Test func aCurvedValleyIsFollowedToItsEnd() {
    let method = LevenbergMarquardt(Valley(), workers: Workers(count: 1))
    var parameters = [-1.2, 1]
    var last = Double.infinity
    for _ in 0..<60 {
      let outcome = method.step(&parameters)
      #expect(outcome.loss <= last)
      last = outcome.loss
    }
    #expect(abs(parameters[0] - 1) <= 1e-8)
    #expect(abs(parameters[1] - 1) <= 1e-8)
  }

  /// A saved state goes on bit for bit.
  @Test func stepsGoOnFromSavedNumbers() {
    let (first, second) = (
      LevenbergMarquardt(Valley(), workers: Workers(count: 1)),
      LevenbergMarquardt(Valley(), workers: Workers(count: 1))
    )
    var parameters = [-1.2, 1]
    for _ in 0..<5 { _ = first.step(&parameters) }
    var copy = parameters
    second.stateNumbers = first.stateNumbers
    for _ in 0..<5 {
      _ = first.step(&parameters)
      _ = second.step(&copy)
    }
    #expect(parameters == copy)
  }
}
