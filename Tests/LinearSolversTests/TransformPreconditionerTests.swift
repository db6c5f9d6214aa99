import Arrays
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct TransformPreconditionerTests {
  private static let ends: [(PoissonAxis.Ends, PoissonAxis.Grid)] =
    [(.periodic, .faces)]
    + PoissonAxis.Grid.allCases.flatMap { grid in
      EndCondition.allCases.flatMap { lower in
        EndCondition.allCases.map { (.bounded(lower: lower, upper: $0), grid) }
      }
    }

  /// All mixes of ends, by number, with sizes that fill tiles and that do not.
  private static func axes(_ mix: Int, _ counts: [Int], dimension: Int) -> [PoissonAxis] {
    var rest = mix
    return zip(counts, [1.0, 2.5, 0.75]).prefix(dimension).map { count, length in
      let (ends, grid) = Self.ends[rest % Self.ends.count]
      rest /= Self.ends.count
      return PoissonAxis(ends: ends, grid: grid, count: count, length: length)
    }
  }

  private static func isSingular(_ axes: [PoissonAxis]) -> Bool {
    axes.allSatisfy { $0.ends == .periodic || $0.ends == .bounded(lower: .neumann, upper: .neumann) }
  }

  /// One application solves the sparse system, on a box with any ends.
  @Test(arguments: [1, 2, 3]) func invertsTheMatrixOfABox(_ dimension: Int) throws {
    let mixes = (0..<dimension).reduce(1) { count, _ in count * Self.ends.count }
    // In three dimensions every seventh of 729 mixes, all pairs among them.
    for mix in stride(from: 0, to: mixes, by: dimension == 3 ? 7 : 1) {
      for counts in [[18, 7, 16], [2, 3, 2]] {
        try expectInverse(Self.axes(mix, counts, dimension: dimension))
      }
    }
  }

  @Test(arguments: PoissonAxis.Grid.allCases, EndCondition.allCases)
  func invertsALargeBox(_ grid: PoissonAxis.Grid, _ end: EndCondition) throws {
    let ends = PoissonAxis.Ends.bounded(lower: end, upper: end)
    try expectInverse(
      [PoissonAxis(ends: ends, grid: grid, count: 63, length: 63)]
        + (0..<1).map { _ in
          PoissonAxis(ends: ends, grid: grid, count: 64, length: 64)
        })
    try expectInverse((0..<3).map { _ in PoissonAxis(ends: ends, grid: grid, count: 32, length: 32) })
  }

  private func expectInverse(_ axes: [PoissonAxis]) throws {
    let A = MatrixOperator(SparseMatrix<Int32>.laplacian(axes))
    var r = normalNumbers(A.rowCount, "residual")
    if Self.isSingular(axes) {
      let mean = r.reduce(0, +) / Double(r.count)
      for index in r.indices { r[index] -= mean }
    }
    var z = [Double](repeating: .nan, count: A.rowCount)
    try TransformPreconditioner(axes: axes).apply(r, into: &z)
    #expect(relativeResidual(A, r, z) <= 1e-13, "\(axes.map { "\($0.ends) \($0.grid)" })")
  }

  @Test func isSymmetricAndTheSameForAnyWorkers() throws {
    let mask = (0..<40 * 37).map { $0 % 11 != 3 && $0 / 37 != 5 }
    let count = mask.count { $0 }
    let axes = [(40, PoissonAxis.Grid.nodes), (37, .faces)].map { count, grid in
      PoissonAxis(ends: .bounded(lower: .neumann, upper: .dirichlet), grid: grid, count: count, length: 2)
    }
    let field = normalNumbers(count, "field").map { 1 + $0 * $0 }
    let (a, b) = (normalNumbers(count, "a"), normalNumbers(count, "b"))
    var serial: [Double] = []
    for workers in [nil, Workers(count: 2), Workers(count: 5)] {
      let M = try TransformPreconditioner(axes: axes, mask: mask, field: field, shift: 0.3, workers: workers)
      var (Ma, Mb) = (a, b)
      M.apply(a, into: &Ma)
      M.apply(b, into: &Mb)
      let (left, right) = (
        zip(a, Mb).reduce(0) { $0 + $1.0 * $1.1 }, zip(b, Ma).reduce(0) { $0 + $1.0 * $1.1 }
      )
      #expect(abs(left - right) <= 1e-12 * zip(a, Ma).reduce(0) { $0 + $1.0 * $1.1 })
      if serial.isEmpty { serial = Ma }
      #expect(Ma == serial)
    }
  }

  @Test func refusesWhatDoesNotFit() {
    let axis = PoissonAxis(ends: .periodic, count: 8, length: 1)
    #expect(throws: LinearSolverError.wrongLength(what: "the mask", count: 3, expected: 8)) {
      try TransformPreconditioner(axes: [axis], mask: [true, true, false])
    }
    #expect(throws: LinearSolverError.self) {
      try TransformPreconditioner(axes: [axis], mask: [Bool](repeating: false, count: 8))
    }
    #expect(throws: LinearSolverError.wrongLength(what: "the coefficient field", count: 2, expected: 8)) {
      try TransformPreconditioner(axes: [axis], field: [1, 2])
    }
    for wrong in [0, -1, .nan, .infinity] {
      #expect(throws: LinearSolverError.self) {
        try TransformPreconditioner(axes: [axis], field: [Double](repeating: wrong, count: 8))
      }
    }
    #expect(throws: LinearSolverError.self) { try TransformPreconditioner(axes: [axis], shift: -1) }
  }

  /// FFTW may allocate inside; we do not.
  @Test func applicationsAllocateNothingOfOurs() throws {
    let problem = BoxProblem.obstacle(12)
    let M = try problem.preconditioner(isScaled: false, workers: Workers(count: 2))
    var z = problem.rightHandSide
    M.apply(problem.rightHandSide, into: &z)
    #expect(allocations { for _ in 0..<5 { M.apply(problem.rightHandSide, into: &z) } } == 0)
  }

  /// What is timed is what is tested.
  @Test func benchmarksDoWhatTheySay() throws {
    let cube = try TransformBenchmark(points: 16, workers: Workers(count: 2))
    cube.run()
    #expect(cube.report?.outcome == .converged)
    #expect((8...12).contains(cube.report?.iterations ?? 0))
    let plane = TrafficBenchmark(points: 32, workers: Workers(count: 2))
    #expect(plane.productBytes == 12 * (5 * 1024 - 4 * 32) + 20 * 1024)
    #expect(plane.iterationBytes == plane.productBytes + 64 * 1024)
    plane.product()
    plane.conjugateGradients(iterations: 3)
    plane.read(bytes: plane.productBytes)
  }
}
