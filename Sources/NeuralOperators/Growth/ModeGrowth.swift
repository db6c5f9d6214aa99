import Arrays
public import Differentiation
public import Learning

/// Modes of a Fourier neural operator that come into use while it learns: one number per axis for all of its layers.
///
/// Source: George, Zhao, Kossaifi, Li, Anandkumar, Incremental spatial and spectral learning of neural operators, TMLR 2024. There
/// new modes begin with random weights, here with zero.
public struct ModeGrowth: NetworkGrowth, Hashable {
  /// When there is one mode more.
  public enum Rule: Sendable, Hashable {
    /// On all axes, when the loss of an epoch differs from the one before by no more than this share of it.
    case lossGap(Double)
    /// On an axis where the modes in use but for the last `buffer` hold less than this share of the squared gradients.
    case explainedVariance(Double, buffer: Int)
  }
  public var rule: Rule
  /// The modes of the weights, per axis.
  public let modes: [Int]
  /// Those that are in use, per axis.
  public private(set) var inUse: [Int]
  /// Of each axis; `fourier` where there are fewer.
  private let bases: [AxisBasis]
  private var lastLoss: Double?

  /// - Parameter bases: of each axis; `fourier` where there are fewer.
  /// - Precondition: 1 ≤ start ≤ modes on every axis.
  public init(modes: [Int], bases: [AxisBasis] = [], start: [Int], rule: Rule) {
    precondition(
      modes.count == start.count && zip(start, modes).allSatisfy { $0 >= 1 && $0 <= $1 },
      "ModeGrowth: \(start) of \(modes) modes cannot be in use")
    self.modes = modes
    self.bases = bases
    self.rule = rule
    inUse = start
  }

  /// For a network whose spectral weights are dense.
  ///
  /// - Parameter start: modes per axis; one number stands for all axes.
  /// - Throws: `SettingError` for another network, or another number of axes.
  public init(of network: any Layer, start: [Int], rule: Rule) throws(SettingError) {
    guard let block = network.fourierOperator?.block, block.factorization == nil else {
      throw SettingError(
        key: nil, message: "only Fourier operators with dense weights can grow (fno)")
    }
    let whole = start.count == 1 ? block.modes.map { _ in start[0] } : start
    guard whole.count == block.modes.count, zip(whole, block.modes).allSatisfy({ 1...$1 ~= $0 }) else {
      throw SettingError(
        key: "start",
        message: "\(start.map(String.init).joined(separator: ", ")) of the modes "
          + "\(block.modes.map(String.init).joined(separator: ", ")) cannot be in use")
    }
    self.init(modes: block.modes, bases: block.bases, start: whole, rule: rule)
  }

  public func limited(_ network: any Layer) -> (any Layer)? {
    network.changingFourierOperator { $0.block.activeModes = inUse }
  }

  public mutating func update<Scalar: NetworkScalar>(
    loss: Double, gradients: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>, layout: ParameterLayout
  ) -> Bool {
    let before = inUse
    switch rule {
    case .lossGap(let share):
      if let lastLoss, abs(lastLoss - loss) <= share * abs(lastLoss) {
        for axis in modes.indices { grow(axis) }
      }
      lastLoss = loss
    case .explainedVariance(let share, let buffer):
      let strengths = strengths(of: gradients, layout)
      for axis in modes.indices {
        let used = strengths[axis].prefix(inUse[axis])
        if used.dropLast(buffer).reduce(0, +) < share * used.reduce(0, +) { grow(axis) }
      }
    }
    return inUse != before
  }

  private mutating func grow(_ axis: Int) { inUse[axis] = min(inUse[axis] + 1, modes[axis]) }

  public mutating func restore(inUse: [Int], lastLoss: Double?) -> Bool {
    guard inUse.count == modes.count, zip(inUse, modes).allSatisfy({ 1...$1 ~= $0 }) else { return false }
    self.inUse = inUse
    self.lastLoss = lastLoss
    return true
  }

  public func clearUnused<Scalar: NetworkScalar>(_ store: ParameterStore<Scalar>) {
    forEachMode(store.layout) { place, size, indices in
      guard zip(indices, inUse).contains(where: { $0 >= $1 }) else { return }
      (store.values.baseAddress + place).update(repeating: 0, count: size)
    }
  }

  /// The squares of a gradient by axis and mode, summed over the layers.
  package func strengths<Scalar: NetworkScalar>(
    of gradients: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>, _ layout: ParameterLayout
  ) -> [[Double]] {
    var strengths = modes.map { [Double](repeating: 0, count: $0) }
    forEachMode(layout) { place, size, indices in
      let square = squareOfSum(gradients, place, size)
      for (axis, index) in indices.enumerated() { strengths[axis][index] += square }
    }
    return strengths
  }

  /// Every matrix of the spectral weights: where it lies, how long it is, and its mode on each axis.
  ///
  /// Frequencies k and −1 − k of a Fourier axis belong together.
  private func forEachMode(
    _ layout: ParameterLayout, _ body: (_ place: Int, _ size: Int, _ modes: [Int]) -> Void
  ) {
    let lengths = modes.indices.map { axis in
      WeightAxis(modes: modes, axis: axis, bases: bases, points: []).length(modes[axis])
    }
    var indices = modes.map { _ in 0 }
    for slot in layout.slots where slot.role == .spectral {
      let size = slot.count / slot.shape[0]
      precondition(
        lengths.reduce(1, *) == slot.shape[0],
        "ModeGrowth: '\(slot.name)' of shape \(slot.shape) is no dense weight of modes \(modes)")
      for mode in 0..<slot.shape[0] {
        var rest = mode
        for axis in lengths.indices.reversed() {
          let index = rest % lengths[axis]
          rest /= lengths[axis]
          indices[axis] = index < modes[axis] ? index : lengths[axis] - 1 - index
        }
        body(slot.offset + mode * size, size, indices)
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func squareOfSum<Scalar: NetworkScalar>(
  _ parts: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>, _ place: Int, _ count: Int
) -> Double {
  var sum = 0.0
  for index in place..<place + count {
    var value = 0.0
    for part in parts { value += Double(part[index]) }
    sum += value * value
  }
  return sum
}
