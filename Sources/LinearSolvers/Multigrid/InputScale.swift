import Arrays
import CKernels

/// The power of two that brings a residual near one before a cycle in single precision sees it.
///
/// Residuals of any size, in any units, then neither overflow nor vanish, and multiplying by powers of two is exact, so
/// that cycles stay linear.
final class InputScale: @unchecked Sendable {
  private(set) var vector: UnsafePointer<Double>?
  private(set) var factor = 1.0
  private let partial: AlignedStorage<Double>
  private let phase: Phase
  private let task: Holder

  private final class Holder: @unchecked Sendable {
    var vector: UnsafePointer<Double>?
  }

  /// - Parameter weights: what the entries are multiplied by before they are compared.
  init(count: Int, weights: AlignedStorage<Double>? = nil, workers: Workers?) {
    let rows = RowChunks.ranges(count, minimum: 16_384)
    let partial = AlignedStorage<Double>(count: rows.count)
    let holder = Holder()
    phase = Phase(rows.count, workers) { chunk in
      guard let vector = holder.vector else { return }
      partial.baseAddress[chunk] = pvk_largest(
        rows[chunk].lowerBound, rows[chunk].upperBound, vector, weights?.baseAddress)
    }
    self.partial = partial
    task = holder
  }

  func read(_ vector: UnsafePointer<Double>) {
    self.vector = vector
    task.vector = vector
    phase.run()
    var largest = 0.0
    for chunk in 0..<partial.count { largest = max(largest, partial.baseAddress[chunk]) }
    // Within the range where reciprocals of powers of two exist.
    factor =
      largest > 0 && largest.isFinite
      ? Double(sign: .plus, exponent: min(1000, max(-1000, -Int(largest.exponent))), significand: 1) : 1
  }
}
