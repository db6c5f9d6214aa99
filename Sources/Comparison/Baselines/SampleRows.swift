import Arrays
import Learning

/// Pairs in memory, in double precision: a row for each input, and a row for each target.
struct SampleRows: Sendable {
  let count: Int
  let inputWidth: Int
  let targetWidth: Int
  let inputs: AlignedStorage<Double>
  let targets: AlignedStorage<Double>

  /// - Throws: what reading throws; `LearningError.notFinite`.
  init(_ data: any TrainingData, _ samples: [Int]) throws {
    count = samples.count
    inputWidth = data.inputShape.reduce(1, *)
    targetWidth = data.targetShape.reduce(1, *)
    inputs = AlignedStorage(count: count * inputWidth)
    targets = AlignedStorage(count: count * targetWidth)
    for (row, sample) in samples.enumerated() {
      let input = UnsafeMutableBufferPointer(
        start: inputs.baseAddress + row * inputWidth, count: inputWidth)
      let target = UnsafeMutableBufferPointer(
        start: targets.baseAddress + row * targetWidth, count: targetWidth)
      guard let inputStart = input.baseAddress, let targetStart = target.baseAddress else { continue }
      try data.read(sample, input: inputStart, target: targetStart)
      guard input.allSatisfy(\.isFinite), target.allSatisfy(\.isFinite) else {
        throw LearningError.notFinite(sample: sample)
      }
    }
  }
}

/// Which samples a method takes whose cost grows faster than their number.
///
/// The limits are constants, so that figures do not depend on the machine.
enum SampleLimit {
  /// Bytes that inputs and targets may take.
  static let bytes = 2 << 30
  /// Samples for a fit: a matrix of that order has to be factorised.
  static let fit = 5000
  /// Samples for the choice of parameters, where that happens hundreds of times.
  static let choice = 1000

  /// So many samples, evenly spaced: all of them where the limits allow.
  static func samples(of data: any TrainingData, atMost limit: Int) -> [Int] {
    let used = max(1, min(data.count, limit, bytes / (8 * data.sampleSize)))
    return (0..<used).map { $0 * data.count / used }
  }
}
