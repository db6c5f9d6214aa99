import Arrays
import CKernels

/// Algebraic multigrid: a hierarchy of matrices made from the given one alone, and cycles on it.
///
/// One application is one cycle from zero. As an iteration of its own, x += M (b − A x), it is the preconditioner of
/// Richardson's method with steps of one. Cycles use vectors of the hierarchy: one application at a time.
///
/// Smoothing is Gauss–Seidel, forward before and backward after the coarse level (or both both times), so that the
/// cycle is symmetric. Chunks of rows whose number depends on the matrix alone are swept independently, which is how
/// workers share a sweep with the same result for any number of them.
public final class AlgebraicMultigrid: Preconditioner, @unchecked Sendable {
  public let name: String
  public let count: Int
  public let isSymmetric: Bool
  public var isFixed: Bool { true }
  public let cycle: MultigridCycle
  public let precision: MultigridPrecision
  /// The sizes of the levels, the finest first.
  public let levels: [LevelSummary]

  private let hierarchy: AlgebraicHierarchy
  private let input: InputScale
  private let load: Phase
  private let store: Phase
  private let ends: Ends

  /// What is known of one level.
  public struct LevelSummary: Sendable, Hashable {
    public var unknowns: Int
    public var nonzeros: Int
    /// Nonzeros of the prolongation from the next level; none on the coarsest.
    public var prolongationNonzeros: Int
  }

  private final class Ends: @unchecked Sendable {
    var correction: UnsafeMutablePointer<Double>?
  }

  init(_ hierarchy: AlgebraicHierarchy, name: String, workers: Workers?) {
    self.name = name
    self.hierarchy = hierarchy
    count = hierarchy.scale.count
    cycle = hierarchy.settings.cycle
    precision = hierarchy.settings.precision
    isSymmetric = hierarchy.settings.isSymmetric && cycle.isSymmetric
    levels = hierarchy.summaries
    let scale = hierarchy.scale
    let input = InputScale(count: count, weights: scale, workers: workers)
    self.input = input
    let ends = Ends()
    self.ends = ends
    let rows = RowChunks.ranges(count, minimum: 16_384)
    let (b, x) = (hierarchy.finest.b, hierarchy.finest.x)
    load = Phase(rows.count, workers) { chunk in
      guard let residual = input.vector else { return }
      let (first, last) = (rows[chunk].lowerBound, rows[chunk].upperBound)
      b.precision == .single
        ? pvk_scale_in_f32(first, last, scale.baseAddress, residual, input.factor, b.singles)
        : pvk_scale_in_f64(first, last, scale.baseAddress, residual, input.factor, b.doubles)
    }
    store = Phase(rows.count, workers) { chunk in
      guard let correction = ends.correction else { return }
      let (first, last) = (rows[chunk].lowerBound, rows[chunk].upperBound)
      x.precision == .single
        ? pvk_scale_out_f32(first, last, scale.baseAddress, x.singles, 1 / input.factor, correction)
        : pvk_scale_out_f64(first, last, scale.baseAddress, x.doubles, 1 / input.factor, correction)
    }
  }

  public func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    input.read(residual)
    ends.correction = correction
    load.run()
    hierarchy.run()
    store.run()
  }

  /// The share of all levels' unknowns in those of the finest.
  public var gridComplexity: Double {
    Double(levels.reduce(0) { $0 + $1.unknowns }) / Double(max(levels[0].unknowns, 1))
  }

  /// The share of all levels' nonzeros in those of the finest.
  public var operatorComplexity: Double {
    Double(levels.reduce(0) { $0 + $1.nonzeros }) / Double(max(levels[0].nonzeros, 1))
  }

  /// Bytes that the hierarchy holds.
  public var byteCount: Int { hierarchy.byteCount }
}
