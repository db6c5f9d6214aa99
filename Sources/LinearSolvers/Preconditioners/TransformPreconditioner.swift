public import Arrays
public import Spectral
import Synchronization

/// The inverse of a constant-coefficient operator on a box, by sine, cosine and Fourier transforms, as a preconditioner.
///
/// Where the system is that operator itself one application solves it. For a variable coefficient a, M = a^{−½} L₀⁻¹
/// a^{−½} leaves a system like −lap + (lap √a)/√a: counts depend on how smooth √a is, hardly on its contrast, and not on
/// the mesh (Concus & Golub, SIAM J. Numer. Anal. 10 (1973) 1103). On a part of the box the residual is extended by zero,
/// the box solved, and the solution restricted. Symmetric and positive definite; where the box's operator is singular,
/// on residuals of mean zero: name the null space to the method.
///
/// `O(N log N)` per application. FFTW is fast where the transforms' logical sizes have small factors: `count` for cells,
/// `count + 1` for interior nodes.
public final class TransformPreconditioner: Preconditioner {
  public let name = "transform"
  public let isSymmetric = true
  public let isFixed = true
  public let count: Int
  private let solver: FastPoisson
  private let coefficient: Double
  private let shift: Double
  private let workers: Workers?
  private let runs: CellRuns
  /// What residuals are multiplied by, and corrections.
  private let residualFactors: AlignedStorage<Double>?
  private let correctionFactors: AlignedStorage<Double>?
  private let memory: Mutex<Memory>

  /// What an application writes to besides its result.
  private struct Memory {
    let box: AlignedStorage<Double>
    let workspace: AlignedStorage<Double>
  }

  /// Plans `−coefficient · lap + shift` on the box of some axes, whose unknowns are numbered row-major.
  ///
  /// - Parameters:
  ///   - mask: which cells of the box are unknowns, numbered in order; all unless given.
  ///   - field: a coefficient per unknown, positive, that the operator is scaled with from both sides.
  ///   - coefficient: the constant coefficient of the operator.
  ///   - shift: what is added to the operator, at least zero.
  ///   - workers: threads that share the transforms; the result does not depend on them.
  /// - Throws: `LinearSolverError.wrongLength` for a mask or field that does not fit, `.unsupported` for a mask
  ///   without cells or a field that is not positive.
  public init(
    axes: [PoissonAxis], mask: [Bool]? = nil, field: [Double]? = nil, coefficient: Double = 1,
    shift: Double = 0, workers: Workers? = nil
  ) throws(LinearSolverError) {
    let cellCount = axes.reduce(1) { $0 * $1.count }
    if let mask, mask.count != cellCount {
      throw .wrongLength(what: "the mask", count: mask.count, expected: cellCount)
    }
    let kept = mask.map { mask in mask.indices.filter { mask[$0] } }
    count = kept?.count ?? cellCount
    guard count > 0 else { throw .unsupported("the mask of the transform preconditioner leaves no cell") }
    if let field, field.count != count {
      throw .wrongLength(what: "the coefficient field", count: field.count, expected: count)
    }
    if let wrong = field?.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw .unsupported(
        "the coefficient field of the transform preconditioner must be positive, not \(wrong)")
    }
    guard coefficient > 0, shift >= 0 else {
      throw .unsupported(
        "the transform preconditioner needs −c lap + σ with c > 0, σ ≥ 0, not \(coefficient), \(shift)")
    }
    solver = FastPoisson(axes: axes)
    self.coefficient = coefficient
    self.shift = shift
    self.workers = workers
    runs = CellRuns(mask: mask, cellCount: cellCount)
    let scale = field?.map { 1 / $0.squareRoot() }
    let weights = Self.weights(axes)
    correctionFactors = scale.map(Self.stored)
    residualFactors =
      weights.map { weights in
        let own = kept.map { $0.map { 1 / weights[$0] } } ?? weights.map { 1 / $0 }
        return Self.stored(scale.map { zip($0, own).map { $0 * $1 } } ?? own)
      } ?? correctionFactors
    memory = Mutex(
      Memory(
        box: AlignedStorage(count: cellCount),
        workspace: AlignedStorage(count: solver.workspaceCount(workers: workers?.count ?? 1))))
  }

  /// One application at a time; a second thread waits.
  public func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    memory.withLock { memory in
      let box = memory.box.baseAddress
      runs.spread(residual, factors: residualFactors, into: box, workers: workers)
      _ = solver.solve(
        inPlace: box, coefficient: coefficient, shift: shift, workspace: memory.workspace.baseAddress,
        workers: workers)
      runs.restrict(box, factors: correctionFactors, into: correction, workers: workers)
    }
  }

  private static func stored(_ numbers: [Double]) -> AlignedStorage<Double> {
    let storage = AlignedStorage<Double>(count: numbers.count)
    _ = storage.buffer.update(fromContentsOf: numbers)
    return storage
  }

  /// What makes the rows of the operator symmetric, as in `SparseMatrix.laplacian`; nil where it is so already.
  private static func weights(_ axes: [PoissonAxis]) -> [Double]? {
    var weights = [1.0]
    for axis in axes {
      var line = [Double](repeating: 1, count: axis.count)
      if axis.grid == .nodes, case .bounded(let lower, let upper) = axis.ends {
        if lower == .neumann { line[0] *= 0.5 }
        if upper == .neumann { line[axis.count - 1] *= 0.5 }
      }
      weights = weights.flatMap { weight in line.map { weight * $0 } }
    }
    return weights.contains { $0 != 1 } ? weights : nil
  }
}
