package import Arrays
package import LinearSolvers
package import Testing

/// What holds for every preconditioner that conjugate gradients may be given.
package enum MultigridLaws {
  /// Checks that a preconditioner is linear, symmetric and positive, allocates nothing when it is applied, and is the
  /// same for any number of workers.
  ///
  /// - Parameters:
  ///   - tolerance: relative; cycles in single precision are symmetric to about 1e-6.
  ///   - nullSpace: what is projected out of the vectors of a singular matrix.
  package static func check(
    count: Int, tolerance: Double, nullSpace: NullSpace? = nil, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation, make: (Workers?) throws -> any Preconditioner
  ) rethrows {
    let M = try make(nil)
    #expect(M.count == count, sourceLocation: sourceLocation)
    func projected(_ seed: UInt64) -> [Double] {
      var x = MultigridModels.normals(count, seed: seed)
      x.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { nullSpace?.project(base) } }
      return x
    }
    let (x, y) = (projected(1), projected(2))
    var (Mx, My, Mz) = (x, x, x)
    M.apply(x, into: &Mx)
    M.apply(y, into: &My)
    let dot = ReferencePCG.dot
    let size = (dot(Mx, Mx) * dot(y, y)).squareRoot()
    #expect(
      abs(dot(y, Mx) - dot(x, My)) <= tolerance * size, "\(name): symmetric", sourceLocation: sourceLocation)
    #expect(dot(x, Mx) > 0 && dot(y, My) > 0, "\(name): positive", sourceLocation: sourceLocation)
    let z = zip(x, y).map { 3e40 * $0 - 1e40 * $1 }
    M.apply(z, into: &Mz)
    let error = Mz.indices.map { abs(Mz[$0] / 1e40 - (3 * Mx[$0] - My[$0])) }.max() ?? 0
    let largest = Mx.map(abs).max() ?? 0
    #expect(error <= 10 * tolerance * largest, "\(name): linear, \(error)", sourceLocation: sourceLocation)
    #expect(
      allocations { M.apply(x, into: &Mz) } == 0, "\(name): allocates", sourceLocation: sourceLocation)
    #expect(Mz == Mx, "\(name): the same again", sourceLocation: sourceLocation)
    for workers in [2, 5] {
      let parallel = try make(Workers(count: workers))
      parallel.apply(x, into: &Mz)
      #expect(Mz == Mx, "\(name): \(workers) workers", sourceLocation: sourceLocation)
    }
  }
}
