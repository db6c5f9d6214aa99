import Arrays
public import Differentiation

/// Pairs read once into memory, in the numbers that a network computes with.
public final class PackedData<Scalar: NetworkScalar>: TrainingData {
  public let inputShape: [Int]
  public let targetShape: [Int]
  public let count: Int
  /// The first sample whose target is zero everywhere.
  public let firstZeroTarget: Int?
  private let inputs: AlignedStorage<Scalar>
  private let targets: AlignedStorage<Scalar>
  private let inputSize: Int
  private let targetSize: Int

  /// Bytes that the pairs take.
  public static func bytes(_ data: any TrainingData) -> Int {
    data.count * (data.inputShape.reduce(1, *) + data.targetShape.reduce(1, *)) * MemoryLayout<Scalar>.stride
  }

  /// - Throws: what reading throws; `LearningError.notFinite` for values that are not finite.
  public init(_ data: any TrainingData) throws {
    inputShape = data.inputShape
    targetShape = data.targetShape
    count = data.count
    inputSize = inputShape.reduce(1, *)
    targetSize = targetShape.reduce(1, *)
    inputs = AlignedStorage(count: count * inputSize)
    targets = AlignedStorage(count: count * targetSize)
    var firstZeroTarget: Int?
    for sample in 0..<count {
      let (input, target) = (
        inputs.baseAddress + sample * inputSize, targets.baseAddress + sample * targetSize
      )
      try data.read(sample, input: input, target: target)
      guard areFinite(input, inputSize), areFinite(target, targetSize) else {
        throw LearningError.notFinite(sample: sample)
      }
      if firstZeroTarget == nil, (0..<targetSize).allSatisfy({ target[$0] == 0 }) { firstZeroTarget = sample }
    }
    self.firstZeroTarget = firstZeroTarget
  }

  public func read<Other: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Other>, target: UnsafeMutablePointer<Other>
  ) throws {
    copy(inputs.baseAddress + sample * inputSize, inputSize, to: input)
    copy(targets.baseAddress + sample * targetSize, targetSize, to: target)
  }

  /// Writes the input of a sample alone.
  public func readInput(_ sample: Int, into input: UnsafeMutablePointer<Scalar>) {
    input.update(from: inputs.baseAddress + sample * inputSize, count: inputSize)
  }

  private func copy<Other: BinaryFloatingPoint>(
    _ source: UnsafePointer<Scalar>, _ count: Int, to target: UnsafeMutablePointer<Other>
  ) {
    if Other.self == Scalar.self {
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * MemoryLayout<Scalar>.stride)
    } else {
      for index in 0..<count { target[index] = Other(source[index]) }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func areFinite<Scalar: NetworkScalar>(_ values: UnsafePointer<Scalar>, _ count: Int) -> Bool {
  // A number that is not finite stays so when it is multiplied with zero.
  var sum: Scalar = 0
  for index in 0..<count { sum += values[index] * 0 }
  return sum == 0
}
