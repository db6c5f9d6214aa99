import Arrays
import Exchange

/// A linear solve as a function of matrix and right-hand side that gradients pass through.
///
/// Forward by any solver; backward by one solve with the transpose, whatever the forward solve did inside:
/// ```
/// A x = b:        Aᵀ y = ∂L/∂x,              ∂L/∂b = y,   ∂L/∂a_ij = −y_i x_j
/// z = γ A z + b:  (I − γ A)ᵀ y = ∂L/∂z,      ∂L/∂b = y,   ∂L/∂a_ij = γ y_i z_j
/// ```
/// The gradient of the matrix is taken on its stored pattern alone, so that it is as sparse as the matrix. Memory does not
/// depend on the number of iterations. Park, Choo, Park, *Convergent graph solvers*, ICLR 2022, has the fixed point.
public struct ImplicitLinearSolve: Sendable {
  /// Which equation is solved.
  public enum Equation: Sendable, Hashable {
    /// A x = b.
    case linear
    /// z = γ A z + b.
    case fixedPoint(gamma: Double)
  }
  public let equation: Equation
  public let method: ImplicitMethod
  /// The relative tolerance of the backward solve; at most that of the forward solve.
  public let backwardTolerance: Double?

  /// A solve of one kind by one method.
  ///
  /// - Parameter backwardTolerance: That of the forward solve unless given.
  /// - Throws: `LinearSolverError.unsupported` for a backward tolerance above the forward one, which would bias
  ///   gradients, and for Picard's iteration of something other than a fixed point with |γ| < 1.
  public init(
    _ equation: Equation = .linear, method: ImplicitMethod, backwardTolerance: Double? = nil
  ) throws(LinearSolverError) {
    if let backwardTolerance, let forward = method.tolerance, !(backwardTolerance <= forward) {
      throw .unsupported(
        "the backward tolerance \(backwardTolerance) is looser than the forward one, \(forward): gradients would be biased"
      )
    }
    if case .picard = method {
      guard case .fixedPoint(let gamma) = equation, abs(gamma) < 1 else {
        throw .unsupported("Picard's iteration is for z = γ A z + b with |γ| < 1")
      }
    }
    self.equation = equation
    self.method = method
    self.backwardTolerance = backwardTolerance ?? method.tolerance
  }

  /// A solution, and what the backward solve takes up from it.
  public struct Solution: Sendable {
    public let x: [Double]
    public let report: SolveReport
    let matrix: SparseMatrix<Int>
    /// The matrix that was solved with: A, or I − γ A.
    let system: SparseMatrix<Int>?
    let symbolic: (any SymbolicFactorization)?
    let numeric: (any NumericFactorization)?
  }

  /// The solution for a matrix and a right-hand side.
  ///
  /// - Parameter previous: A solution for a matrix of the same pattern, whose analysis is used again.
  /// - Throws: `LinearSolverError` for sizes that do not fit and factorisations that fail. No convergence is an outcome
  ///   in the report.
  public func forward(
    _ matrix: SparseMatrix<Int>, _ rightHandSide: [Double], after previous: Solution? = nil
  ) throws(LinearSolverError) -> Solution {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard rightHandSide.count == matrix.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: matrix.rowCount)
    }
    if case .picard(let options) = method, case .fixedPoint(let gamma) = equation {
      let (z, report) = PicardIteration(gamma: gamma, options: options).solve(matrix, rightHandSide)
      return Solution(x: z, report: report, matrix: matrix, system: nil, symbolic: nil, numeric: nil)
    }
    var system = matrix
    if case .fixedPoint(let gamma) = equation { system = try matrix.identityMinus(gamma) }
    switch method {
    case .direct(let solver, let options):
      let begin = ContinuousClock.now
      let analysis: any SymbolicFactorization
      if let old = previous?.symbolic, previous?.system?.pattern.isEqual(to: system.pattern) == true {
        analysis = old
      } else {
        analysis = try solver.analyze(system, options: options)
      }
      let numeric = try analysis.factorize(system)
      let (x, report) = try numeric.reportedSolve(
        system, rightHandSide, method: solver.name, options: options, setupSeconds: begin.secondsToNow)
      return Solution(
        x: x, report: report, matrix: matrix, system: system, symbolic: analysis, numeric: numeric)
    case .iterative(let iteration, let kind, let options):
      let (x, report) = try Self.iterate(iteration, kind, options, system, rightHandSide)
      return Solution(x: x, report: report, matrix: matrix, system: system, symbolic: nil, numeric: nil)
    case .picard: preconditionFailure("ImplicitLinearSolve: Picard's iteration has been done above")
    }
  }

  /// What a loss changes by, per change of each input.
  public struct Gradients: Sendable {
    public let rightHandSide: [Double]
    /// One number per stored entry of the matrix, in the order of its pattern.
    public let values: [Double]
    /// Of the solve with the transpose.
    public let report: SolveReport
  }

  /// The gradients of a loss whose gradient with respect to the solution is given.
  public func backward(
    _ solution: Solution, gradient: [Double]
  ) throws(LinearSolverError) -> Gradients {
    guard gradient.count == solution.x.count else {
      throw .wrongLength(what: "the gradient", count: gradient.count, expected: solution.x.count)
    }
    let (y, report) = try adjoint(solution, gradient)
    let factor: Double =
      switch equation {
      case .linear: -1
      case .fixedPoint(let gamma): gamma
      }
    return Gradients(
      rightHandSide: y, values: solution.matrix.pattern.outerProduct(y, solution.x, factor), report: report)
  }

  /// Solves with the transpose of the system.
  private func adjoint(
    _ solution: Solution, _ gradient: [Double]
  ) throws(LinearSolverError) -> (y: [Double], report: SolveReport) {
    switch backwardTolerance.map({ method.with(tolerance: $0) }) ?? method {
    case .picard(let options):
      guard case .fixedPoint(let gamma) = equation else { break }
      let (y, report) = PicardIteration(gamma: gamma, options: options).solve(
        solution.matrix.transposed, gradient)
      return (y, report)
    case .direct(let solver, let options):
      guard let numeric = solution.numeric, let system = solution.system else { break }
      let begin = ContinuousClock.now
      let y = try numeric.solveTranspose(gradient)
      var report = SolveReport(
        outcome: .converged, method: solver.name, trueResidual: 0, operatorApplications: 1,
        solveSeconds: begin.secondsToNow)
      report.judge(y, of: system.transposed, gradient, options.tolerance)
      return (y, report)
    case .iterative(let iteration, let kind, let options):
      guard let system = solution.system else { break }
      return try Self.iterate(iteration, kind, options, system.transposed.compressedByRows, gradient)
    }
    preconditionFailure("ImplicitLinearSolve: the solution is of another method")
  }

  private static func iterate(
    _ iteration: any IterativeMethod, _ kind: (any PreconditionerKind)?, _ options: IterationOptions,
    _ system: SparseMatrix<Int>, _ rightHandSide: [Double]
  ) throws(LinearSolverError) -> ([Double], SolveReport) {
    let begin = ContinuousClock.now
    var settings = PreconditionerOptions()
    settings.isSymmetric = system.isSymmetric()
    settings.workers = options.workers
    let preconditioner = try kind?.make(for: system, options: settings)
    let setup = begin.secondsToNow
    var (x, report) = try iteration.solve(
      MatrixOperator(system, workers: options.workers), rightHandSide, preconditioner: preconditioner,
      options: options)
    report.setupSeconds += setup
    return (x, report)
  }
}

extension SparsityPattern {
  /// factor · y xᵀ on the stored places, in their order.
  fileprivate func outerProduct(_ y: [Double], _ x: [Double], _ factor: Double) -> [Double] {
    var result = [Double](repeating: 0, count: nonzeroCount)
    let isByRows = orientation == .rows
    for major in 0..<majorCount {
      for position in positions(major) {
        let minor = Int(indices.baseAddress[position])
        result[position] = factor * (isByRows ? y[major] * x[minor] : y[minor] * x[major])
      }
    }
    return result
  }
}

extension SparseMatrix<Int> {
  /// I − γ A, on the pattern of A and the diagonal.
  fileprivate func identityMinus(_ gamma: Double) throws(LinearSolverError) -> SparseMatrix {
    var entries = entries()
    for entry in entries.values.indices { entries.values[entry] *= -gamma }
    entries.rows += 0..<rowCount
    entries.columns += 0..<rowCount
    entries.values += repeatElement(1, count: rowCount)
    return try SparseMatrix.assembled(from: entries, pattern.orientation).matrix
  }
}
