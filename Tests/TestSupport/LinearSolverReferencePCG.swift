package import LinearSolvers

/// A plain preconditioned conjugate gradient method for tests of preconditioners: independent of the library's own.
package enum ReferencePCG {
  package struct Result {
    /// Iterations to each tolerance, in order; `nil` where it was not reached.
    package var counts: [Int?]
    package var solution: [Double]
    /// ‖b − A x‖ / ‖b‖ at the end, computed anew.
    package var trueResidual: Double
  }

  /// Solves A x = b from zero down to the smallest of some relative tolerances of the recursive residual.
  package static func solve(
    _ A: any LinearOperator, _ b: [Double], preconditioner: (any Preconditioner)?,
    tolerances: [Double] = [1e-8],
    nullSpace: NullSpace? = nil, limit: Int = 2000
  ) -> Result {
    let count = b.count
    var (x, r, z) = ([Double](repeating: 0, count: count), b, [Double](repeating: 0, count: count))
    var (p, q) = (z, z)
    project(nullSpace, &r)
    let size = dot(r, r).squareRoot()
    var counts = [Int?](repeating: nil, count: tolerances.count)
    var rho = 0.0
    for iteration in 1...limit {
      if let preconditioner { preconditioner.apply(r, into: &z) } else { z = r }
      project(nullSpace, &z)
      let next = dot(r, z)
      for i in 0..<count { p[i] = z[i] + (iteration == 1 ? 0 : next / rho * p[i]) }
      rho = next
      A.apply(p, into: &q)
      let alpha = rho / dot(p, q)
      for i in 0..<count {
        x[i] += alpha * p[i]
        r[i] -= alpha * q[i]
      }
      project(nullSpace, &r)
      let relative = dot(r, r).squareRoot() / size
      for index in tolerances.indices where counts[index] == nil && relative <= tolerances[index] {
        counts[index] = iteration
      }
      if !counts.contains(where: { $0 == nil }) || !relative.isFinite { break }
    }
    A.apply(x, into: &q)
    var rest = zip(b, q).map { $0 - $1 }
    project(nullSpace, &rest)
    return Result(counts: counts, solution: x, trueResidual: dot(rest, rest).squareRoot() / size)
  }

  private static func project(_ nullSpace: NullSpace?, _ vector: inout [Double]) {
    guard let nullSpace else { return }
    vector.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { nullSpace.project(base) }
    }
  }

  package static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
