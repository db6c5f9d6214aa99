import Arrays
import Foundation
import LinearSolvers
import TestSupport
import Testing

@Suite struct StationaryMethodTests {
  static let methods = IterativeMethodRegistry.all.filter { $0.requirements.contains(.entries) }
  static let names = methods.map(\.name)

  private func vector(_ count: Int, seed: UInt64 = 3) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "right-hand side")
    return (0..<count).map { stream.normals(at: UInt64($0)).x }
  }

  /// The same counts and the same numbers with both types of index, compressed along either axis.
  @Test(arguments: names) func convergesToTheTrueResidual(_ name: String) throws {
    let method = try IterativeMethodRegistry.method(named: name)
    let b = vector(144)
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-9)
    let wide = ModelMatrices.laplacian(12, dimension: 2)
    let (x, report) = try method.solve(MatrixOperator(wide), b, options: options)
    #expect(report.outcome == .converged)
    #expect(report.history.count == report.iterations + 1)
    let rest = residual(wide, x, b)
    #expect(rest <= 1e-9)
    #expect(abs(rest - report.trueResidual) < 1e-13)
    let compact = ModelMatrices.laplacian(12, dimension: 2, as: Int32.self)
    #expect(try method.solve(MatrixOperator(compact), b, options: options).solution == x)
    let byColumns = MatrixOperator(wide.reoriented())
    #expect(try method.solve(byColumns, b, options: options).solution == x)
  }

  @Test(arguments: names) func workersChangeNoBit(_ name: String) throws {
    let method = try IterativeMethodRegistry.method(named: name)
    let A = MatrixOperator(ModelMatrices.convectionDiffusion(130, speed: 30, as: Int32.self))
    var options = IterationOptions()
    options.iterationLimit = 12
    let b = vector(A.rowCount)
    let serial = try method.solve(A, b, options: options)
    #expect(serial.report.outcome == .iterationLimit)
    for count in [1, 2, 3] {
      options.workers = Workers(count: count)
      let shared = try method.solve(A, b, options: options)
      #expect(shared.solution == serial.solution)
      #expect(shared.report.history == serial.report.history)
    }
  }

  /// Against the sweeps as they are defined, on a matrix that is neither symmetric nor a grid.
  @Test(arguments: names) func oneIterationIsAsDefined(_ name: String) throws {
    let count = 40
    let A = scattered(count)
    let (b, guess) = (vector(count), vector(count, seed: 5))
    var options = IterationOptions()
    options.iterationLimit = 1
    options.tolerance = Tolerance(relative: 0)
    let method = try IterativeMethodRegistry.method(named: name)
    let (x, report) = try method.solve(MatrixOperator(A), b, from: guess, options: options)
    let coloring = try Coloring(greedyFor: A.pattern)
    let order = name.hasPrefix("multicolored") ? coloring.order : Array(0..<count)
    let ω = name.hasSuffix("sor") ? 1.5 : name == "jacobi" ? 2.0 / 3 : 1
    var expected = guess
    func relax(_ rows: [Int], _ source: [Double]? = nil) {
      for row in rows {
        let from = source ?? expected
        let rest = b[row] - (0..<count).reduce(0) { $0 + A[row, $1] * from[$1] }
        expected[row] += ω / A[row, row] * rest
      }
    }
    relax(order, name == "jacobi" ? guess : nil)
    if name.hasSuffix("ssor") { relax(order.reversed()) }
    // An iterate that is worse than the guess is not returned.
    if report.history[1] < report.history[0] {
      #expect(zip(x, expected).allSatisfy { abs($0 - $1) < 1e-13 })
    } else {
      #expect(x == guess)
    }
    #expect(abs(report.history[1] - residual(A, expected, b)) < 1e-13 * max(1, report.history[1]))
  }

  @Test func theBestIterateIsKeptWhenItDiverges() throws {
    // Jacobi's iteration matrix of this one has the radius 2.
    let A = MatrixOperator(
      try CoordinateMatrix(
        rowCount: 3, columnCount: 3, rows: [0, 0, 0, 1, 1, 1, 2, 2, 2], columns: [0, 1, 2, 0, 1, 2, 0, 1, 2],
        values: [1, 1, 1, 1, 1, 1, 1, 1, 1.5]
      ).compressed().matrix)
    let methods: [any IterativeMethod] = [JacobiMethod(relaxation: 1), RichardsonIteration(damping: 1)]
    for method in methods {
      let (x, report) = try method.solve(A, [1, 2, 3])
      #expect(report.outcome == .diverged, "\(method.name)")
      #expect(report.remedy?.contains("omega") == true)
      #expect(abs(report.trueResidual - (report.history.min() ?? .nan)) < 1e-15)
      #expect(x.allSatisfy { $0.isFinite })
    }
    // Before numbers overflow, too.
    var options = IterationOptions()
    options.iterationLimit = 60
    #expect(
      try JacobiMethod(relaxation: 1).solve(A, [1, 2, 3], options: options).report.outcome == .diverged)
  }

  @Test func aNeumannProblemConvergesWithItsNullSpace() throws {
    let A = ModelMatrices.neumannLaplacian(10, dimension: 2)
    var b = vector(100)
    let mean = b.reduce(0, +) / 100
    b = b.map { $0 - mean }
    var options = IterationOptions()
    options.nullSpace = .constants(count: 100)
    let (x, report) = try GaussSeidelMethod().solve(MatrixOperator(A), b, options: options)
    #expect(report.outcome == .converged)
    #expect(abs(x.reduce(0, +)) < 1e-10)
    #expect(residual(A, x, b) <= 1e-8)
  }

  @Test(arguments: names) func whatItCannotDoIsSaid(_ name: String) throws {
    let method = try IterativeMethodRegistry.method(named: name)
    let function = FunctionOperator(count: 2) { _, _ in }
    #expect(throws: LinearSolverError.self) {
      try method.solve(function, [1, 1])
    }
    let holed = SparseMatrix<Int>.diagonal([1, 0, 2])
    #expect(
      throws: LinearSolverError.invalidEntry(
        row: 1, column: 1, reason: "is zero, and the method divides by it")
    ) {
      try method.solve(MatrixOperator(holed), [1, 1, 1])
    }
    let tall = CoordinateMatrix(rowCount: 3, columnCount: 2).compressed().matrix
    #expect(throws: LinearSolverError.notSquare(rows: 3, columns: 2)) {
      try method.solve(MatrixOperator(tall), [1, 1, 1])
    }
  }

  /// Linear Solvers 2.4: counts over ten right-hand sides, ours from `RandomStream`.
  @Test(arguments: [
    (1.0, 184.0), (1.2, 121), (1.4, 76), (1.5, 52), (1.6, 40.9), (1.7, 55), (1.8, 86), (1.9, 177),
    (1.95, 362),
  ])
  func countsOfSOR(_ relaxation: Double, _ published: Double) throws {
    let mean = try meanCount(relaxation)
    #expect(abs(mean - published) <= max(2, 0.05 * published), "\(relaxation): \(mean)")
  }

  @Test func countsAtTheBestRelaxation() throws {
    let theory = YoungTheory(interior: 10)
    #expect(abs(theory.jacobiRadius - 0.959493) < 1e-6)
    #expect(abs(theory.bestRelaxation - 1.560388) < 1e-6)
    let mean = try meanCount(theory.bestRelaxation)
    #expect(abs(mean - 37.6) <= 2, "\(mean)")
  }

  /// The radius that the formula gives is what the residual falls by.
  @Test(arguments: [1.0, 1.3, 1.7]) func radiusIsTheFormulas(_ relaxation: Double) throws {
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 0)
    options.iterationLimit = 80
    let A = MatrixOperator(ModelMatrices.laplacian(10, dimension: 2, as: Int32.self))
    let report = try SuccessiveOverRelaxation(relaxation: relaxation).solve(A, vector(100), options: options)
      .report
    // Beyond the best ω eigenvalues are complex and the decay oscillates: take its mean.
    let measured = pow(report.history[80] / report.history[40], 1 / 40.0)
    #expect(abs(measured - YoungTheory(interior: 10).radius(relaxation: relaxation)) < 0.02)
  }

  private func meanCount(_ relaxation: Double) throws -> Double {
    let A = MatrixOperator(ModelMatrices.laplacian(10, dimension: 2, as: Int32.self))
    var total = 0
    for sample in 0..<10 {
      let report = try SuccessiveOverRelaxation(relaxation: relaxation)
        .solve(A, vector(100, seed: UInt64(sample))).report
      #expect(report.outcome == .converged)
      total += report.iterations
    }
    return Double(total) / 10
  }
}

@Suite struct ColoringTests {
  @Test(arguments: [1, 2, 3]) func gridsTakeTwoColours(_ dimension: Int) throws {
    let coloring = try Coloring(greedyFor: ModelMatrices.laplacian(7, dimension: dimension).pattern)
    #expect(coloring.colorCount == 2)
  }

  @Test func noRowCouplesTwoOfOneColour() throws {
    let A = scattered(60)
    let coloring = try Coloring(greedyFor: A.pattern)
    var colors = [Int](repeating: -1, count: 60)
    for (color, range) in coloring.ranges.enumerated() {
      for place in range { colors[coloring.order[place]] = color }
    }
    #expect(!colors.contains(-1))
    A.forEachEntry { row, column, _ in #expect(row == column || colors[row] != colors[column]) }
  }

  @Test func permutedMatrixIsTheSame() throws {
    let A = scattered(60)
    let colored = try ColoredMatrix(A)
    for (i, row) in colored.coloring.order.enumerated() {
      for (j, column) in colored.coloring.order.enumerated() {
        #expect(colored.matrix[i, j] == A[row, column])
      }
    }
  }
}

/// A matrix with a dominant diagonal and entries all over, not symmetric, not even in its pattern.
private func scattered(_ count: Int) -> SparseMatrix<Int> {
  let stream = RandomStream(seed: 9, purpose: "entries")
  var matrix = CoordinateMatrix(rowCount: count, columnCount: count)
  for row in 0..<count {
    matrix.add(4, row: row, column: row)
    for entry in 0..<3 {
      let random = stream.uniforms(at: UInt64(row * 3 + entry))
      matrix.add(random.x - 0.5, row: row, column: Int(random.y * Double(count)))
    }
  }
  return matrix.compressed().matrix
}

private func residual(_ A: SparseMatrix<Int>, _ x: [Double], _ b: [Double]) -> Double {
  var rest = b
  A.forEachEntry { row, column, value in rest[row] -= value * x[column] }
  return (rest.reduce(0) { $0 + $1 * $1 } / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}
