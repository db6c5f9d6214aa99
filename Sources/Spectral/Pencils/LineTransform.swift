import Arrays

/// The transform along the last axis, between rows of coefficients and contiguous lines of values.
package final class LineTransform: @unchecked Sendable {
  package let axis: PencilLayout.Axis
  package let functions: AxisFunctions
  /// Lines per call.
  package let lines: Int
  private let engine: Engine

  private enum Engine: ~Copyable {
    case kernel(FourierLines)
    case library(LibraryLines)
  }

  package init(axis: PencilLayout.Axis, functions: AxisFunctions, lines: Int, mode: PlanningMode) {
    self.axis = axis
    self.functions = functions
    self.lines = lines
    if functions == .fourier, let kernel = FourierLines(points: axis.points) {
      engine = .kernel(kernel)
    } else {
      engine = .library(LibraryLines(axis: axis, functions: functions, lines: lines, mode: mode))
    }
  }

  /// Doubles of work space.
  package var workLength: Int {
    switch engine {
    case .kernel(let kernel): kernel.workLength
    case .library(let library): library.workLength
    }
  }

  /// Coefficients of `lines` rows, `stride` doubles apart, to lines of values.
  @inline(__always)
  package func synthesize(
    _ source: UnsafePointer<Double>, stride: Int, values: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) {
    switch engine {
    case .kernel(let kernel):
      kernel.synthesize(
        source, stride: stride, kept: axis.kept + 1, values: values, distance: axis.points, lines: lines,
        work: work)
    case .library(let library):
      library.synthesize(source, stride: stride, values: values, work: work)
    }
  }

  /// Lines of values, which are destroyed, to coefficients of `lines` rows.
  @inline(__always)
  package func analyze(
    _ values: UnsafeMutablePointer<Double>, into destination: UnsafeMutablePointer<Double>, stride: Int,
    work: UnsafeMutablePointer<Double>
  ) {
    switch engine {
    case .kernel(let kernel):
      kernel.analyze(
        values, distance: axis.points, coefficients: destination, stride: stride, kept: axis.kept + 1,
        scale: 1 / Double(axis.points), lines: lines, work: work)
    case .library(let library):
      library.analyze(values, into: destination, stride: stride, work: work)
    }
  }
}

/// FFTW's transforms of lines: sines and cosines, and lengths our own kernels do not know.
private struct LibraryLines: ~Copyable {
  private let points: Int
  private let count: Int
  private let functions: AxisFunctions
  private let lines: Int
  /// Doubles per line of coefficients: n/2 + 1 pairs, or n numbers.
  private let distance: Int
  private let backward: FFTWPlan
  private let forward: FFTWPlan

  init(axis: PencilLayout.Axis, functions: AxisFunctions, lines: Int, mode: PlanningMode) {
    let n = axis.points
    points = n
    count = axis.kept + 1
    self.functions = functions
    self.lines = lines
    if let synthesis = functions.synthesis {
      distance = n
      let layout = LineLayout(length: n, count: lines, distance: n)
      backward = .realInPlace(synthesis, layout, mode: mode)
      forward = .realInPlace(synthesis.inverse, layout, mode: mode)
    } else {
      distance = 2 * (n / 2 + 1)
      backward = .complexToReal(
        length: n, count: lines, realDistance: n, complexDistance: n / 2 + 1, mode: mode)
      forward = .realToComplex(
        length: n, count: lines, realDistance: n, complexDistance: n / 2 + 1, mode: mode)
    }
  }

  var workLength: Int { functions == .fourier ? lines * distance : 0 }

  func synthesize(
    _ source: UnsafePointer<Double>, stride: Int, values: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) {
    if functions == .fourier {
      for line in 0..<lines {
        let target = work + line * distance
        target.update(from: source + line * stride, count: 2 * count)
        // A real function has real mean coefficients; FFTW leaves open what it does with anything else.
        target[1] = 0
        (target + 2 * count).update(repeating: 0, count: distance - 2 * count)
      }
      backward.execute(complex: work, toReal: values)
      return
    }
    for line in 0..<lines {
      let target = values + line * points
      let row = source + line * stride
      switch functions {
      case .sine:
        for k in 1..<max(count, 1) { target[k - 1] = 0.5 * row[k] }
        (target + count - 1).update(repeating: 0, count: points - count + 1)
      default:
        for k in 0..<count { target[k] = 0.5 * row[k] }
        if functions == .cosine { target[0] = row[0] }
        (target + count).update(repeating: 0, count: points - count)
      }
    }
    backward.executeReal(values)
  }

  func analyze(
    _ values: UnsafeMutablePointer<Double>, into destination: UnsafeMutablePointer<Double>, stride: Int,
    work: UnsafeMutablePointer<Double>
  ) {
    let factor = 1 / Double(points)
    if functions == .fourier {
      forward.execute(real: values, toComplex: work)
      for line in 0..<lines {
        let source = work + line * distance
        let row = destination + line * stride
        for j in 0..<(2 * count) { row[j] = factor * source[j] }
      }
      return
    }
    forward.executeReal(values)
    for line in 0..<lines {
      let source = values + line * points
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
