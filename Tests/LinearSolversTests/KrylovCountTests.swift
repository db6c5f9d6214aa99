import Arrays
import LinearSolvers
import TestSupport
import Testing

/// Iterations to a true residual of 1e-8 on right-hand sides of ones, at 32², 64², 128².
struct KrylovAnchor: Sendable, CustomTestStringConvertible {
  var method: String
  /// The speed of an upwind convection-diffusion, or the Laplacian.
  var speed: Double?
  var counts: [Int]
  /// Iterations off, or a share where the method is chaotic.
  var slack: Double

  var testDescription: String { "\(method)\(speed.map { " at speed \($0)" } ?? "")" }

  static let all = [
    KrylovAnchor(method: "cg", counts: [59, 119, 239], slack: 2),
    KrylovAnchor(method: "fcg", counts: [59, 119, 239], slack: 2),
    KrylovAnchor(method: "gmres", counts: [126, 625, 2176], slack: 2),
    KrylovAnchor(method: "fgmres", counts: [126, 625, 2176], slack: 2),
    KrylovAnchor(method: "gmres", speed: 40, counts: [161, 306, 442], slack: 2),
    KrylovAnchor(method: "bicgstab", counts: [42, 86, 169], slack: 0.08),
    KrylovAnchor(method: "bicgstab", speed: 40, counts: [61, 122, 244], slack: 0.08),
    // Never more than conjugate gradients.
    KrylovAnchor(method: "minres", counts: [59, 118, 231], slack: 2),
  ]
}

@Suite struct KrylovCountTests {
  @Test(arguments: KrylovAnchor.all) func countsAreThoseOfOthers(_ anchor: KrylovAnchor) throws {
    let method = try IterativeMethodRegistry.method(named: anchor.method)
    for (n, expected) in zip([32, 64, 128], anchor.counts) {
      let matrix: SparseMatrix<Int32> =
        anchor.speed.map { ModelMatrices.convectionDiffusion(n, speed: $0, as: Int32.self) }
        ?? ModelMatrices.laplacian(n, dimension: 2, as: Int32.self)
      let A = MatrixOperator(matrix)
      let b = [Double](repeating: 1, count: n * n)
      let (x, report) = try method.solve(A, b)
      #expect(report.outcome == .converged)
      #expect(relativeResidual(A, b, x) <= 1e-8)
      let slack = anchor.slack < 1 ? anchor.slack * Double(expected) : anchor.slack
      #expect(
        abs(Double(report.iterations - expected)) <= slack, "\(n): \(report.iterations), not \(expected)")
    }
  }

  /// SciPy's minres stops here after 45, 83 and 149 iterations with true residuals from 1e-5 to 1e-3; ours must not.
  @Test func minresStopsByTheTrueResidual() throws {
    let A = MatrixOperator(ModelMatrices.laplacian(64, dimension: 2, as: Int32.self))
    let b = [Double](repeating: 1, count: A.rowCount)
    for tolerance in [1e-2, 1e-5, 1e-8, 1e-11] {
      var options = IterationOptions()
      options.tolerance = Tolerance(relative: tolerance)
      let (x, report) = try MinimalResiduals().solve(A, b, options: options)
      #expect(report.outcome == .converged)
      #expect(relativeResidual(A, b, x) <= tolerance)
    }
  }

  @Test func moreKeptDirectionsMakeUpForAPreconditionerThatChanges() throws {
    let A = MatrixOperator(ModelMatrices.laplacian(24, dimension: 2, as: Int32.self))
    let b = normalNumbers(A.rowCount, "right-hand side")
    let counts = try [1, 2, 5].map { kept in
      let changing = ChangingPreconditioner(count: A.rowCount)
      return try FlexibleConjugateGradients(keptDirections: kept).solve(A, b, preconditioner: changing)
        .report.iterations
    }
    #expect(counts[2] < counts[0])
  }

  /// Between given bounds the error polynomial is Chebyshev's: the count follows from the bounds.
  @Test func chebyshevNeedsWhatItsBoundsPromise() throws {
    let n = 40
    let A = MatrixOperator(ModelMatrices.laplacian(n, dimension: 1, as: Int32.self))
    let b = normalNumbers(n, "right-hand side")
    // 2 − 2cos(πk/(n + 1)).
    let lowest = 0.005867
    let report = try ChebyshevIteration(bounds: lowest...(4 - lowest)).solve(A, b).report
    let root = (lowest / (4 - lowest)).squareRoot()
    // 2 rateᵏ = 1e-8 with rate = (1 − root)/(1 + root) ≈ e^(−2 root).
    let bound = 19.2 / (2 * root)
    #expect(report.outcome == .converged)
    #expect(Double(report.iterations) <= bound + 1)
    let estimated = try ChebyshevIteration().solve(A, b).report
    #expect(estimated.outcome == .converged)
    #expect(Double(estimated.iterations) < 3 * bound)
  }

  /// A cyclic shift: GMRES gains nothing before its last step, and with restarts never.
  @Test func restartsThatGainNothingStagnate() throws {
    let count = 40
    let shift = FunctionOperator(count: count) { x, y in
      for index in 0..<count { y[index] = x[(index + 1) % count] }
    }
    let b = [1.0] + [Double](repeating: 0, count: count - 1)
    var options = IterationOptions()
    options.restart = 10
    for method: any IterativeMethod in [GMRES(), FlexibleGMRES()] {
      let report = try method.solve(shift, b, options: options).report
      #expect(report.outcome == .stagnated && report.trueResidual == 1)
      #expect(try method.solve(shift, b).report.outcome == .stagnated)
    }
    options.restart = count
    #expect(try GMRES().solve(shift, b, options: options).report.outcome == .converged)
  }

  /// A Markov chain's I − P maps constants to zero, and its transpose does not: any right-hand side A x has a solution.
  @Test(arguments: ["gmres", "fgmres", "bicgstab", "lsqr", "lsmr"])
  func nullSpacesOfTheMatrixAloneAreLeftInResiduals(_ name: String) throws {
    let count = 60
    var matrix = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      let steps = [(1, 0.5), (7, 0.2 + 0.2 * Double(row % 3) / 2), (count - 2, 0.1)]
      for (step, chance) in steps { matrix.add(-chance, row: row, column: (row + step) % count) }
      matrix.add(steps.reduce(0) { $0 + $1.1 }, row: row, column: row)
    }
    let A = MatrixOperator(matrix.compressed().matrix)
    var b = [Double](repeating: 0, count: count)
    A.apply(normalNumbers(count, "solution"), into: &b)
    #expect(NullSpace.constants(count: count).share(of: b) > 1e-4)
    var options = IterationOptions()
    options.nullSpace = .constants(count: count)
    let (x, report) = try IterativeMethodRegistry.method(named: name).solve(A, b, options: options)
    #expect(report.outcome == .converged, "\(report.outcome) after \(report.iterations)")
    #expect(relativeResidual(A, b, x) <= 1e-8)
    #expect(abs(x.reduce(0, +)) < 1e-9)
  }

  /// Without its null space named, a singular system ends with a least-squares solution, and the report says so.
  @Test(arguments: ["minres", "lsqr", "lsmr"]) func leastSquaresOfASingularMatrixAreFound(_ name: String)
    throws
  {
    let A = MatrixOperator(ModelMatrices.neumannLaplacian(20, dimension: 2))
    let b = normalNumbers(400, "right-hand side")
    let (x, report) = try IterativeMethodRegistry.method(named: name).solve(A, b)
    let lowest = NullSpace.constants(count: 400).share(of: b)
    #expect(
      report.outcome == .inconsistent && report.iterations < 400,
      "\(report.outcome) after \(report.iterations)")
    #expect(abs(relativeResidual(A, b, x) - lowest) < 1e-12 && abs(report.trueResidual - lowest) < 1e-12)
    #expect(report.remarks.contains { $0.contains("no solution") } && report.remedy != nil)
  }

  /// One eigenvalue far below the others holds the residual up as a singular matrix does, for a while.
  @Test(arguments: ["minres", "lsqr", "lsmr"]) func aSmallEigenvalueIsNoNullSpace(_ name: String) throws {
    let A = MatrixOperator(SparseMatrix<Int>.diagonal([1e-8] + (1..<200).map { 1 + Double($0) / 200 }))
    let b = normalNumbers(200, "right-hand side")
    let (x, report) = try IterativeMethodRegistry.method(named: name).solve(A, b)
    #expect(report.outcome == .converged, "\(report.outcome) after \(report.iterations)")
    #expect(relativeResidual(A, b, x) <= 1e-8)
  }

  /// What the recurrence says after a plateau of the residual is not what is returned.
  @Test(arguments: ["jacobi", "ssor"]) func preconditionedMinimalResidualsKeepTheirBestIterate(_ name: String)
    throws
  {
    let matrix = ModelMatrices.neumannLaplacian(50, dimension: 2)
    for purpose in ["first", "second", "third"] {
      let b = normalNumbers(2500, purpose)
      let M = try PreconditionerRegistry.kind(named: name).make(for: matrix, options: PreconditionerOptions())
      let (x, report) = try MinimalResiduals().solve(MatrixOperator(matrix), b, preconditioner: M)
      #expect(report.outcome != .converged)
      #expect(
        relativeResidual(MatrixOperator(matrix), b, x) < 1.2 * NullSpace.constants(count: 2500).share(of: b))
    }
  }

  @Test func inconsistentSystemsDoNotConverge() throws {
    let A = MatrixOperator(SparseMatrix<Int32>.diagonal([1, 1, 0, -1]))
    let b = [1.0, 0, 1, 0]
    for method in IterativeMethodRegistry.all where !method.requirements.contains(.entries) {
      let report = try method.solve(A, b).report
      #expect(report.outcome != .converged, "\(method.name)")
      #expect(report.trueResidual >= 0.5.squareRoot() - 1e-12)
    }
  }
}

/// Diagonal factors that alternate between applications.
private final class ChangingPreconditioner: Preconditioner, @unchecked Sendable {
  let name = "changing"
  let count: Int
  let isSymmetric = true
  let isFixed = false
  private var calls = 0

  init(count: Int) { self.count = count }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    calls += 1
    for index in 0..<count {
      correction[index] = residual[index] * (1 + 0.3 * Double((index + calls) % 3))
    }
  }
}
