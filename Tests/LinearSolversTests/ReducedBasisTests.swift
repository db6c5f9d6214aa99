import Arrays
import Foundation
import LinearSolvers
import Testing

/// The one-dimensional example: −(a u′)′ = 1 with a = exp(−((x − μ)/0.2)²) + 0.1, 100 unknowns, μ in [0.2, 0.8].
private enum BumpFamily {
  static let count = 100

  static func matrix(_ mu: Double) -> SparseMatrix<Int> {
    let h = 1 / Double(count + 1)
    func a(_ index: Int) -> Double { exp(-pow(((Double(index) + 0.5) * h - mu) / 0.2, 2)) + 0.1 }
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      list.add((a(row) + a(row + 1)) / (h * h), row: row, column: row)
      if row > 0 { list.add(-a(row) / (h * h), row: row, column: row - 1) }
      if row < count - 1 { list.add(-a(row + 1) / (h * h), row: row, column: row + 1) }
    }
    return list.compressed().matrix
  }

  static let training = (0..<200).map { 0.2 + 0.6 * Double($0) / 199 }
  static let unseen = (0..<50).map {
    0.2 + 0.6 * RandomStream(seed: 1, purpose: "unseen").uniforms(at: UInt64($0)).x
  }

  /// Elimination for tridiagonal matrices.
  static func solve(_ A: SparseMatrix<Int>, _ b: [Double]) -> [Double] {
    var (diagonal, x) = (A.diagonalEntries, b)
    for row in 1..<count {
      let factor = A[row, row - 1] / diagonal[row - 1]
      diagonal[row] -= factor * A[row - 1, row]
      x[row] -= factor * x[row - 1]
    }
    for row in stride(from: count - 1, through: 0, by: -1) {
      if row < count - 1 { x[row] -= A[row, row + 1] * x[row + 1] }
      x[row] /= diagonal[row]
    }
    return x
  }
}

@Suite struct EmpiricalInterpolationTests {
  @Test func bumpFamilyHasRankEighteen() throws {
    let separated = try SeparatedMatrix(BumpFamily.training.map(BumpFamily.matrix), tolerance: 1e-10)
    #expect(abs(separated.rank - 18) <= 1)
    let errors = separated.interpolation.errors
    #expect(errors.first == 1 && (errors.last ?? 1) <= 1e-10)
    // 1, 0.5, 4e-2, 7e-4, 2e-6, 5e-9 every third step.
    for (step, size) in [(0, 1), (3, 0.5), (6, 4e-2), (9, 7e-4), (12, 2e-6), (15, 5e-9)] {
      #expect(errors[step] < 4 * size && errors[step] > size / 4, "step \(step): \(errors[step])")
    }
    let ones = [Double](repeating: 1, count: BumpFamily.count)
    var (matrixError, solutionError) = (0.0, 0.0)
    for mu in BumpFamily.unseen {
      let A = BumpFamily.matrix(mu)
      // Online: d numbers are assembled, and the pattern is the one that has been analysed.
      let close = separated.matrix(separated.entries(of: A))
      #expect(close.pattern === separated.pattern)
      let scale = A.values.buffer.map(abs).max() ?? 1
      matrixError = max(
        matrixError, zip(A.values.buffer, close.values.buffer).map { abs($0 - $1) }.max()! / scale)
      let (exact, found) = (BumpFamily.solve(A, ones), BumpFamily.solve(close, ones))
      solutionError = max(
        solutionError, zip(exact, found).map { abs($0 - $1) }.max()! / exact.map(abs).max()!)
    }
    // Measured: 2.4e-11 and 9e-12.
    #expect(matrixError < 5e-11)
    #expect(solutionError < 3e-11)
  }

  @Test(arguments: [(1.0, 7), (5, 10), (10, 13), (20, 19)]) func helmholtzKernelsHaveTheirRank(
    _ largest: Double, _ rank: Int
  ) {
    // Sixty points on the unit sphere, on a spiral.
    let points = (0..<60).map { index in
      let z = 1 - (2 * Double(index) + 1) / 60
      let angle = Double(index) * Double.pi * (3 - 5.0.squareRoot())
      let radius = (1 - z * z).squareRoot()
      return SIMD3(radius * cos(angle), radius * sin(angle), z)
    }
    var distances: [Double] = []
    for one in points.indices {
      for other in points.indices where other < one {
        let way = points[one] - points[other]
        distances.append((way * way).sum().squareRoot())
      }
    }
    func kernel(_ k: Double) -> [ComplexPair] {
      distances.map { r in ComplexPair(cos(k * r) / (4 * .pi * r), sin(k * r) / (4 * .pi * r)) }
    }
    let interpolation = EmpiricalInterpolation(
      of: (0..<200).map { kernel(largest * Double($0) / 199) }, tolerance: 1e-8)
    let unseen = (0..<50).map { index in
      interpolation.error(
        for: kernel(largest * RandomStream(seed: 2, purpose: "k").uniforms(at: UInt64(index)).x))
    }
    #expect(abs(interpolation.rank - rank) <= 1)
    #expect(unseen.max()! <= 1.5e-8)
  }

  @Test func degenerateFamiliesEnd() throws {
    let zero = EmpiricalInterpolation(of: [[0.0, 0], [0, 0]])
    #expect(zero.rank == 0 && zero.vector([]).isEmpty)
    #expect(EmpiricalInterpolation<Double>(of: []).rank == 0)
    // Two directions, many members, a tolerance below rounding: nothing is made of noise.
    let members = (0..<30).map { index in (0..<20).map { 1 + Double(index) * sin(Double($0)) } }
    let two = EmpiricalInterpolation(of: members, tolerance: 0)
    #expect(two.rank == 2 && two.error(for: members[17]) < 1e-14)
    // The members' own coefficients say the same.
    let values = two.entries.map { members[5][$0] }
    let own = two.memberCoefficients(values, members: two.members.map { members[$0] })
    let sum = (0..<20).map { entry in zip(own, two.members).reduce(0) { $0 + $1.0 * members[$1.1][entry] } }
    #expect(zip(sum, members[5]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(EmpiricalInterpolation(of: members, tolerance: 0, rank: 1).rank == 1)
    // The scale of entries decides which of them count.
    let weighted = EmpiricalInterpolation(of: [[1e6, 0], [1e6, 1]], tolerance: 1e-3, weights: [1e-6, 1])
    #expect(weighted.rank == 2)
    #expect(EmpiricalInterpolation(of: [[1e6, 0], [1e6, 1]], tolerance: 1e-3).rank == 1)
  }

  @Test func badFamiliesAreRefused() throws {
    #expect(throws: LinearSolverError.changedPattern) {
      try SeparatedMatrix([SparseMatrix.diagonal([1, 2]), SparseMatrix.diagonal([1, 2, 3])])
    }
    #expect(throws: LinearSolverError.invalidEntry(row: 1, column: 1, reason: "is inf")) {
      try SeparatedMatrix([SparseMatrix.diagonal([1, .infinity])])
    }
    #expect(throws: LinearSolverError.self) { try SeparatedMatrix([]) }
  }
}

@Suite struct ReducedModelTests {
  @Test func residualsTellTheErrors() throws {
    let separated = try SeparatedMatrix(BumpFamily.training.map(BumpFamily.matrix), tolerance: 1e-12)
    let b = (0..<BumpFamily.count).map { sin(3 * Double($0) / 100) }
    let solutions = BumpFamily.training.map { BumpFamily.solve(BumpFamily.matrix($0), b) }
    var last = Double.infinity
    for tolerance in [1e-2, 1e-4, 1e-6, 1e-8] {
      let space = try ReducedSpace(principalDirectionsOf: solutions, tolerance: tolerance)
      let model = try ReducedModel(separated, space: space, rightHandSide: b)
      var (error, indicator) = (0.0, 0.0)
      for mu in BumpFamily.unseen {
        let A = BumpFamily.matrix(mu)
        let reduced = try model.solve(separated.entries(of: A))
        let full = space.vector(reduced.coefficients)
        let exact = BumpFamily.solve(A, b)
        error = max(error, zip(full, exact).map { abs($0 - $1) }.max()! / exact.map(abs).max()!)
        indicator = max(indicator, reduced.residual)
        // The indicator is the residual of the large system, to many digits of ‖b‖.
        var image = [Double](repeating: 0, count: b.count)
        MatrixOperator(A).apply(full, into: &image)
        let size = zip(b, image).reduce(0) { $0 + pow($1.0 - $1.1, 2) }.squareRoot()
        let relative = size / b.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(relative - reduced.residual) < 1e-9 + 1e-6 * relative)
      }
      #expect(error < last / 5)
      #expect(error < indicator)
      last = error
    }
    #expect(last < 1e-6)
  }

  @Test func spansAreOrthonormal() throws {
    let vectors = [[1.0, 1, 0], [2, 2, 0], [1, 0, 1], [0, 0, 0], [1, 1, 1e-14]]
    let space = ReducedSpace(spannedBy: vectors)
    #expect(space.dimension == 2)
    for (one, vector) in space.basis.enumerated() {
      for (other, second) in space.basis.enumerated() {
        let product = zip(vector, second).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (one == other ? 1 : 0)) < 1e-15)
      }
    }
    #expect(try ReducedSpace(principalDirectionsOf: vectors).dimension == 2)
    #expect(try ReducedSpace(principalDirectionsOf: []).dimension == 0)
    let separated = try SeparatedMatrix([SparseMatrix.diagonal([1, 2, 3])])
    let empty = try ReducedModel(
      separated, space: ReducedSpace(spannedBy: [[0, 0, 0]]), rightHandSide: [1, 0, 0])
    #expect(try empty.solve([1]).residual == 1)
    #expect(throws: LinearSolverError.self) {
      try ReducedModel(separated, space: space, rightHandSide: [1, 2])
    }
    // A projection may be singular where the matrix is not.
    let swap = CoordinateMatrix(rowCount: 2, columnCount: 2)
    var list = swap
    list.add(1, row: 0, column: 1)
    list.add(1, row: 1, column: 0)
    let model = try ReducedModel(
      try SeparatedMatrix([list.compressed().matrix]), space: ReducedSpace(spannedBy: [[1, 0]]),
      rightHandSide: [1, 0])
    #expect(throws: LinearSolverError.singular(reciprocalCondition: 0)) { try model.solve([1]) }
  }
}
