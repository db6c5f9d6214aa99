import Arrays

/// Pairs, and what becomes of them when their grids are moved: as many more as there are symmetries.
///
/// Channels are numbers that a motion of the axes leaves alone. The pairs themselves come first, then all of them moved by the next
/// motion.
public struct SymmetricData: TrainingData {
  public let inputShape: [Int]
  public let targetShape: [Int]
  private let data: any TrainingData
  /// By motion, for every point the point that it comes from.
  private let sources: [[Int]]

  public var count: Int { data.count * sources.count }
  /// How many times as many they are.
  public var motionCount: Int { sources.count }

  /// - Parameters:
  ///   - data: pairs whose inputs and targets stand on one grid.
  ///   - symmetry: the motions.
  ///   - placements: for each axis where its points stand; periodic where there are fewer.
  /// - Throws: `LearningError.unsuitable` for targets on another grid than the inputs.
  public init(
    _ data: any TrainingData, _ symmetry: GridSymmetry, placements: [CoordinateChannels.Placement]
  ) throws(LearningError) {
    let grid = Array(data.inputShape.dropLast())
    guard Array(data.targetShape.dropLast()) == grid else {
      throw .unsuitable(
        "symmetries need targets on the grid of the inputs, \(grid), not on \(data.targetShape)")
    }
    self.data = data
    inputShape = data.inputShape
    targetShape = data.targetShape
    sources = symmetry.motions(of: grid, placements: placements).map(\.sources)
  }

  public func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>
  ) throws {
    try data.read(sample % data.count, input: input, target: target)
    guard sample >= data.count else { return }
    let sources = sources[sample / data.count]
    for (values, channels) in [(input, inputShape.last ?? 1), (target, targetShape.last ?? 1)] {
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: sources.count * channels) { old in
        guard let old = old.baseAddress else { return }
        old.initialize(from: values, count: sources.count * channels)
        for (point, source) in sources.enumerated() {
          (values + point * channels).update(from: old + source * channels, count: channels)
        }
      }
    }
  }
}
