import Arrays
import Foundation
import LinearSolvers
import TestSupport
import Testing

@Suite struct ImplicitSolveTests {
  static let count = 40

  /// A random matrix whose rows sum to less than one, with a fifth of its entries stored.
  static func substochastic() -> SparseMatrix<Int> {
    let stream = RandomStream(seed: 3, purpose: "implicit")
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    for row in 0..<count {
      var weights: [(Int, Double)] = []
      for column in 0..<count {
        let random = stream.uniforms(at: UInt64(row * count + column))
        if random.x < 0.2 || column == (row + 1) % count { weights.append((column, random.y)) }
      }
      let sum = weights.reduce(0) { $0 + $1.1 }
      for (column, weight) in weights { list.add(0.999 * weight / sum, row: row, column: column) }
    }
    return list.compressed().matrix
  }

  static let vector = (0..<count).map {
    2 * RandomStream(seed: 4, purpose: "b").uniforms(at: UInt64($0)).x - 1
  }
  /// A loss that is neither linear nor even: Σ w sin(x) + x²/2.
  static func loss(_ x: [Double]) -> Double {
    x.indices.reduce(0) { $0 + cos(Double($1)) * sin(x[$1]) + x[$1] * x[$1] / 2 }
  }
  static func lossGradient(_ x: [Double]) -> [Double] {
    x.indices.map { cos(Double($0)) * cos(x[$0]) + x[$0] }
  }

  /// Compares the gradients with central differences of whole solves, and returns the largest relative difference.
  private func largestDifference(
    _ solve: ImplicitLinearSolve, _ matrix: SparseMatrix<Int>, step: Double = 1e-5
  ) throws -> Double {
    let b = Self.vector
    let solution = try solve.forward(matrix, b)
    #expect(solution.report.outcome == .converged)
    let gradients = try solve.backward(solution, gradient: Self.lossGradient(solution.x))
    #expect(gradients.report.outcome == .converged)
    #expect(gradients.values.count == matrix.nonzeroCount)
    var largest = 0.0
    // Fourth-order differences, so that their own error is below the bound.
    func difference(_ value: (Double) throws -> Double) rethrows -> Double {
      (8 * (try value(step) - value(-step)) - (try value(2 * step) - value(-2 * step))) / (12 * step)
    }
    let size = gradients.values.map(abs).max() ?? 1
    for position in stride(from: 0, to: matrix.nonzeroCount, by: 23) {
      let expected = try difference { change in
        var changed = matrix
        changed.withUnsafeMutableValues { $0[position] += change }
        return Self.loss(try solve.forward(changed, b, after: solution).x)
      }
      largest = max(largest, abs(gradients.values[position] - expected) / size)
    }
    let scale = gradients.rightHandSide.map(abs).max() ?? 1
    for index in stride(from: 0, to: Self.count, by: 7) {
      let expected = try difference { change in
        var changed = b
        changed[index] += change
        return Self.loss(try solve.forward(matrix, changed, after: solution).x)
      }
      largest = max(largest, abs(gradients.rightHandSide[index] - expected) / scale)
    }
    return largest
  }

  @Test(arguments: [0.5, 0.9, -0.9]) func picardGradientsAreThoseOfDifferences(_ gamma: Double) throws {
    let solve = try ImplicitLinearSolve(
      .fixedPoint(gamma: gamma), method: .picard(PicardOptions(tolerance: 1e-13)))
    for matrix in [Self.substochastic(), Self.substochastic().reoriented()] {
      #expect(try largestDifference(solve, matrix, step: 1e-3) < 1e-8)
    }
  }

  /// Fifty steps, as published code takes, leave errors that grow towards γ = 1; the tolerance counts with that.
  @Test func toleranceHoldsTowardsOne() throws {
    let matrix = Self.substochastic()
    let exact = try ImplicitLinearSolve(
      .fixedPoint(gamma: 0.99), method: .picard(PicardOptions(tolerance: 1e-15))
    ).forward(matrix, Self.vector).x
    let size = exact.map(abs).max() ?? 1
    func error(_ options: PicardOptions) throws -> (Double, SolveReport) {
      let found = try ImplicitLinearSolve(.fixedPoint(gamma: 0.99), method: .picard(options))
        .forward(matrix, Self.vector)
      return (zip(found.x, exact).map { abs($0 - $1) }.max()! / size, found.report)
    }
    let (good, report) = try error(PicardOptions(tolerance: 1e-6))
    #expect(report.outcome == .converged && good <= 1e-6)
    #expect(report.history.count == report.iterations && report.operatorApplications == report.iterations + 1)
    let (bad, stopped) = try error(PicardOptions(tolerance: 1e-6, iterationLimit: 50))
    #expect(stopped.outcome == .iterationLimit && bad > 1e-2)
  }

  @Test(arguments: DirectSolverRegistry.all.filter { $0.requirements.isEmpty }.map(\.name))
  func directGradientsAreThoseOfDifferences(_ name: String) throws {
    let method = ImplicitMethod.direct(try DirectSolverRegistry.solver(named: name))
    let matrix = Self.substochastic()
    #expect(
      try largestDifference(
        ImplicitLinearSolve(.fixedPoint(gamma: 0.9), method: method), matrix, step: 1e-3) < 1e-8)
    // A x = b with the same factors backwards.
    let regular = CoordinateMatrix.shifted(matrix, by: 1.5)
    #expect(try largestDifference(ImplicitLinearSolve(method: method), regular, step: 1e-3) < 1e-8)
  }

  @Test(
    arguments: IterativeMethodRegistry.all.map(\.name).filter {
      ["gmres", "bicgstab", "fgmres"].contains($0)
    })
  func iterativeGradientsAreThoseOfDifferences(_ name: String) throws {
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-13)
    let method = ImplicitMethod.iterative(try IterativeMethodRegistry.method(named: name), options)
    let matrix = CoordinateMatrix.shifted(Self.substochastic(), by: 1.5)
    #expect(try largestDifference(ImplicitLinearSolve(method: method), matrix, step: 1e-3) < 1e-8)
  }

  @Test func looseBackwardSolvesAreRefused() throws {
    let method = ImplicitMethod.picard(PicardOptions(tolerance: 1e-8))
    #expect(throws: LinearSolverError.self) {
      try ImplicitLinearSolve(.fixedPoint(gamma: 0.5), method: method, backwardTolerance: 1e-6)
    }
    #expect(throws: LinearSolverError.self) {
      try ImplicitLinearSolve(.fixedPoint(gamma: 0.5), method: method, backwardTolerance: .nan)
    }
    #expect(throws: Never.self) {
      try ImplicitLinearSolve(.fixedPoint(gamma: 0.5), method: method, backwardTolerance: 1e-10)
    }
    #expect(throws: LinearSolverError.self) { try ImplicitLinearSolve(.linear, method: method) }
    #expect(throws: LinearSolverError.self) { try ImplicitLinearSolve(.fixedPoint(gamma: 1), method: method) }
    let solve = try ImplicitLinearSolve(.fixedPoint(gamma: 0.5), method: method)
    #expect(throws: LinearSolverError.self) { try solve.forward(Self.substochastic(), [1, 2]) }
    let solution = try solve.forward(Self.substochastic(), Self.vector)
    #expect(throws: LinearSolverError.self) { try solve.backward(solution, gradient: [1]) }
    // A map that is no contraction ends with its outcome.
    let growing = SparseMatrix<Int>.diagonal([1e200, 1])
    #expect(try solve.forward(growing, [1, 1]).report.outcome == .notFinite)
  }
}

extension CoordinateMatrix {
  /// shift · I − A.
  fileprivate static func shifted(_ A: SparseMatrix<Int>, by shift: Double) -> SparseMatrix<Int> {
    var list = CoordinateMatrix(rowCount: A.rowCount, columnCount: A.columnCount)
    A.forEachEntry { row, column, value in list.add(-value, row: row, column: column) }
    for row in 0..<A.rowCount { list.add(shift, row: row, column: row) }
    return list.compressed().matrix
  }
}
