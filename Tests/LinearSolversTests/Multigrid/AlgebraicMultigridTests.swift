import Arrays
import Foundation
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct AlgebraicMultigridTests {
  static let names = ["amg", "amg-sa", "amg-rs"]

  static func make<Index: SparseIndex>(
    _ name: String, _ A: SparseMatrix<Index>, _ parameters: [String: Double] = [:], workers: Workers? = nil,
    edit: (inout PreconditionerOptions) -> Void = { _ in }
  ) throws -> any Preconditioner {
    var options = PreconditionerOptions()
    options.parameters = parameters
    options.workers = workers
    edit(&options)
    return try PreconditionerRegistry.kind(named: name).make(for: A, options: options)
  }

  static func iterations(
    _ A: SparseMatrix<Int32>, _ M: any Preconditioner, _ b: [Double]? = nil, nullSpace: NullSpace? = nil
  ) -> Int? {
    let b = b ?? MultigridModels.normals(A.rowCount)
    let result = ReferencePCG.solve(MatrixOperator(A), b, preconditioner: M, nullSpace: nullSpace, limit: 300)
    #expect(result.trueResidual <= 1.01e-8)
    return result.counts[0]
  }

  @Test(arguments: names, [32.0, 64.0])
  func isASymmetricPositiveLinearMap(_ name: String, _ bits: Double) throws {
    let A = ModelMatrices.laplacian(190, dimension: 2, as: Int32.self)
    let tolerance = bits == 32 ? 1e-6 : 1e-13
    for (cycle, sweeps) in [(1.0, 1.0), (1, 2), (2, 1), (2, 2)] {
      try MultigridLaws.check(count: A.rowCount, tolerance: tolerance, "\(name) \(cycle) \(sweeps)") {
        try Self.make(name, A, ["cycle": cycle, "sweeps": sweeps, "precision": bits], workers: $0)
      }
    }
  }

  /// Both types of index, rows and columns: the same preconditioner.
  @Test(arguments: names) func formatsAgree(_ name: String) throws {
    let A = ModelMatrices.laplacian(40, dimension: 2)
    let B = ModelMatrices.laplacian(40, dimension: 2, as: Int32.self)
    let x = MultigridModels.normals(A.rowCount)
    let answers = [try Self.make(name, A), try Self.make(name, B), try Self.make(name, A.transposed)].map {
      M in
      var y = x
      M.apply(x, into: &y)
      return y
    }
    #expect(answers[0] == answers[1])
    #expect(answers[0] == answers[2])
  }

  /// Acceptance line 4: at most 12 iterations to 1e-8 from 64² to 1024², growing by 2 at most.
  @Test func poissonNeedsFewIterationsOnAnyGrid() throws {
    let workers = Workers(count: 2)
    var counts = [[Int]](repeating: [], count: 2)
    for n in [64, 128, 256, 512, 1024] {
      let A = ModelMatrices.laplacian(n, dimension: 2, as: Int32.self)
      for (number, name) in ["amg", "amg-rs"].enumerated() {
        counts[number].append(try #require(Self.iterations(A, try Self.make(name, A, workers: workers))))
      }
    }
    print("amg and amg-rs, Poisson 64² to 1024²: \(counts)")
    for row in counts {
      #expect(row.allSatisfy { $0 <= 12 }, "\(row)")
      #expect((row.max() ?? 0) - (row.min() ?? 0) <= 2, "\(row)")
    }
  }

  /// Acceptance line 4: at most 20 on a 16 × 16 checkerboard of coefficients 1 and 100.
  @Test(arguments: ["amg", "amg-rs"]) func checkerboardNeedsFewIterations(_ name: String) throws {
    let counts = try [64, 256].map { n in
      let axis = PoissonAxis(
        ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .faces, count: n, length: 1)
      let cells = MultigridModels.checkerboard(n)
      let A = MultigridModels.fivePointMatrix(
        try BoxDiffusion(
          [axis, axis], faceCoefficients: MultigridModels.harmonicFaces(cells, shape: [n, n])))
      return try #require(Self.iterations(A, try Self.make(name, A)))
    }
    print("\(name), checkerboard 64², 256²: \(counts)")
    #expect(counts.allSatisfy { $0 <= 20 }, "\(counts)")
  }

  /// Acceptance line 1: at most 1.3 × the smoothed-aggregation row of the obstacle problem, which is singular.
  @Test(arguments: ["amg"], [(16, [5, 7, 9, 11]), (32, [6, 8, 11, 13]), (64, [8, 11, 13, 16])])
  func obstacleNeedsNoMoreThanTheTable(_ name: String, _ row: (n: Int, counts: [Int])) throws {
    let (A, b) = MultigridModels.obstacle(row.n)
    let M = try Self.make(name, A)
    let result = ReferencePCG.solve(
      MatrixOperator(A), b, preconditioner: M, tolerances: [1e-4, 1e-6, 1e-8, 1e-10],
      nullSpace: .constants(count: A.rowCount))
    let counts = try result.counts.map { try #require($0) }
    print("\(name), obstacle \(row.n)³: \(counts), table \(row.counts)")
    #expect(zip(counts, row.counts).allSatisfy { Double($0) <= 1.3 * Double($1) }, "\(counts)")
    #expect(result.trueResidual < 1.01e-10)
  }

  /// Problems that no setting was chosen on: coefficients over four orders of magnitude, smooth and rough, a domain without a
  /// disc, and an oblong grid of a prime number of points with a mass.
  @Test(arguments: names) func otherProblemsConverge(_ name: String) throws {
    let rough = BoxProblem.variable(90, contrast: 1e4, seed: 5).matrix
    let cells = MultigridModels.normals(120 * 80, seed: 9).map { exp(2 * $0) }
    let ends = PoissonAxis.Ends.bounded(lower: .dirichlet, upper: .neumann)
    let lognormal = MultigridModels.fivePointMatrix(
      try BoxDiffusion(
        [
          PoissonAxis(ends: ends, grid: .faces, count: 120, length: 3),
          PoissonAxis(ends: ends, grid: .faces, count: 80, length: 2),
        ], faceCoefficients: MultigridModels.harmonicFaces(cells, shape: [120, 80])))
    let oblong = SparseMatrix<Int32>.laplacian(
      [
        PoissonAxis(ends: ends, grid: .nodes, count: 211, length: 2.11),
        PoissonAxis(ends: ends, grid: .faces, count: 37, length: 0.37),
      ], shift: 3)
    let problems: [(String, SparseMatrix<Int32>, Int)] = [
      ("rough", rough, 20), ("log-normal", lognormal, 25), ("disc", BoxProblem.disc(100).matrix, 15),
      ("oblong", oblong, 15),
    ]
    for (problem, matrix, limit) in problems {
      let count = try #require(Self.iterations(matrix, try Self.make(name, matrix)), "\(problem)")
      print("\(name), \(problem): \(count)")
      #expect(count <= limit, "\(problem): \(count)")
    }
  }

  @Test(arguments: names) func spaceAndAnisotropyConverge(_ name: String) throws {
    let cube = ModelMatrices.laplacian(30, dimension: 3, as: Int32.self)
    let inSpace = try #require(Self.iterations(cube, try Self.make(name, cube)))
    #expect(inSpace <= 12, "\(inSpace)")
    let ends = PoissonAxis.Ends.bounded(lower: .dirichlet, upper: .dirichlet)
    let stretched = SparseMatrix<Int32>.laplacian([
      PoissonAxis(ends: ends, grid: .nodes, count: 100, length: 1),
      PoissonAxis(ends: ends, grid: .nodes, count: 100, length: 0.1),
    ])
    let along = try #require(Self.iterations(stretched, try Self.make(name, stretched)))
    #expect(along <= 20, "\(along)")
  }

  /// Rigid modes make all the difference for elasticity.
  @Test func rigidModesHelpElasticity() throws {
    var counts: [[Int]] = []
    for n in [20, 40] {
      let (A, modes) = MultigridModels.elasticity(n)
      let with = try Self.make("amg-sa", A) {
        $0.blockSize = 2
        $0.nearNullSpace = modes
      }
      let without = try Self.make("amg-sa", A) { $0.blockSize = 2 }
      let scalar = try Self.make("amg-sa", A)
      counts.append(try [with, without, scalar].map { try #require(Self.iterations(A, $0)) })
    }
    print("elasticity 20², 40² with rigid modes, with translations, as a scalar: \(counts)")
    #expect(counts.allSatisfy { 4 * $0[0] <= 3 * $0[1] && $0[1] <= $0[2] }, "\(counts)")
    #expect(counts[1][0] <= counts[0][0] + 4, "\(counts)")
  }

  @Test func blocksAreSymmetricToo() throws {
    let (A, modes) = MultigridModels.elasticity(50)
    try MultigridLaws.check(count: A.rowCount, tolerance: 1e-5, "elasticity") { workers in
      try Self.make("amg-sa", A, workers: workers) {
        $0.blockSize = 2
        $0.nearNullSpace = modes
      }
    }
  }

  /// Cycles alone converge, F-cycles too, and on a matrix that is not symmetric.
  @Test(arguments: [1.0, 2.0, 3.0]) func cyclesAloneConverge(_ cycle: Double) throws {
    for speed in [0.0, 20] {
      let A = ModelMatrices.convectionDiffusion(60, speed: speed, as: Int32.self)
      let M = try Self.make("amg-rs", A, ["cycle": cycle, "sweeps": 2]) { $0.isSymmetric = speed == 0 }
      #expect(M.isSymmetric == (cycle != 3 && speed == 0))
      let b = MultigridModels.normals(A.rowCount)
      var x = [Double](repeating: 0, count: b.count)
      var (r, z) = (b, b)
      for _ in 0..<25 {
        M.apply(r, into: &z)
        for i in x.indices { x[i] += z[i] }
        MatrixOperator(A).apply(x, into: &r)
        for i in x.indices { r[i] = b[i] - r[i] }
      }
      #expect(ReferencePCG.dot(r, r) < 1e-16 * ReferencePCG.dot(b, b), "speed \(speed)")
    }
  }

  @Test func smallAndOddMatricesAreFine() throws {
    for name in Self.names {
      for n in [1, 2, 7, 150] {
        let A = SparseMatrix<Int>.diagonal((0..<n).map { 1 + Double($0) })
        let M = try Self.make(name, A)
        let x = [Double](repeating: 1, count: n)
        var y = x
        M.apply(x, into: &y)
        let error = y.enumerated().map { abs($1 * (1 + Double($0)) - 1) }.max() ?? 0
        #expect(error < 1e-5, "\(name) \(n)")
      }
    }
  }

  /// Where every coupling is weak there is nothing coarser: the only level is smoothed.
  @Test func diagonallyDominantMatricesAreSmoothed() throws {
    let n = 40_000
    var list = CoordinateMatrix(rowCount: n, columnCount: n)
    for i in 0..<n {
      list.add(1, row: i, column: i)
      if i > 0 { list.add(-0.01, row: i, column: i - 1) }
      if i < n - 1 { list.add(-0.01, row: i, column: i + 1) }
    }
    let A = list.compressed(.rows, as: Int32.self).matrix
    try MultigridLaws.check(count: n, tolerance: 1e-6, "diagonally dominant") {
      try Self.make("amg-sa", A, workers: $0)
    }
    #expect(try #require(Self.iterations(A, try Self.make("amg-sa", A))) <= 3)
  }

  @Test(arguments: names) func badInputIsNamed(_ name: String) throws {
    let wide = CoordinateMatrix(rowCount: 2, columnCount: 3).compressed().matrix
    #expect(throws: LinearSolverError.notSquare(rows: 2, columns: 3)) { try Self.make(name, wide) }
    let empty = try CoordinateMatrix(rowCount: 2, columnCount: 2, rows: [0], columns: [0], values: [1])
    #expect(throws: LinearSolverError.structurallySingular(row: 1)) {
      try Self.make(name, empty.compressed().matrix)
    }
    let negative = SparseMatrix<Int>.diagonal([1, -1])
    #expect(throws: LinearSolverError.notPositiveDefinite(column: 1)) { try Self.make(name, negative) }
    let fine = ModelMatrices.laplacian(4, dimension: 2)
    for bad in [["omega": 1.0], ["cycle": 4], ["sweeps": 0], ["precision": 16], ["threshold": -1]] {
      #expect(throws: LinearSolverError.self) { try Self.make(name, fine, bad) }
    }
    #expect(throws: LinearSolverError.self) { try Self.make(name, fine) { $0.blockSize = 3 } }
    #expect(throws: LinearSolverError.wrongLength(what: "a near-null-space vector", count: 1, expected: 16)) {
      try Self.make(name, fine) { $0.nearNullSpace = [[1]] }
    }
  }

  @Test func describesItsLevels() throws {
    let M = try Self.make("amg-sa", ModelMatrices.laplacian(64, dimension: 2))
    let description = String(describing: M)
    #expect(
      description == """
        AlgebraicMultigrid(amg-sa, W-cycle, single precision)
        ├─ level 0: 4096 unknowns, 20224 nonzeros
        ├─ level 1:  704 unknowns,  6096 nonzeros
        ├─ level 2:   84 unknowns,   746 nonzeros
        └─ grid complexity 1.19, operator complexity 1.34, 0 MB
        """)
  }
}
