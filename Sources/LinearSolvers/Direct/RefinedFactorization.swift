import Arrays
import Synchronization

/// Factors whose answers are improved with the matrix: x ← x + A⁻¹(b − A x) while the residual falls by half.
///
/// Wilkinson's iterative refinement in one precision, which makes answers componentwise as good as the matrix allows
/// where pivots were restricted (Skeel, *Math. Comp.* 35, 1980). Keeps the matrix: writing to the caller's copy of it
/// copies its values. A step that makes the residual larger is taken back.
public final class RefinedFactorization: NumericFactorization, @unchecked Sendable {
  /// The factors themselves.
  public let base: any NumericFactorization
  /// The most steps after a solve.
  public let stepLimit: Int
  private let lock = Mutex<Void>(())
  private var matrix: SparseMatrix<Int>
  private let residual: AlignedStorage<Double>
  private let correction: AlignedStorage<Double>

  init(_ base: any NumericFactorization, of matrix: SparseMatrix<Int>, stepLimit: Int) {
    self.base = base
    self.matrix = matrix
    self.stepLimit = stepLimit
    residual = AlignedStorage(count: base.rowCount)
    correction = AlignedStorage(count: base.rowCount)
  }

  /// The factors, with refinement where it was asked for and the system is square.
  static func wrapping(
    _ base: any NumericFactorization, of matrix: SparseMatrix<Int>, options: DirectOptions
  ) -> any NumericFactorization {
    guard options.refinementSteps > 0, matrix.isSquare else { return base }
    return RefinedFactorization(base, of: matrix, stepLimit: options.refinementSteps)
  }

  public var rowCount: Int { base.rowCount }
  public var columnCount: Int { base.columnCount }
  public var reciprocalCondition: Double { base.reciprocalCondition }
  public var logDeterminant: (logarithm: Double, sign: Double)? { base.logDeterminant }

  public func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      try base.refactorize(matrix)
      self.matrix = matrix
    }
  }

  public func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      try base.solve(rightHandSides, into: solutions, count: count)
      for column in 0..<count {
        try refine(rightHandSides + column * rowCount, solutions + column * rowCount, transposed: false)
      }
    }
  }

  public func solveTranspose(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int
  ) throws(LinearSolverError) {
    try lock.withLock { _ throws(LinearSolverError) in
      try base.solveTranspose(rightHandSides, into: solutions, count: count)
      for column in 0..<count {
        try refine(rightHandSides + column * rowCount, solutions + column * rowCount, transposed: true)
      }
    }
  }

  private func refine(
    _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, transposed: Bool
  ) throws(LinearSolverError) {
    let (r, d) = (residual.baseAddress, correction.baseAddress)
    Residual.compute(matrix, transposed: transposed, x, b, into: r)
    var size = Residual.norm(r, count: rowCount)
    for _ in 0..<stepLimit where size > 0 && size.isFinite {
      if transposed {
        try base.solveTranspose(r, into: d, count: 1)
      } else {
        try base.solve(r, into: d, count: 1)
      }
      // The old x is kept in d, so that the step can be taken back exactly.
      for index in 0..<rowCount {
        let old = x[index]
        x[index] += d[index]
        d[index] = old
      }
      Residual.compute(matrix, transposed: transposed, x, b, into: r)
      let new = Residual.norm(r, count: rowCount)
      guard new < size else { return x.update(from: d, count: rowCount) }
      guard new < size / 2 else { return }
      size = new
    }
  }
}
