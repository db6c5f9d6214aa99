import Arrays
import LinearSolvers
import TestSupport
import Testing

@Suite struct AdditiveSchwarzTests {
  private let kind = AdditiveSchwarzKind(solver: DenseCholesky(), size: 120)

  @Test(arguments: PreconditionerLaw.allCases) func keepsTheLaw(_ law: PreconditionerLaw) throws {
    let broken = try law.violations(of: kind)
    #expect(broken.isEmpty, "\(broken.joined(separator: "; "))")
  }

  private func make(_ A: SparseMatrix<Int>, _ parameters: [String: Double]) throws -> any Preconditioner {
    var options = PreconditionerOptions()
    options.parameters = parameters
    return try kind.make(for: A, options: options)
  }

  /// One piece is a direct solution.
  @Test func onePieceIsExact() throws {
    let A = roughDiffusion(9)
    let b = (0..<81).map { Double($0 % 4) }
    let (count, _) = referenceConjugateResiduals(
      MatrixOperator(A), b, try make(A, ["size": 81, "overlap": 0]), relative: 1e-12)
    #expect(count == 1)
  }

  /// Without overlap and with pieces of one unknown it is Jacobi's preconditioner.
  @Test func piecesOfOneAreJacobi() throws {
    let A = roughDiffusion(7)
    let r = (0..<49).map { Double($0 % 5) - 2 }
    let schwarz = try make(A, ["size": 1, "overlap": 0]).applied(r)
    let jacobi = try DiagonalPreconditionerKind().make(for: A, options: PreconditionerOptions()).applied(r)
    #expect(zip(schwarz, jacobi).allSatisfy { abs($0 - $1) <= 1e-14 * abs($1) })
  }

  @Test func overlapSavesIterations() throws {
    let A = ModelMatrices.laplacian(30, dimension: 2)
    let b = (0..<900).map { Double($0 % 7) - 3 }
    let counts = try [0.0, 1, 3].map { overlap in
      let M = try make(A, ["size": 60, "overlap": overlap])
      #expect(M.remarks[0].contains("16 pieces") || M.remarks[0].contains("15 pieces"))
      return referenceConjugateGradients(MatrixOperator(A), b, M, relative: 1e-8).count
    }
    #expect(counts[0] > counts[1] && counts[1] > counts[2], "\(counts)")
    let restricted = try make(A, ["size": 60, "overlap": 1, "restricted": 1])
    #expect(!restricted.isSymmetric)
    let plain = try make(A, ["size": 60, "overlap": 1])
    #expect(
      referenceConjugateResiduals(MatrixOperator(A), b, restricted, relative: 1e-8).count
        <= referenceConjugateResiduals(MatrixOperator(A), b, plain, relative: 1e-8).count)
  }

  @Test func aPieceThatIsNotDefiniteIsAnError() {
    let A = SparseMatrix<Int>.diagonal([1, 2, -3])
    #expect(throws: LinearSolverError.notPositiveDefinite(column: 0)) { try make(A, ["size": 1]) }
  }

  /// Helmholtz: pieces are not definite where they are large, and are solved all the same.
  @Test(arguments: ["gmres", "fgmres", "bicgstab"]) func piecesThatAreNotDefiniteHaveLU(_ name: String) throws
  {
    var A = ModelMatrices.laplacian(30, dimension: 2)
    A.withUnsafeMutableValues { values in
      for index in values.indices where values[index] > 0 { values[index] -= 0.3 }
    }
    let M = try AdditiveSchwarzKind(size: 300).make(for: A, options: PreconditionerOptions())
    #expect(M.remarks[0].contains("not positive definite"), "\(M.remarks)")
    let b = (0..<900).map { Double($0 % 7) - 3 }
    let report = try IterativeMethodRegistry.method(named: name).solve(
      MatrixOperator(A), b, preconditioner: M
    ).report
    #expect(
      report.outcome == .converged && report.iterations < 100, "\(report.outcome) after \(report.iterations)")
  }

  /// A matrix in two parts that nothing couples.
  @Test func disconnectedMatricesArePartitioned() throws {
    let A = SparseMatrix<Int>.diagonal([2, 4, 8, 16, 32])
    let ones = try make(A, ["size": 2]).applied([2, 4, 8, 16, 32])
    #expect(ones.allSatisfy { abs($0 - 1) < 1e-14 }, "\(ones)")
  }
}

/// A direct solver for pieces of a few hundred unknowns.
private struct DenseCholesky: DirectSolver {
  let name = "dense"
  let summary = "dense Cholesky factorisation, for tests"
  let requirements: MethodRequirements = [.symmetric, .positiveDefinite]
  let source = "a textbook"

  func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization {
    Symbolic(forecast: FactorForecast(nonzeros: 0, operations: 0, bytes: 0, ordering: "natural"))
  }

  final class Symbolic: SymbolicFactorization {
    let forecast: FactorForecast
    init(forecast: FactorForecast) { self.forecast = forecast }
    func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization {
      try Factors(matrix)
    }
  }

  final class Factors: NumericFactorization, @unchecked Sendable {
    let rowCount: Int
    var columnCount: Int { rowCount }
    let reciprocalCondition = 1.0
    let logDeterminant: (logarithm: Double, sign: Double)? = nil
    private var L: [Double] = []

    init(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
      rowCount = matrix.rowCount
      try refactorize(matrix)
    }

    func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
      let n = rowCount
      L = [Double](repeating: 0, count: n * n)
      for j in 0..<n {
        for i in j..<n {
          var sum = matrix[i, j]
          for k in 0..<j { sum -= L[i * n + k] * L[j * n + k] }
          if i == j, sum <= 0 { throw .notPositiveDefinite(column: j) }
          L[i * n + j] = i == j ? sum.squareRoot() : sum / L[j * n + j]
        }
      }
    }

    func solve(
      _ b: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>, count: Int
    ) throws(LinearSolverError) {
      let n = rowCount
      for system in 0..<count {
        let (b, x) = (b + system * n, x + system * n)
        for i in 0..<n {
          x[i] = b[i]
          for k in 0..<i { x[i] -= L[i * n + k] * x[k] }
          x[i] /= L[i * n + i]
        }
        for i in (0..<n).reversed() {
          for k in (i + 1)..<max(n, i + 1) { x[i] -= L[k * n + i] * x[k] }
          x[i] /= L[i * n + i]
        }
      }
    }

    func solveTranspose(
      _ b: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>, count: Int
    ) throws(LinearSolverError) { try solve(b, into: x, count: count) }
  }
}
