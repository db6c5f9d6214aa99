import Arrays

/// Shifts and scales values to zero mean and unit deviation, as they are in the training data.
public struct Normalizer: Sendable, Hashable, Codable {
  /// What has a mean and a deviation of its own.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// All values together.
    case scalar
    case channel
    /// Every channel at every point: belongs to one grid.
    case point
  }
  public let kind: Kind
  /// One, one per channel, or one per point and channel.
  public let means: [Double]
  public let deviations: [Double]

  public static let none = Normalizer(kind: .none, means: [0], deviations: [1])

  public init(kind: Kind, means: [Double], deviations: [Double]) {
    precondition(
      means.count == deviations.count, "Normalizer: \(means.count) means, \(deviations.count) deviations")
    self.kind = kind
    self.means = means
    self.deviations = deviations
  }

  /// Smaller deviations than this share of the largest are taken for constants, which are shifted only.
  private static let smallestShare = 1e-6

  /// Fits the inputs and the targets of training data: never those of another split.
  ///
  /// - Throws: what reading throws; `LearningError.notFinite` for data that are not finite.
  public static func fit(
    inputs: Kind, targets: Kind, to data: any TrainingData
  ) throws -> (inputs: Normalizer, targets: Normalizer) {
    var first = Moments(kind: inputs, shape: data.inputShape)
    var second = Moments(kind: targets, shape: data.targetShape)
    var input = [Double](repeating: 0, count: data.inputShape.reduce(1, *))
    var target = [Double](repeating: 0, count: data.targetShape.reduce(1, *))
    for sample in 0..<data.count {
      try input.withUnsafeMutableBufferPointer { input in
        try target.withUnsafeMutableBufferPointer { target in
          try data.read(sample, input: input.baseAddress!, target: target.baseAddress!)
        }
      }
      guard input.allSatisfy(\.isFinite), target.allSatisfy(\.isFinite) else {
        throw LearningError.notFinite(sample: sample)
      }
      first.add(input)
      second.add(target)
    }
    return (first.normalizer, second.normalizer)
  }

  /// Means and deviations as they come in, by Welford's recurrence over samples.
  private struct Moments {
    let kind: Kind
    let period: Int
    var count = 0.0
    var means: [Double]
    var squares: [Double]

    init(kind: Kind, shape: [Int]) {
      self.kind = kind
      period =
        switch kind {
        case .none, .scalar: 1
        case .channel: shape.last ?? 1
        case .point: shape.reduce(1, *)
        }
      means = Array(repeating: 0, count: period)
      squares = means
    }

    mutating func add(_ values: [Double]) {
      guard kind != .none else { return }
      for start in stride(from: 0, to: values.count, by: period) {
        count += 1
        for index in 0..<period {
          let distance = values[start + index] - means[index]
          means[index] += distance / count
          squares[index] += distance * (values[start + index] - means[index])
        }
      }
    }

    var normalizer: Normalizer {
      guard kind != .none, count > 0 else { return .none }
      let deviations = squares.map { ($0 / count).squareRoot() }
      let largest = deviations.max() ?? 0
      return Normalizer(
        kind: kind, means: means,
        deviations: deviations.map { $0 > Normalizer.smallestShare * largest ? $0 : 1 })
    }
  }
}
