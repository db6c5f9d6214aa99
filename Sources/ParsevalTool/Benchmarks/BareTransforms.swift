import Arrays
import Spectral

/// The FFTs that an evaluation contains and nothing else: the physical limit that a step is measured against.
///
/// Leading axes transform only the columns that are kept, as the evaluation does; independent transforms go to
/// different workers.
final class BareTransforms {
  /// Who transforms.
  enum Engine {
    /// FFTW, in place, with plans for whole arrays.
    case library
    /// What the evaluations use, over arrays that stay where they are.
    case own
  }

  private let workers: Workers?
  private let slots: [any Slot]
  private let task: WorkerTask

  /// - Parameters:
  ///   - kept: the highest wavenumber kept along the last axis.
  ///   - pairs: inverse and forward transforms per evaluation, half of all.
  init(points: [Int], kept: Int, pairs: Int, engine: Engine, workers: Workers?, planning: PlanningMode) {
    self.workers = workers
    let slots = (0..<pairs).map { _ -> any Slot in
      switch engine {
      case .library: LibrarySlot(points: points, kept: kept, planning: planning)
      case .own: OwnSlot(points: points, kept: kept, planning: planning)
      }
    }
    self.slots = slots
    task = WorkerTask(chunks: pairs) { chunk, _ in slots[chunk].run() }
  }

  /// All transforms of one evaluation.
  func run() {
    if let workers { workers.run(task) } else { for chunk in 0..<task.chunks { slots[chunk].run() } }
  }
}

/// One real array that is transformed to and fro.
private protocol Slot: AnyObject, Sendable {
  func run()
}

private final class LibrarySlot: Slot, @unchecked Sendable {
  private let columns: FFTWPlan?
  private let inverse: FFTWPlan
  private let forward: FFTWPlan
  private let complex: AlignedStorage<Double>
  private let real: AlignedStorage<Double>

  init(points: [Int], kept: Int, planning: PlanningMode) {
    let n = points[points.count - 1]
    let lines = points.count == 1 ? 1 : points[0]
    let half = n / 2 + 1
    complex = AlignedStorage(count: 2 * lines * half)
    real = AlignedStorage(count: lines * n)
    inverse = .complexToReal(
      length: n, count: lines, realDistance: n, complexDistance: half, mode: planning)
    forward = .realToComplex(
      length: n, count: lines, realDistance: n, complexDistance: half, mode: planning)
    if points.count == 1 {
      columns = nil
    } else {
      columns = .complexInPlace(
        LineLayout(length: lines, stride: half, count: kept + 1, distance: 1), forward: true, mode: planning)
    }
  }

  func run() {
    columns?.executeComplex(complex.baseAddress)
    inverse.execute(complex: complex.baseAddress, toReal: real.baseAddress)
    forward.execute(real: real.baseAddress, toComplex: complex.baseAddress)
    columns?.executeComplex(complex.baseAddress)
  }
}

private final class OwnSlot: Slot, @unchecked Sendable {
  private let lines: LineTransform
  private let lineCount: Int
  private let columns: ColumnTransform?
  /// Doubles per row of coefficients, and per block of columns.
  private let rowLength: Int
  private let coefficients: AlignedStorage<Double>
  private let values: AlignedStorage<Double>
  private let block: AlignedStorage<Double>
  private let work: AlignedStorage<Double>

  init(points: [Int], kept: Int, planning: PlanningMode) {
    func axis(_ n: Int) -> PencilLayout.Axis {
      .init(points: n, kept: kept, lower: 0, length: 1, isPeriodic: true, userIndex: 0)
    }
    let n = points[points.count - 1]
    lines = LineTransform(axis: axis(n), functions: .fourier, lines: 1, mode: planning)
    lineCount = points.count == 1 ? 1 : points[0]
    let width = 32
    rowLength = (2 * (kept + 1) + width - 1) / width * width
    columns =
      points.count == 1
      ? nil
      : ColumnTransform(
        axis: axis(points[0]), functions: .fourier, width: width, isComplex: true, mode: planning)
    coefficients = AlignedStorage(count: lineCount * rowLength)
    values = AlignedStorage(count: n)
    block = AlignedStorage(count: lineCount * width)
    work = AlignedStorage(count: max(lines.workLength, columns?.workLength ?? 0))
  }

  func run() {
    if let columns {
      for first in stride(from: 0, to: rowLength, by: columns.width) {
        columns.synthesize(
          block.baseAddress, into: coefficients.baseAddress + first, distance: rowLength,
          work: work.baseAddress)
      }
    }
    for line in 0..<lineCount {
      let row = coefficients.baseAddress + line * rowLength
      lines.synthesize(row, stride: 0, values: values.baseAddress, work: work.baseAddress)
      lines.analyze(values.baseAddress, into: row, stride: 0, work: work.baseAddress)
    }
    if let columns {
      for first in stride(from: 0, to: rowLength, by: columns.width) {
        columns.analyze(
          coefficients.baseAddress + first, distance: rowLength, into: block.baseAddress,
          work: work.baseAddress)
      }
    }
  }
}
