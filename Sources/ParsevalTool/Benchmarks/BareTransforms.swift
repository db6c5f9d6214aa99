import Arrays
import Spectral

/// The FFTs that an evaluation contains and nothing else: the physical limit that a step is measured against.
///
/// Leading axes transform only the columns that are kept, as the evaluation does; independent transforms go to
/// different workers.
final class BareTransforms {
  private let workers: Workers?
  private let slots: [Slot]
  private let task: WorkerTask

  /// Plans for one real array.
  private final class Slot: @unchecked Sendable {
    let columns: FFTWPlan?
    let inverse: FFTWPlan
    let forward: FFTWPlan
    let complex: AlignedStorage<Double>
    let real: AlignedStorage<Double>

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
          LineLayout(length: lines, stride: half, count: kept + 1, distance: 1), forward: true, mode: planning
        )
      }
    }

    func run() {
      columns?.executeComplex(complex.baseAddress)
      inverse.execute(complex: complex.baseAddress, toReal: real.baseAddress)
      forward.execute(real: real.baseAddress, toComplex: complex.baseAddress)
      columns?.executeComplex(complex.baseAddress)
    }
  }

  /// - Parameters:
  ///   - pairs: inverse and forward transforms per evaluation, half of all.
  init(points: [Int], kept: Int, pairs: Int, workers: Workers?, planning: PlanningMode) {
    self.workers = workers
    let slots = (0..<pairs).map { _ in Slot(points: points, kept: kept, planning: planning) }
    self.slots = slots
    task = WorkerTask(chunks: pairs) { chunk, _ in slots[chunk].run() }
  }

  /// All transforms of one evaluation.
  func run() {
    if let workers { workers.run(task) } else { for chunk in 0..<task.chunks { slots[chunk].run() } }
  }
}
