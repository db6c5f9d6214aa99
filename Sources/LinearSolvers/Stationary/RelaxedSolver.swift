import Arrays
import CKernels

/// Solves many systems on one pattern, each with its own ω, in memory that is taken once.
///
/// What a policy that learns ω drives; serial. The number of iterations is the cost of a choice.
public final class RelaxedSolver<Index: SparseIndex>: @unchecked Sendable {
  /// Where ω goes.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// Successive over-relaxation, a sweep an iteration.
    case sor
    /// Conjugate gradients preconditioned by SSOR; for symmetric positive definite matrices.
    case ssorConjugateGradients = "ssor-cg"
    /// Conjugate gradients; ω does not matter.
    case conjugateGradients = "cg"
  }

  /// How a solve ended.
  public struct Outcome: Sendable, Hashable {
    public var iterations: Int
    public var isConverged: Bool
  }

  public let method: Method
  public let tolerance: Tolerance
  /// The most iterations of one solve.
  public let iterationLimit: Int
  private let count: Int
  private let memory: AlignedStorage<Double>

  /// A solver for matrices of `count` unknowns.
  public init(_ method: Method, count: Int, tolerance: Tolerance = Tolerance(), iterationLimit: Int = 10_000)
  {
    self.method = method
    self.count = count
    self.tolerance = tolerance
    self.iterationLimit = iterationLimit
    memory = AlignedStorage(count: 5 * max(count, 1))
  }

  private func vector(_ place: Int) -> UnsafeMutablePointer<Double> { memory.baseAddress + place * count }

  /// Improves `x`, which holds the first guess.
  ///
  /// Allocates nothing. The matrix is compressed by rows, with a nonzero diagonal: the caller sees to both. Conjugate
  /// gradients test the residual of the recurrence, as MATLAB's `pcg` does before its last check.
  public func solve(
    _ matrix: SparseMatrix<Index>, _ b: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    relaxation: Double
  ) -> Outcome {
    precondition(
      matrix.rowCount == count && matrix.pattern.orientation == .rows,
      "RelaxedSolver: made for \(count) unknowns by rows, got \(matrix)")
    switch method {
    case .sor: return sweep(matrix, b, x, relaxation)
    case .ssorConjugateGradients, .conjugateGradients: return conjugate(matrix, b, x, relaxation)
    }
  }

  private func sweep(
    _ A: SparseMatrix<Index>, _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>,
    _ relaxation: Double
  ) -> Outcome {
    var (old, next) = (vector(0), vector(1))
    old.update(from: x, count: count)
    var (iterations, target) = (0, 0.0)
    while true {
      let residual = SweepKernels.monitored(A, rows: 0..<count, .chain, relaxation: relaxation, b, old, next)
        .squareRoot()
      if iterations == 0 { target = self.target(b, residual) }
      if residual <= target || iterations == iterationLimit || !residual.isFinite {
        x.update(from: old, count: count)
        return Outcome(iterations: iterations, isConverged: residual <= target)
      }
      swap(&old, &next)
      iterations += 1
    }
  }

  private func conjugate(
    _ A: SparseMatrix<Index>, _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>,
    _ relaxation: Double
  ) -> Outcome {
    let (r, z, p, q, reciprocals) = (vector(0), vector(1), vector(2), vector(3), vector(4))
    invertDiagonal(A, into: reciprocals)
    _ = SweepKernels.multiply(A, x, into: q)
    r.update(from: b, count: count)
    var square = pvk_conjugate_step(count, 1, q, q, p, r)
    p.update(repeating: 0, count: count)
    let target = target(b, square.squareRoot())
    var (iterations, previous) = (0, Double.infinity)
    while square.squareRoot() > target, iterations < iterationLimit, square.isFinite {
      let product: Double
      if method == .conjugateGradients {
        product = square
        pvk_conjugate_direction(count, square / previous, r, p)
      } else {
        product = SweepKernels.solveSSOR(
          A, relaxation: relaxation, scale: 1, reciprocals: reciprocals, r, into: z)
        pvk_conjugate_direction(count, product / previous, z, p)
      }
      previous = product
      let curvature = SweepKernels.multiply(A, p, into: q)
      guard curvature > 0 else { break }
      square = pvk_conjugate_step(count, product / curvature, p, q, x, r)
      iterations += 1
    }
    return Outcome(iterations: iterations, isConverged: square.squareRoot() <= target)
  }

  private func target(_ b: UnsafePointer<Double>, _ initialResidual: Double) -> Double {
    var reference = initialResidual
    if tolerance.reference == .rightHandSide {
      var sum = 0.0
      for index in 0..<count { sum += b[index] * b[index] }
      reference = sum.squareRoot()
    }
    return max(tolerance.relative * reference, tolerance.absolute)
  }

  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  private func invertDiagonal(_ A: SparseMatrix<Index>, into reciprocals: UnsafeMutablePointer<Double>) {
    let (starts, indices) = (A.pattern.starts.baseAddress, A.pattern.indices.baseAddress)
    for row in 0..<count {
      var position = Int(starts[row])
      while Int(indices[position]) < row { position += 1 }
      reciprocals[row] = 1 / A.values.baseAddress[position]
    }
  }
}
