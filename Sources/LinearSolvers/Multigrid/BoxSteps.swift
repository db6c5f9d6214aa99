import Arrays
import CKernels

/// The steps of a cycle on one level of a box, shared by workers.
final class BoxSteps: @unchecked Sendable {
  private let down: [Phase]
  private let up: [Phase]
  private let again: [Phase]
  private let ending: Phase

  /// - Parameters:
  ///   - sweeps: red-black sweeps before and after the coarse level.
  ///   - isSymmetric: whether black comes first afterwards.
  init(_ transfer: BoxTransfer, sweeps: Int, isSymmetric: Bool, workers: Workers?) {
    let (level, coarse) = (transfer.fine, transfer.coarse)
    func phase(_ body: @escaping @Sendable (Int) -> Void) -> Phase {
      Phase(level.chunks.count, workers, body)
    }
    func wrap(_ level: BoxLevel, _ values: AlignedStorage<Float>) -> [Phase] {
      level.isPeriodic ? [Phase(1, nil) { _ in level.wrap(values) }] : []
    }
    func sweep(_ colours: [Int32]) -> [Phase] {
      colours.flatMap { colour in wrap(level, level.u) + [phase { level.relax($0, colour: colour) }] }
    }
    down =
      [phase { level.clear($0) }] + (0..<sweeps).flatMap { _ in sweep([0, 1]) } + wrap(level, level.u)
      + [phase { level.computeResidual($0) }] + wrap(level, level.r)
      + [Phase(coarse.chunks.count, workers) { transfer.restrict($0) }]
    up =
      wrap(coarse, coarse.u) + [phase { transfer.prolong($0) }]
      + (0..<sweeps).flatMap { _ in sweep(isSymmetric ? [1, 0] : [0, 1]) }
    again =
      wrap(level, level.u) + [phase { level.computeResidual($0) }]
      + [
        Phase(1, nil) { _ in
          level.kept.baseAddress.update(from: level.u.baseAddress, count: level.elementCount)
          level.f.baseAddress.update(from: level.r.baseAddress, count: level.elementCount)
        }
      ]
    ending = phase { chunk in
      withUnsafePointer(to: level.box) {
        pvk_box_add($0, level.first(chunk), level.last(chunk), level.kept.baseAddress, level.u.baseAddress)
      }
    }
  }

  /// Smooths from zero and restricts the residual.
  func descend() { for phase in down { phase.run() } }
  /// Adds the correction of the coarse level and smooths.
  func ascend() { for phase in up { phase.run() } }
  /// Puts the answer of a visit aside and makes its residual the right-hand side of another.
  func prepareSecondVisit() { for phase in again { phase.run() } }
  /// Adds what was put aside.
  func finishSecondVisit() { ending.run() }
}
