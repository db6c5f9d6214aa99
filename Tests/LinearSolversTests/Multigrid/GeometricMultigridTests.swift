import Arrays
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct GeometricMultigridTests {
  static let endings: [PoissonAxis.Ends] = [
    .periodic, .bounded(lower: .dirichlet, upper: .dirichlet), .bounded(lower: .neumann, upper: .neumann),
    .bounded(lower: .dirichlet, upper: .neumann), .bounded(lower: .neumann, upper: .dirichlet),
  ]

  private static func box(
    _ dimension: Int, _ n: Int, _ ends: PoissonAxis.Ends, _ grid: PoissonAxis.Grid, shift: Double = 0
  ) -> BoxDiffusion {
    BoxDiffusion(
      Array(repeating: PoissonAxis(ends: ends, grid: grid, count: n, length: 1), count: dimension),
      shift: shift)
  }

  private static func nullSpace(_ diffusion: BoxDiffusion) -> NullSpace? {
    diffusion.isSingular ? .constants(count: diffusion.count) : nil
  }

  /// The matrix-free operator is the assembled one, with coefficients of one given as arrays too.
  @Test(arguments: endings, [PoissonAxis.Grid.nodes, .faces])
  func operatorIsTheMatrix(_ ends: PoissonAxis.Ends, _ grid: PoissonAxis.Grid) throws {
    let axes = [
      PoissonAxis(ends: ends, grid: grid, count: 5, length: 2),
      PoissonAxis(ends: .bounded(lower: .dirichlet, upper: .neumann), grid: .faces, count: 4, length: 1),
      PoissonAxis(ends: ends, grid: grid, count: 7, length: 1.5),
    ]
    for dimension in 1...3 {
      let some = Array(axes.suffix(dimension))
      let shift = dimension == 2 ? 3.0 : 0
      let shape = some.map(\.count)
      let ones = shape.indices.map { axis in
        [Double](repeating: 1, count: shape.reduce(1, *) / shape[axis] * (shape[axis] + 1))
      }
      let x = MultigridModels.normals(shape.reduce(1, *))
      var y = x
      MatrixOperator(SparseMatrix<Int>.laplacian(some, shift: shift)).apply(x, into: &y)
      for diffusion in [
        BoxDiffusion(some, shift: shift), try BoxDiffusion(some, shift: shift, faceCoefficients: ones),
      ] {
        var z = x
        BoxOperator(diffusion, workers: Workers(count: 2)).apply(x, into: &z)
        let error = zip(y, z).map { abs($0 - $1) }.max() ?? 0
        #expect(error < 1e-11 * (y.map(abs).max() ?? 0), "\(dimension) dimensions: \(error)")
      }
    }
  }

  /// The factor by which cycles alone reduce the error in the end, seen in the residual.
  private static func contraction(_ diffusion: BoxDiffusion, _ M: GeometricMultigrid) -> Double {
    let A = BoxOperator(diffusion)
    let nullSpace = nullSpace(diffusion)
    var x = MultigridModels.normals(diffusion.count)
    var (r, z) = (x, x)
    var factor = 0.0
    var last = Double.infinity
    for iteration in 0..<16 {
      x.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { nullSpace?.project(base) } }
      A.apply(x, into: &r)
      let norm = ReferencePCG.dot(r, r).squareRoot()
      if iteration > 10 { factor = max(factor, norm / last) }
      last = norm
      M.apply(r, into: &z)
      // The problem is homogeneous: iterates are errors, kept near one so that nothing is rounded away.
      for i in x.indices { x[i] = (x[i] - z[i]) / norm }
      last /= norm
    }
    return factor
  }

  /// Acceptance line 4: V(2,2) contracts by at most 0.1, on grids of any size and with any ends; made symmetric for
  /// conjugate gradients it gives away a little of that, on cells in space and where odd numbers close a ring.
  @Test(arguments: endings, [PoissonAxis.Grid.nodes, .faces])
  func cyclesContract(_ ends: PoissonAxis.Ends, _ grid: PoissonAxis.Grid) {
    for (dimension, n) in [(2, 63), (2, 64), (2, 100), (2, 129), (3, 31), (3, 32)] {
      let diffusion = Self.box(dimension, n, ends, grid)
      for isSymmetric in [true, false] {
        let factor = Self.contraction(diffusion, GeometricMultigrid(diffusion, isSymmetric: isSymmetric))
        let bound =
          !isSymmetric
          ? 0.1 : ends == .periodic && n == 129 ? 0.12 : dimension == 3 && grid == .faces ? 0.105 : 0.1
        #expect(factor <= bound, "\(dimension)-D, \(n), symmetric \(isSymmetric): \(factor)")
      }
    }
  }

  /// With all ends, odd and even sizes, in one to three dimensions conjugate gradients need few cycles.
  @Test(arguments: endings, [PoissonAxis.Grid.nodes, .faces])
  func fewIterationsForAllEnds(_ ends: PoissonAxis.Ends, _ grid: PoissonAxis.Grid) throws {
    for (dimension, sizes) in [(1, [2, 5, 64, 101]), (2, [3, 33, 50, 64]), (3, [4, 17, 20])] {
      for n in sizes {
        for cycle in [MultigridCycle.v, .w] {
          let diffusion = Self.box(dimension, n, ends, grid)
          let nullSpace = Self.nullSpace(diffusion)
          var b = MultigridModels.normals(diffusion.count)
          b.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { nullSpace?.project(base) } }
          let result = ReferencePCG.solve(
            BoxOperator(diffusion), b, preconditioner: GeometricMultigrid(diffusion, cycle: cycle),
            nullSpace: nullSpace, limit: 50)
          let count = try #require(result.counts[0], "\(dimension)-D, \(n), \(cycle)")
          #expect(count <= 12, "\(dimension)-D, \(n), \(cycle): \(count)")
          #expect(result.trueResidual < 1.01e-8)
        }
      }
    }
  }

  @Test(arguments: [MultigridCycle.v, .w], [1, 2])
  func isASymmetricPositiveLinearMap(_ cycle: MultigridCycle, _ sweeps: Int) throws {
    let cells = (0..<150 * 130).map { 1 + Double($0 * 7919 % 13) }
    let axes = [150, 130].map {
      PoissonAxis(ends: .bounded(lower: .dirichlet, upper: .neumann), grid: .faces, count: $0, length: 1)
    }
    let boxes = [
      Self.box(2, 150, .bounded(lower: .dirichlet, upper: .neumann), .nodes),
      Self.box(3, 37, .periodic, .nodes),
      Self.box(2, 131, .bounded(lower: .neumann, upper: .neumann), .nodes, shift: 10),
      try BoxDiffusion(
        axes, faceCoefficients: MultigridModels.harmonicFaces(cells, shape: [150, 130])),
    ]
    for (number, box) in boxes.enumerated() {
      MultigridLaws.check(
        count: box.count, tolerance: 5e-6, nullSpace: Self.nullSpace(box),
        "box \(number), \(cycle), \(sweeps)"
      ) { GeometricMultigrid(box, cycle: cycle, sweeps: sweeps, workers: $0) }
    }
  }

  /// Coefficients that vary smoothly and weak axes cost nothing; jumps that coarse cells do not see cost iterations
  /// (algebraic multigrid takes 14 for the checkerboard).
  @Test func coefficientsMayVary() throws {
    let n = 64
    let axis = PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .neumann), grid: .faces, count: n, length: 1)
    func count(_ cells: [Double]) throws -> Int {
      let diffusion = try BoxDiffusion(
        [axis, axis], faceCoefficients: MultigridModels.harmonicFaces(cells, shape: [n, n]))
      let result = ReferencePCG.solve(
        BoxOperator(diffusion), MultigridModels.normals(n * n),
        preconditioner: GeometricMultigrid(diffusion), limit: 100)
      return try #require(result.counts[0])
    }
    let smooth = try count((0..<n * n).map { 2 + Double($0 % n) / Double(n) })
    let inclusion = try count(
      (0..<n * n).map { (20..<44).contains($0 / n) && (20..<44).contains($0 % n) ? 1000 : 1 })
    let board = try count(MultigridModels.checkerboard(n))
    print("geometric multigrid-CG, 64²: smooth \(smooth), inclusion \(inclusion), checkerboard \(board)")
    #expect(smooth <= 9)
    #expect(inclusion <= 42)
    #expect(board <= 25)
    let flat = [
      PoissonAxis(ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: 63, length: 1),
      PoissonAxis(
        ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: 63, length: 0.05),
    ]
    let M = GeometricMultigrid(BoxDiffusion(flat))
    // The strong axis is halved alone until both are coupled alike.
    #expect(M.shapes[1] == [63, 31])
    let result = ReferencePCG.solve(
      BoxOperator(BoxDiffusion(flat)), MultigridModels.normals(63 * 63), preconditioner: M, limit: 50)
    #expect((result.counts[0] ?? 99) <= 12, "\(result.counts)")
  }

  @Test func iterationsDoNotGrow() throws {
    let counts = try [64, 256, 1024].map { n in
      let diffusion = Self.box(2, n, .bounded(lower: .dirichlet, upper: .dirichlet), .nodes)
      let result = ReferencePCG.solve(
        BoxOperator(diffusion), MultigridModels.normals(n * n),
        preconditioner: GeometricMultigrid(diffusion, workers: Workers(count: 2)))
      return try #require(result.counts[0])
    }
    print("geometric multigrid-CG, Poisson 64² to 1024²: \(counts)")
    #expect(counts.allSatisfy { $0 <= 8 }, "\(counts)")
  }

  @Test func badInputIsNamed() {
    let axis = PoissonAxis(ends: .periodic, count: 4, length: 1)
    #expect(
      throws: LinearSolverError.wrongLength(what: "the list of face coefficients", count: 0, expected: 1)
    ) {
      try BoxDiffusion([axis], faceCoefficients: [])
    }
    #expect(
      throws: LinearSolverError.wrongLength(what: "face coefficients of axis 0", count: 4, expected: 5)
    ) { try BoxDiffusion([axis], faceCoefficients: [[1, 1, 1, 1]]) }
    #expect(throws: LinearSolverError.self) {
      try BoxDiffusion([axis], faceCoefficients: [[1, 1, .nan, 1, 1]])
    }
  }

  @Test func describesItsLevels() {
    let M = GeometricMultigrid(Self.box(2, 20, .bounded(lower: .dirichlet, upper: .dirichlet), .nodes))
    #expect(
      String(describing: M) == """
        GeometricMultigrid(V(2,2)-cycle)
        ├─ level 0: 20 × 20
        ├─ level 1: 10 × 10
        └─ 0 MB
        """)
  }
}
