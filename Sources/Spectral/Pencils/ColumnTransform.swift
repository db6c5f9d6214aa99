import Arrays

/// The transform along one leading axis for a block of neighbouring columns.
///
/// A block holds `points` rows, `stride` doubles apart. Rows of coefficients are put where the transform wants
/// them by `rowRuns`; rows that no coefficient fills must be zero.
package final class ColumnTransform: @unchecked Sendable {
  package let axis: PencilLayout.Axis
  package let functions: AxisFunctions
  /// Doubles per row.
  package let width: Int
  private let engine: Engine

  private enum Engine: ~Copyable {
    case kernel(FourierColumns)
    case library(LibraryColumns)
  }

  /// Vectors of eight doubles: rows are padded to whole ones.
  package static func padded(_ width: Int) -> Int { (width + 7) / 8 * 8 }

  package init(
    axis: PencilLayout.Axis, functions: AxisFunctions, width: Int, isComplex: Bool, mode: PlanningMode
  ) {
    precondition(
      functions != .fourier || isComplex, "ColumnTransform: a periodic axis has complex coefficients")
    self.axis = axis
    self.functions = functions
    self.width = width
    if functions == .fourier, let kernel = FourierColumns(points: axis.points) {
      engine = .kernel(kernel)
    } else {
      engine = .library(
        LibraryColumns(
          points: axis.points, functions: functions, width: width, stride: Self.padded(width), mode: mode))
    }
  }

  /// Doubles between the rows of a block.
  package var stride: Int { Self.padded(width) }

  /// Doubles of work space.
  package var workLength: Int {
    switch engine {
    case .kernel(let kernel): kernel.workLength(width: stride)
    case .library: 0
    }
  }

  /// Neighbouring coefficient rows that the transform wants in neighbouring rows of the block.
  package struct RowRun: BitwiseCopyable, Sendable {
    /// The first coefficient row and the block's row that holds it.
    package var row: Int
    package var gridRow: Int
    package var count: Int
    /// What coefficients are multiplied by before the synthesis, and results of the analysis to be coefficients.
    package var synthesisFactor: Double
    package var analysisFactor: Double
  }

  /// All coefficient rows but the empty row 0 of a sine.
  package var rowRuns: (RowRun, RowRun) {
    let n = Double(axis.points)
    func run(_ row: Int, _ gridRow: Int, _ count: Int, _ synthesis: Double, _ analysis: Double) -> RowRun {
      RowRun(
        row: row, gridRow: gridRow, count: count, synthesisFactor: synthesis, analysisFactor: analysis / n)
    }
    let kept = axis.kept
    return switch functions {
    case .fourier: (run(0, 0, kept + 1, 1, 1), run(kept + 1, axis.points - kept, kept, 1, 1))
    case .sine: (run(1, 0, kept, 0.5, 1), run(1, 0, 0, 0.5, 1))
    case .cosine: (run(0, 0, 1, 1, 0.5), run(1, 1, kept, 0.5, 1))
    case .sineCosine, .cosineSine: (run(0, 0, kept + 1, 0.5, 1), run(0, 0, 0, 0.5, 1))
    }
  }

  /// Sets the rows to zero that no run names.
  @inline(__always)
  package func clearUnused(_ block: UnsafeMutablePointer<Double>) {
    let first = functions == .sine ? axis.kept : axis.kept + 1
    let end = functions == .fourier ? axis.points - axis.kept : axis.points
    if end > first { (block + first * stride).update(repeating: 0, count: (end - first) * stride) }
  }

  /// A block of coefficients, which is destroyed, to rows of values that may be the block's own.
  ///
  /// Rows are `distance` doubles apart and are written with their padding.
  @inline(__always)
  package func synthesize(
    _ block: UnsafeMutablePointer<Double>, into values: UnsafeMutablePointer<Double>, distance: Int,
    work: UnsafeMutablePointer<Double>
  ) {
    switch engine {
    case .kernel(let kernel):
      kernel.transform(
        block, distance: stride, into: values, distance: distance, width: stride, isInverse: true, work: work)
    case .library(let library):
      library.synthesize(block)
      if values == block { return }
      for row in 0..<axis.points {
        (values + row * distance).update(from: block + row * stride, count: width)
      }
    }
  }

  /// Rows of values, `distance` doubles apart, to a block of unscaled coefficients, which may be those rows.
  @inline(__always)
  package func analyze(
    _ values: UnsafePointer<Double>, distance: Int, into block: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) {
    switch engine {
    case .kernel(let kernel):
      kernel.transform(
        values, distance: distance, into: block, distance: stride, width: stride, isInverse: false, work: work
      )
    case .library(let library):
      if values != UnsafePointer(block) {
        for row in 0..<axis.points {
          (block + row * stride).update(from: values + row * distance, count: width)
        }
      }
      library.analyze(block)
    }
  }
}

/// FFTW's transforms of columns, in place: sines and cosines, and lengths our own kernels do not know.
private struct LibraryColumns: ~Copyable {
  private let isReal: Bool
  private let backward: FFTWPlan
  private let forward: FFTWPlan

  init(points: Int, functions: AxisFunctions, width: Int, stride: Int, mode: PlanningMode) {
    if let synthesis = functions.synthesis {
      isReal = true
      let layout = LineLayout(length: points, stride: stride, count: width, distance: 1)
      backward = .realInPlace(synthesis, layout, mode: mode)
      forward = .realInPlace(synthesis.inverse, layout, mode: mode)
    } else {
      isReal = false
      let layout = LineLayout(length: points, stride: stride / 2, count: width / 2, distance: 1)
      backward = .complexInPlace(layout, forward: false, mode: mode)
      forward = .complexInPlace(layout, forward: true, mode: mode)
    }
  }

  @inline(__always)
  func synthesize(_ block: UnsafeMutablePointer<Double>) {
    if isReal { backward.executeReal(block) } else { backward.executeComplex(block) }
  }

  @inline(__always)
  func analyze(_ block: UnsafeMutablePointer<Double>) {
    if isReal { forward.executeReal(block) } else { forward.executeComplex(block) }
  }
}
