public import Arrays

/// Pairs of inputs and targets that a network learns from, or is judged by.
///
/// Arrays of a sample are row-major with the channels last: time or space axes first, in the order of the problem's axes.
/// Values are in the units of the problem; normalising is the business of who reads them. Safe to read from several
/// threads at a time.
public protocol TrainingData: Sendable {
  /// The number of samples.
  var count: Int { get }
  /// The lengths of the axes of one input, the channels last.
  var inputShape: [Int] { get }
  /// The lengths of the axes of one target, the channels last.
  var targetShape: [Int] { get }

  /// Writes one sample into memory of the caller.
  ///
  /// - Throws: `ExchangeError` where a file cannot be read.
  func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>) throws
}

extension TrainingData {
  /// A number that tells data apart: of their count, shapes and, spread over them, 64 samples.
  ///
  /// - Throws: what reading throws.
  func fingerprint() throws -> UInt64 {
    var hash = StableHash()
    for number in [count] + inputShape + targetShape { hash.combine(UInt64(number)) }
    let input = AlignedStorage<Float>(count: inputShape.reduce(1, *))
    let target = AlignedStorage<Float>(count: targetShape.reduce(1, *))
    let taken = min(count, 64)
    for number in 0..<taken {
      try read(number * count / taken, input: input.baseAddress, target: target.baseAddress)
      for values in [input, target] {
        for index in 0..<values.count { hash.combine(UInt64(values.baseAddress[index].bitPattern)) }
      }
    }
    return hash.value
  }
}

/// Pairs held in memory.
public struct ArrayData: TrainingData {
  public let inputShape: [Int]
  public let targetShape: [Int]
  public let count: Int
  private let inputs: NDArray<Float>
  private let targets: NDArray<Float>

  /// - Parameters:
  ///   - inputs: of shape (sample, axes…, channels).
  ///   - targets: of shape (sample, axes…, channels), as many samples.
  public init(inputs: NDArray<Float>, targets: NDArray<Float>) {
    precondition(
      inputs.shape.count >= 2 && targets.shape.count >= 2 && inputs.shape[0] == targets.shape[0],
      "ArrayData: inputs \(inputs.shape) and targets \(targets.shape) must have as many samples, and channels"
    )
    count = inputs.shape[0]
    inputShape = Array(inputs.shape.dropFirst())
    targetShape = Array(targets.shape.dropFirst())
    self.inputs = inputs
    self.targets = targets
  }

  public func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>
  ) throws {
    copy(inputs, sample, to: input)
    copy(targets, sample, to: target)
  }

  private func copy<Scalar: BinaryFloatingPoint>(
    _ array: NDArray<Float>, _ sample: Int, to target: UnsafeMutablePointer<Scalar>
  ) {
    let size = array.count / count
    array.withUnsafeBuffer { values in
      for index in 0..<size { target[index] = Scalar(values[sample * size + index]) }
    }
  }
}
