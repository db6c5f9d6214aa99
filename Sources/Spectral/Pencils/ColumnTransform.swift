import Arrays

/// The transform along one leading axis for a block of neighbouring columns, in place.
///
/// A block holds `points` rows of `width` doubles. Rows of coefficients are put where FFTW wants them by
/// `rowRuns`; rows that no coefficient fills must be zero.
package final class ColumnTransform: @unchecked Sendable {
  package let axis: PencilLayout.Axis
  package let functions: AxisFunctions
  /// Doubles per row of the block.
  package let width: Int
  private let backward: FFTWPlan
  private let forward: FFTWPlan

  package init(
    axis: PencilLayout.Axis, functions: AxisFunctions, width: Int, isComplex: Bool, mode: PlanningMode
  ) {
    self.axis = axis
    self.functions = functions
    self.width = width
    if let synthesis = functions.synthesis {
      let layout = LineLayout(length: axis.points, stride: width, count: width, distance: 1)
      backward = .realInPlace(synthesis, layout, mode: mode)
      forward = .realInPlace(synthesis.inverse, layout, mode: mode)
    } else {
      precondition(isComplex, "ColumnTransform: a periodic axis has complex coefficients")
      let layout = LineLayout(length: axis.points, stride: width / 2, count: width / 2, distance: 1)
      backward = .complexInPlace(layout, forward: false, mode: mode)
      forward = .complexInPlace(layout, forward: true, mode: mode)
    }
  }

  /// Neighbouring coefficient rows that FFTW wants in neighbouring rows of the block.
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
    let first: Int
    let end: Int
    switch functions {
    case .fourier:
      first = axis.kept + 1
      end = axis.points - axis.kept
    case .sine:
      first = axis.kept
      end = axis.points
    default:
      first = axis.kept + 1
      end = axis.points
    }
    if end > first { (block + first * width).update(repeating: 0, count: (end - first) * width) }
  }

  /// Coefficients to values.
  @inline(__always)
  package func synthesize(_ block: UnsafeMutablePointer<Double>) {
    if functions == .fourier { backward.executeComplex(block) } else { backward.executeReal(block) }
  }

  /// Values to unscaled coefficients.
  @inline(__always)
  package func analyze(_ block: UnsafeMutablePointer<Double>) {
    if functions == .fourier { forward.executeComplex(block) } else { forward.executeReal(block) }
  }
}

/// The transform along the last axis, between rows of coefficients and contiguous lines of values.
package final class LineTransform: @unchecked Sendable {
  package let axis: PencilLayout.Axis
  package let functions: AxisFunctions
  /// Lines per call.
  package let lines: Int
  /// Doubles per line of coefficients: n/2 + 1 pairs, or n numbers.
  package let coefficientDistance: Int
  private let backward: FFTWPlan
  private let forward: FFTWPlan

  package init(axis: PencilLayout.Axis, functions: AxisFunctions, lines: Int, mode: PlanningMode) {
    self.axis = axis
    self.functions = functions
    self.lines = lines
    let n = axis.points
    if let synthesis = functions.synthesis {
      coefficientDistance = n
      let layout = LineLayout(length: n, count: lines, distance: n)
      backward = .realInPlace(synthesis, layout, mode: mode)
      forward = .realInPlace(synthesis.inverse, layout, mode: mode)
    } else {
      coefficientDistance = 2 * (n / 2 + 1)
      backward = .complexToReal(
        length: n, count: lines, realDistance: n, complexDistance: n / 2 + 1, mode: mode)
      forward = .realToComplex(
        length: n, count: lines, realDistance: n, complexDistance: n / 2 + 1, mode: mode)
    }
  }

  /// Coefficients of `lines` rows, `stride` doubles apart, to lines of values; `scratch` holds coefficient lines.
  @inline(__always)
  package func synthesize(
    _ source: UnsafePointer<Double>, stride: Int, values: UnsafeMutablePointer<Double>,
    scratch: UnsafeMutablePointer<Double>
  ) {
    let n = axis.points
    let count = axis.kept + 1
    if functions == .fourier {
      for line in 0..<lines {
        let target = scratch + line * coefficientDistance
        target.update(from: source + line * stride, count: 2 * count)
        // A real function has real mean coefficients; FFTW leaves open what it does with anything else.
        target[1] = 0
        (target + 2 * count).update(repeating: 0, count: coefficientDistance - 2 * count)
      }
      backward.execute(complex: scratch, toReal: values)
      return
    }
    for line in 0..<lines {
      let target = values + line * n
      let row = source + line * stride
      switch functions {
      case .sine:
        for k in 1..<max(count, 1) { target[k - 1] = 0.5 * row[k] }
        (target + count - 1).update(repeating: 0, count: n - count + 1)
      default:
        for k in 0..<count { target[k] = 0.5 * row[k] }
        if functions == .cosine { target[0] = row[0] }
        (target + count).update(repeating: 0, count: n - count)
      }
    }
    backward.executeReal(values)
  }

  /// Lines of values, which are destroyed, to coefficients of `lines` rows.
  @inline(__always)
  package func analyze(
    _ values: UnsafeMutablePointer<Double>, into destination: UnsafeMutablePointer<Double>, stride: Int,
    scratch: UnsafeMutablePointer<Double>
  ) {
    let n = axis.points
    let count = axis.kept + 1
    let factor = 1 / Double(n)
    if functions == .fourier {
      forward.execute(real: values, toComplex: scratch)
      for line in 0..<lines {
        let source = scratch + line * coefficientDistance
        let row = destination + line * stride
        for j in 0..<(2 * count) { row[j] = factor * source[j] }
      }
      return
    }
    forward.executeReal(values)
    for line in 0..<lines {
      let source = values + line * n
      let row = destination + line * stride
      switch functions {
      case .sine:
        row[0] = 0
        for k in 1..<max(count, 1) { row[k] = factor * source[k - 1] }
      default:
        for k in 0..<count { row[k] = factor * source[k] }
        if functions == .cosine { row[0] *= 0.5 }
      }
    }
  }
}
